import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LOCATION_TYPES, MAY_HOLD, strayFields, whyNotIn } from './model.ts';
import { drawUnits, type InRack, inTheWay, whyNotWithin } from './units.ts';

const half = (min: number, max: number) => fc.integer({ min: min * 2, max: max * 2 }).map((twice) => twice / 2);
const wanted = fc.record({ position: half(1, 14), heightU: half(0, 4) });

test('whatever is put in, no two fill the same half unit, and the drawing shows each where it is', () => {
  fc.assert(
    fc.property(fc.array(wanted, { maxLength: 30 }), fc.constantFrom('bottom', 'top'), (all, unitsFrom) => {
      const rack = { name: 'r', heightU: 12, unitsFrom } as const;
      const inside: InRack[] = [];
      const halves = new Map<number, string>();
      all.forEach((one, index) => {
        const id = String(index);
        const fills = Array.from({ length: one.heightU * 2 }, (_, step) => one.position + step / 2);
        const fits = fills.every((at) => at >= 1 && at < 13) && one.position + one.heightU <= 13;
        expect(whyNotWithin(rack, one) === undefined).toBe(fits);
        if (!fits) return;
        const taken = fills.some((at) => halves.has(at));
        // What fills nothing may be anywhere but in the middle of something.
        if (one.heightU > 0) expect(inTheWay(inside, { id, ...one }) !== undefined).toBe(taken);
        if (taken || one.heightU === 0) return;
        for (const at of fills) halves.set(at, id);
        inside.push({ id, name: null, serial: null, ...one });
      });
      const units = drawUnits(rack, inside);
      const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
      expect(units.map(({ unit }) => unit)).toEqual(unitsFrom === 'top' ? numbers : numbers.toReversed());
      for (const { unit, free, assets } of units) {
        const there = new Set([halves.get(unit), halves.get(unit + 0.5)].filter((id) => id !== undefined));
        expect(new Set(assets.map(({ id }) => id))).toEqual(there);
        expect(free).toBe(there.size === 0);
      }
    }),
  );
});

test('a server does not stand in its own way', () => {
  const inside: InRack[] = [{ id: 'a', name: 'a', serial: null, position: 3, heightU: 2 }];
  expect(inTheWay(inside, { id: 'a', position: 4, heightU: 2 })).toBeUndefined();
  expect(inTheWay(inside, { id: null, position: 4, heightU: 2 })?.id).toBe('a');
});

test('every type can stand somewhere, and a refusal says where', () => {
  for (const type of LOCATION_TYPES) {
    const holders = (Object.keys(MAY_HOLD) as (keyof typeof MAY_HOLD)[]).filter(
      (holder) => whyNotIn(type, holder === 'top' ? null : holder) === undefined,
    );
    expect(holders.length, type).toBeGreaterThan(0);
    expect(whyNotIn(type, 'rack')).toMatch(/^a [\w-]+ cannot be in a rack: put it in \w+/);
  }
});

test('fields that a type does not have are named', () => {
  expect(strayFields('bin', { height_u: 3, aisle: 'A', address: null })).toEqual([
    { field: 'height_u', message: 'a bin has none: only rack' },
  ]);
});
