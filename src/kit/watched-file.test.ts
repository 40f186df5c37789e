import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kitForTests } from './kit-for-tests.ts';
import { watchFile } from './watched-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'watched-'));
afterAll(() => rmSync(folder, { recursive: true }));

let [clock, files] = [1000, 0];
const read = (text: string) =>
  text.startsWith('bad') ? { faults: [{ line: 3, message: 'is bad' }] } : { value: text.trim() };
function watched(text: string) {
  const file = path.join(folder, `rules-${(files += 1)}.yaml`);
  writeFileSync(file, text);
  const { log, logged } = kitForTests('test');
  const one = watchFile({ file, read, log, says: (value) => `${value.length} letters`, now: () => clock });
  let changes = 0;
  const write = (next: string): void => {
    writeFileSync(file, next);
    utimesSync(file, new Date(), new Date(Date.now() + 1000 * (changes += 1)));
    clock += 1000;
  };
  return { one, logged, write, file };
}

test('a file that changes is read again, and nothing is said while it does not', () => {
  const { one, logged, write } = watched('abc');
  expect(one.value()).toBe('abc');
  clock += 5000;
  expect([one.value(), logged]).toEqual(['abc', []]);
  write('abcd');
  expect(one.value()).toBe('abcd');
  expect(one.state()).toEqual({ ok: true, found: `4 letters, read ${new Date(clock).toISOString()}` });
  expect(logged).toHaveLength(1);
});

test('it is looked at once a second at most', () => {
  const { one, write } = watched('abc');
  write('x');
  clock -= 1;
  expect(one.value()).toBe('abc');
  clock += 1;
  expect(one.value()).toBe('x');
});

test('a fault changes nothing, is told with its line once, and goes when the file is mended', () => {
  const { one, logged, write, file } = watched('abc');
  write('bad');
  expect([one.value(), one.value()]).toEqual(['abc', 'abc']);
  expect(one.state()).toEqual({
    ok: false,
    found: expect.stringMatching(/^3 letters, read .*; not used: rules-\d+\.yaml:3: is bad$/),
  });
  expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([
    { file, fault: expect.stringContaining(':3:') },
  ]);
  rmSync(file);
  clock += 1000;
  expect(one.value()).toBe('abc');
  expect(one.state().found).toContain('no such file');
  write('mended');
  expect([one.value(), one.state().ok]).toEqual(['mended', true]);
});

test('without anything to go on with it is an error that names every line', () => {
  expect(() => watched('bad')).toThrow(/rules-\d+\.yaml:3: is bad/);
});
