import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from './error.ts';
import { newId } from './id.ts';
import { fromCursor, toCursor, toPage } from './page.ts';

const time = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const id = fc.uuid();

describe('a cursor', () => {
  test('comes back as what it was made of', () => {
    fc.assert(fc.property(time, id, (at, row) => void expect(fromCursor(toCursor([at, row]), 2)).toEqual([at, row])));
    fc.assert(fc.property(id, (row) => void expect(fromCursor(toCursor([row]), 1)).toEqual([row])));
    expect(fromCursor(toCursor(['2026-11-21T06:00:00.123456Z', newId()]), 2)?.[0]).toBe('2026-11-21T06:00:00.123456Z');
    expect(fromCursor(undefined, 2)).toBeUndefined();
  });

  test('that is anything else is refused as the query parameter that it is, and never goes on', () => {
    const refused = (cursor: string, parts: number): void => {
      expect(() => fromCursor(cursor, parts)).toThrow(HubError);
      expect(() => fromCursor(cursor, parts)).toThrow('query.cursor');
    };
    fc.assert(fc.property(fc.string(), (text) => refused(text, 2)));
    fc.assert(fc.property(fc.array(fc.string(), { maxLength: 3 }), (parts) => refused(toCursor(parts), 2)));
    fc.assert(fc.property(fc.json(), (json) => refused(Buffer.from(json).toString('base64url'), 2)));
    refused(toCursor(['2026-13-45T00:00:00.000Z', newId()]), 2);
    refused(toCursor([newId(), newId()]), 2);
    refused(toCursor([newId()]), 2);
  });
});

test('pages are as long as asked for, and only the last one has no next', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 10 }), (count, limit) => {
      const rows = Array.from({ length: count }, () => newId());
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const left = rows.filter((row) => after === undefined || row > after);
        const page = toPage(left.slice(0, limit + 1), limit, (last) => [last]);
        seen.push(...page.rows);
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        if (page.next === null) break;
        expect(page.rows).toHaveLength(limit);
        after = fromCursor(page.next, 1)?.[0];
      }
      expect(seen).toEqual(rows);
    }),
  );
});
