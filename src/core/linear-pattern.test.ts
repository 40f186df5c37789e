import { expect, test } from 'vitest';
import { linearPattern } from './linear-pattern.ts';

test.each([
  '^ST\\d{3,5}NM',
  '^(?:MTA)?(?<chips>\\d{1,2})A',
  '^(?<model>[A-Z]{1,3}\\+?)(?: |$)',
  '[ -](?<size>\\d{2,3})GB',
])('%s is taken', (text) => expect(linearPattern(text)).toBeInstanceOf(RegExp));

test.each([
  ['^(?:a+)+$', 'needs a limit'],
  ['^A*', 'needs a limit'],
  ['^A{2,}', 'needs a limit'],
  ['^(?:A|B){1,9}', 'a group may be optional'],
  ['^(?=A)', 'only (?:…)'],
  ['^(A)', 'only (?:…)'],
  ['^(?:A)\\1', 'not understood'],
  ['^A)', 'too many'],
  ['^(?:A', 'not closed'],
  [`^${'[A-Z]{0,9}'.repeat(5)}`, 'ways to read'],
  ['[A-Z]{0,9}[A-Z]{0,9}X', 'ways to read'],
])('%s is refused: %s', (text, says) => expect(() => linearPattern(text)).toThrow(says));

test('numbered groups are taken where they are asked for, and nothing else is', () => {
  expect(linearPattern('^R(\\d{1,4})$', 'numbered').exec('R12')?.[1]).toBe('12');
  expect(() => linearPattern('^(?=A)', 'numbered')).toThrow('only (?:…)');
  expect(() => linearPattern('^(A){1,3}', 'numbered')).toThrow('a group may be optional');
});
