import { expect, test } from 'vitest';
import { fromField, toField } from './screens/moment.js';

test('a moment goes into a field and comes out again', () => {
  for (const iso of ['2026-05-03T12:00:00Z', '2024-02-29T23:59:59Z', '0099-12-31T00:00:00Z'])
    expect(fromField(toField(iso))).toBe(iso);
});

test('a day means its end, as at the API', () => {
  expect(fromField(toField('2026-05-03'))).toBe('2026-05-03T23:59:59Z');
});

test('what is no time is none', () => {
  expect(toField('soon')).toBe('');
  expect(fromField('')).toBeUndefined();
  expect(fromField('tomorrow')).toBeUndefined();
});
