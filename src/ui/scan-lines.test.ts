import { expect, test } from 'vitest';
import { addScans, inPortions, splitScans } from './screens/scan-lines.js';

test('what is pasted is split at lines, cells, commas and semicolons, and not at blanks', () => {
  expect(splitScans('S5H9 NS0T\r\n  S5H9NS0U\t\tS5H9NS0V, X1;X2\n\n')).toEqual([
    'S5H9 NS0T',
    'S5H9NS0U',
    'S5H9NS0V',
    'X1',
    'X2',
  ]);
  expect(splitScans(' \n')).toEqual([]);
});

test('a label that is there already, or comes twice, in whatever letters, is not added', () => {
  const known = [{ label: 'S5H9NS0T' }];
  expect(addScans(known, ['s5h9ns0t', 'A  1', 'a 1', 'B'])).toEqual({
    added: ['A  1', 'B'],
    again: ['s5h9ns0t', 'a 1'],
  });
});

test('portions are in order, and the last one is what is left', () => {
  expect(inPortions([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inPortions([], 2)).toEqual([]);
});
