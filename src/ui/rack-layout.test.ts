import { describe, expect, test } from 'vitest';
import { blocksOf, longestGap, type Mounted } from './screens/rack-layout.js';

const RACK = { height_u: 10, units_from: 'bottom' };

function mounted(id: string, position: number, height: number): Mounted {
  return { id, name: id, serial: null, position, height_u: height };
}

function drawn(rack: typeof RACK, ...assets: Mounted[]) {
  return Object.fromEntries(
    blocksOf(rack, assets).map(({ asset, row, rows, column, columns }) => [asset.id, { row, rows, column, columns }]),
  );
}

describe('servers in a rack', () => {
  test('unit 1 is at the bottom, or at the top', () => {
    const whole = { column: 1, columns: 1 };
    expect(drawn(RACK, mounted('a', 1, 1))).toEqual({ a: { row: 19, rows: 2, ...whole } });
    expect(drawn(RACK, mounted('a', 9, 2))).toEqual({ a: { row: 1, rows: 4, ...whole } });
    expect(drawn({ ...RACK, units_from: 'top' }, mounted('a', 1, 2))).toEqual({ a: { row: 1, rows: 4, ...whole } });
  });

  test('halves of units have a row each', () => {
    expect(drawn(RACK, mounted('low', 2, 0.5), mounted('high', 2.5, 0.5))).toMatchObject({
      high: { row: 17, rows: 1, columns: 1 },
      low: { row: 18, rows: 1, columns: 1 },
    });
  });

  test('those that share a unit lie side by side, the others keep the whole width', () => {
    expect(drawn(RACK, mounted('left', 4, 2), mounted('right', 4, 1), mounted('alone', 1, 1))).toMatchObject({
      left: { column: 1, columns: 2 },
      right: { column: 2, columns: 2 },
      alone: { column: 1, columns: 1 },
    });
  });
});

describe('the longest free run', () => {
  const units = (taken: number[]) =>
    Array.from({ length: 10 }, (_, index) => ({ unit: 10 - index, free: !taken.includes(10 - index) }));

  test.each([
    [[], { count: 10, from: 1, to: 10 }],
    [[5], { count: 5, from: 6, to: 10 }],
    [[9, 3], { count: 5, from: 4, to: 8 }],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], undefined],
  ])('with %j taken is %j', (taken, gap) => {
    expect(longestGap(units(taken))).toEqual(gap);
  });
});
