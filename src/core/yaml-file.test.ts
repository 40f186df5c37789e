import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readYamlFile } from './yaml-file.ts';

const Schema = z.strictObject({
  rules: z.array(
    z.strictObject({
      id: z.string(),
      of: z.union([z.enum(['a', 'b']), z.strictObject({ times: z.number() })]).default('a'),
      list: z.array(z.string()).default([]),
    }),
  ),
});

const TEXT = ['rules:', '  - id: one', '    of: a', '    list:', '      - x', '      - y', '  - id: two'].join('\n');

test('a sound file, and where things in it stand', () => {
  const read = readYamlFile(TEXT, Schema);
  if ('faults' in read) throw new Error('it is sound');
  expect(read.value.rules.map(({ id }) => id)).toEqual(['one', 'two']);
  expect(read.lineOf([])).toBe(1);
  expect(read.lineOf(['rules', 0, 'of'])).toBe(3);
  // The key's line, not that of the list below it
  expect(read.lineOf(['rules', 0, 'list'])).toBe(4);
  expect(read.lineOf(['rules', 0, 'list', 1])).toBe(6);
  expect(read.lineOf(['rules', 1])).toBe(7);
  expect(read.lineOf(['rules', 1, 'list'])).toBe(7);
  expect(read.lineOf(['rules', 9])).toBe(1);
});

describe('faults', () => {
  test.each([
    ['a key that nobody knows', TEXT.replace('    of: a', '    off: a'), 3, 'rules.0: Unrecognized key: "off"'],
    ['what is missing', TEXT.replace('id: two', 'of: b'), 7, 'rules.1.id: '],
    ['an item of a list', TEXT.replace('- y', '- 5'), 6, 'rules.0.list.1: '],
    ['the shape that was meant', TEXT.replace('of: a', 'of: { times: x }'), 3, 'rules.0.of.times: '],
    ['no shape at all', TEXT.replace('of: a', 'of: c'), 3, 'rules.0.of: '],
    ['no YAML', TEXT.replace('- id: two', '- id: two: three'), 7, ''],
    ['a key twice', TEXT.replace('of: a', 'id: b'), 3, 'unique'],
    ['nothing', '', 1, ''],
    [
      'aliases that multiply',
      `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(60)}]\nc: [${'*b, '.repeat(60)}]\n`,
      1,
      'alias',
    ],
  ])('%s', (_name, text, line, says) => {
    const read = readYamlFile(text, Schema);
    if (!('faults' in read)) throw new Error('nothing was found');
    expect(read.faults[0]?.line).toBe(line);
    expect(read.faults[0]?.message).toContain(says);
  });
});
