import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Authority, Direction, MappedField, Value } from '../mapping/mapping.ts';
import { compareFields } from './compare-fields.ts';

const same = (_field: string, a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);

function compare(
  authority: Authority,
  direction: Direction,
  [theirs, ours, agreed]: [Value | undefined, Value | undefined, Value | undefined],
) {
  const field: MappedField = { name: 'x', authority, direction, compare: 'equal' };
  const { rows, agreed: kept } = compareFields(
    { fields: [field], same, leftAlone: () => new Set() },
    { values: { x: theirs }, faults: [] },
    { values: { x: ours }, faults: [] },
    agreed === undefined ? {} : { x: agreed },
  );
  const [row] = rows;
  return { did: row ? `${row.action} ${row.decision}` : 'nothing', kind: row?.kind, kept: kept['x'] };
}

describe('a field of a pair', () => {
  // theirs, ours, last agreed → authority theirs, ours, review
  test.each<[string, [Value | undefined, Value | undefined, Value | undefined], string, string, string]>([
    ['nothing changed', ['a', 'a', 'a'], 'nothing', 'nothing', 'nothing'],
    ['both made the same change', ['b', 'b', 'a'], 'nothing', 'nothing', 'nothing'],
    ['only theirs changed', ['b', 'a', 'a'], 'adopt auto', 'push auto', 'adopt review'],
    ['only ours changed', ['a', 'b', 'a'], 'push auto', 'push auto', 'push review'],
    ['both changed', ['b', 'c', 'a'], 'adopt conflict', 'push conflict', 'adopt conflict'],
    ['never compared', ['a', 'b', undefined], 'adopt auto', 'push auto', 'adopt review'],
    ['never compared, empty there', [null, 'b', undefined], 'push auto', 'push auto', 'adopt review'],
    ['never compared, empty here', ['a', null, undefined], 'adopt auto', 'adopt auto', 'adopt review'],
    ['emptied there', [null, 'a', 'a'], 'adopt auto', 'push auto', 'adopt review'],
    ['unknown there', [undefined, 'b', 'a'], 'nothing', 'nothing', 'nothing'],
    ['unknown here', ['b', undefined, 'a'], 'adopt auto', 'nothing', 'adopt review'],
    ['empty there, unknown here', [null, undefined, 'a'], 'nothing', 'nothing', 'nothing'],
  ])('%s', (_name, values, theirs, ours, review) => {
    expect(compare('theirs', 'both', values).did).toBe(theirs);
    expect(compare('ours', 'both', values).did).toBe(ours);
    expect(compare('review', 'both', values).did).toBe(review);
  });

  test('what only comes in is never written there, what only goes out is never taken over', () => {
    const any = fc.constantFrom<(Value | undefined)[]>('a', 'b', null, undefined);
    fc.assert(
      fc.property(any, any, any, fc.constantFrom<Authority>('theirs', 'ours', 'review'), (t, o, a, authority) => {
        const values = [t, o, a] as [Value | undefined, Value | undefined, Value | undefined];
        expect(compare(authority, 'in', values).did).not.toMatch(/^push auto/);
        expect(compare(authority, 'out', values).did).not.toMatch(/^adopt auto/);
      }),
    );
  });

  test('nothing unknown is ever written, on either side', () => {
    const any = fc.constantFrom<(Value | undefined)[]>('a', 'b', null, undefined);
    const way = fc.constantFrom<Direction>('both', 'in', 'out');
    fc.assert(
      fc.property(
        any,
        any,
        any,
        fc.constantFrom<Authority>('theirs', 'ours', 'review'),
        way,
        (t, o, a, who, direction) => {
          const { did } = compare(who, direction, [
            t as Value | undefined,
            o as Value | undefined,
            a as Value | undefined,
          ]);
          if (t === undefined) expect(did).not.toMatch(/^adopt/);
          if (o === undefined) expect(did).not.toMatch(/^push/);
        },
      ),
    );
  });

  test('what was agreed stays until both sides agree on something else', () => {
    expect(compare('theirs', 'both', ['b', 'c', 'a']).kept).toBe('a');
    expect(compare('theirs', 'both', ['b', 'b', 'a']).kept).toBe('b');
    expect(compare('theirs', 'both', [undefined, 'b', 'a']).kept).toBe('a');
  });

  test('a field whose condition does not hold on one side is neither compared nor forgotten', () => {
    const field: MappedField = { name: 'x', authority: 'theirs', direction: 'both', compare: 'equal' };
    const { rows, agreed } = compareFields(
      { fields: [field], same, leftAlone: () => new Set(['x']) },
      { values: { x: 'b' }, faults: [{ field: 'x', reason: 'no number' }] },
      { values: {}, faults: [] },
      { x: 'a' },
    );
    expect(rows).toEqual([]);
    expect(agreed).toEqual({ x: 'a' });
  });

  test('a value that cannot be read is told and touches nothing', () => {
    const { rows } = compareFields(
      {
        fields: [{ name: 'x', authority: 'ours', direction: 'both', compare: 'equal' }],
        same,
        leftAlone: () => new Set(),
      },
      { values: {}, faults: [{ field: 'x', reason: 'site 5 is not known here yet' }] },
      { values: { x: 'a' }, faults: [] },
      {},
    );
    expect(rows).toMatchObject([{ kind: 'unreadable', action: 'none', decision: 'review' }]);
  });
});
