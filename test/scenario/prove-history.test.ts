import { expect, test } from 'vitest';
import { runChild } from '#setup/run-child.ts';

/** Seeds meet all attacks in turn; `npm run prove -- history --seed N --runs N` runs more. */
test('the history is the reference model’s, whatever order, batch, repetition and death of workers', async () => {
  const { code, output } = await runChild(
    process.execPath,
    ['prove/main.ts', 'history', '--seed', '1', '--runs', '60', '--quiet'],
    { collect: true },
  );
  expect(output).toContain('prove history: 60 run(s) held');
  expect(code).toBe(0);
}, 400_000);
