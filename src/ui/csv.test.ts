import { describe, expect, test } from 'vitest';
import { csvCell, toCsv } from './screens/csv.js';

describe('a cell', () => {
  test.each(['=1+1', '+49', '-2', '@SUM(A1)', '\tx', '\r=x', '  =cmd|calc'])('%j is not left a formula', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  test('keeps numbers, also negative ones, and plain text as they are', () => {
    expect(csvCell(-2.5)).toBe('-2.5');
    expect(csvCell('r12-u07')).toBe('r12-u07');
    expect(csvCell(null)).toBe('');
    expect(csvCell(undefined)).toBe('');
  });

  test('quotes what would end it', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "hi"\nthere')).toBe('"say ""hi""\nthere"');
    expect(csvCell('a;b')).toBe('"a;b"');
  });
});

test('a table begins with a byte order mark and ends each row with CRLF', () => {
  expect(
    toCsv([
      ['name', 'u'],
      ['Zürich', 7],
    ]),
  ).toBe('\uFEFFname,u\r\nZürich,7\r\n');
});
