import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { missingEntries } from './complete-lock.mjs';

test('package-lock.json is complete; if not: node setup/complete-lock.mjs', () => {
  const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'));
  expect(Object.keys(missingEntries(lock.packages))).toEqual([]);
});

test('the entry goes beside the package that asks, even where another version is further up', () => {
  const packages = {
    'node_modules/tool': { version: '2.0.0', dev: true, optionalDependencies: { '@tool/linux-arm64-musl': '2.0.0' } },
    'node_modules/@tool/linux-arm64-musl': { version: '2.0.0' },
    'node_modules/a/node_modules/tool': {
      version: '1.0.0',
      optionalDependencies: { '@tool/linux-arm64-musl': '1.0.0' },
    },
  };
  const missing = {
    'node_modules/a/node_modules/@tool/linux-arm64-musl': {
      version: '1.0.0',
      cpu: ['arm64'],
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
  };
  expect(missingEntries(packages)).toEqual(missing);
  expect(missingEntries({ ...packages, ...missing })).toEqual({});
});

test('package-lock.json asks for what package.json asks for (if not: npm install --package-lock-only, then complete-lock)', () => {
  const read = (file: string): Record<string, unknown> =>
    JSON.parse(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8'));
  const wanted = read('package.json');
  const locked = (read('package-lock.json')['packages'] as Record<string, Record<string, unknown>>)[''];
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
    expect(locked?.[kind]).toEqual(wanted[kind]);
});
