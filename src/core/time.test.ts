import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toIso, toIsoOrNull, toSql } from './time.ts';

const date = fc.date({ min: new Date('1971-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
const micros = fc.integer({ min: 0, max: 999_999 }).map((n) => String(n).padStart(6, '0'));

test('a moment to the millisecond goes to SQL and comes back', () => {
  fc.assert(fc.property(date, (at) => void expect(toIso(toSql(at))).toBe(at.toISOString())));
});

test('microseconds survive, also with an offset', () => {
  fc.assert(
    fc.property(date, micros, fc.integer({ min: -14 * 60, max: 14 * 60 }), (at, fraction, offset) => {
      const utc = at.toISOString().slice(0, 19);
      const stored = toSql(`${utc}.${fraction}Z`);
      expect(stored).toBe(`${utc.replace('T', ' ')}.${fraction}`);
      expect(toSql(toIso(stored)).padEnd(26, '0')).toBe(stored);
      const local = new Date(Date.parse(`${utc}Z`) + offset * 60_000).toISOString().slice(0, 19);
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) =>
        String(n).padStart(2, '0'),
      );
      expect(toSql(`${local}.${fraction}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(stored);
    }),
  );
});

test('text that is stored sorts as the moments do', () => {
  fc.assert(fc.property(date, date, (a, b) => void expect(toSql(a) < toSql(b)).toBe(a.getTime() < b.getTime())));
});

test('more than microseconds are cut off', () => {
  expect(toSql('2026-11-21T06:00:00.123456789Z')).toBe('2026-11-21 06:00:00.123456');
});

test.each(['', 'yesterday', '2026-11-21', '2026-11-21T06:00', '21.11.2026 06:00:00', "2026-11-21T06:00:00Z'; --"])(
  '"%s" is no time',
  (text) => {
    expect(() => toSql(text)).toThrow(RangeError);
  },
);

test('a whole second reads with milliseconds; nothing stays nothing', () => {
  expect(toIso('2026-11-21 06:00:00.000000')).toBe('2026-11-21T06:00:00.000Z');
  expect(toIso('2026-11-21 06:00:00.123456')).toBe('2026-11-21T06:00:00.123456Z');
  expect(toIsoOrNull(null)).toBeNull();
});
