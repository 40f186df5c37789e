import { defineConfig } from 'vitest/config';

const code = ['src', 'adapters', 'jobs', 'setup'];
const ignored = ['**/node_modules/**', 'var/**'];

// What is waited for comes at once, or late on a machine that has other things to do: a second, which is the default, is too short there.
const expect = { poll: { timeout: 60_000 } };

// Two cores are enough for all: most of what talks to the services waits.
const withServices = { testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 3, expect };

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
          include: code.map((folder) => `${folder}/**/*.test.ts`),
          exclude: [...ignored, '**/*.integration.test.ts'],
        },
      },
      {
        test: {
          name: 'architecture',
          maxWorkers: 2,
          include: ['test/architecture/**/*.test.ts'],
          exclude: ignored,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          exclude: ignored,
          ...withServices,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', '**/*.integration.test.ts'],
          exclude: ignored,
          ...withServices,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'scenario',
          include: ['test/scenario/**/*.test.ts'],
          exclude: ignored,
          ...withServices,
          testTimeout: 400_000,
          hookTimeout: 400_000,
          // Beside those before: the last of one kind would leave workers idle.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
