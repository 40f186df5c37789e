import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from './error.ts';
import { orderOf, sortedPage } from './sorted-list.ts';

describe('an order', () => {
  interface Row {
    id: string;
    name: string | null;
  }
  const columns = { name: { column: 't.name', kind: 'text' as const, of: (row: Row) => row.name } };
  const id = '01997d9c-0000-7000-8000-000000000000';

  test('gives a cursor that leads to the row after, whatever its value', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'binary', maxLength: 150 })), (name) => {
        const order = orderOf(columns, '-name', undefined);
        const { next } = sortedPage(
          [
            { id, name },
            { id, name: 'x' },
          ],
          1,
          order,
        );
        expect(orderOf(columns, '-name', next ?? '').after).toEqual({ value: name, id });
        expect(() => orderOf(columns, 'name', next ?? '')).toThrow(HubError);
      }),
    );
  });

  test('refuses whatever is no cursor', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (cursor) => {
          expect(() => orderOf(columns, 'name', cursor)).toThrow(HubError);
        },
      ),
    );
  });
});
