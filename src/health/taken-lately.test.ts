import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rememberTaken } from './taken-lately.ts';

test('knows at least as many of the newest as a generation holds, at most two generations, and none that was not added', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      (all, most) => {
        const taken = rememberTaken(most);
        for (const one of all) taken.add([one]);
        const known = all.filter((one) => taken.has(one));
        expect(known).toEqual(all.slice(all.length - known.length));
        expect(known.length).toBeGreaterThanOrEqual(Math.min(all.length, most));
        expect(known.length).toBeLessThanOrEqual(2 * most);
        expect(taken.has('')).toBe(false);
      },
    ),
  );
});
