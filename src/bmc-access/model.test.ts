import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetOf, makePassword, recentTries, waitForTry } from './model.ts';

describe('a made password', () => {
  test('fits every policy that leaves room, has every class, no name and no run', () => {
    const policies = fc.tuple(fc.option(fc.integer({ min: 1, max: 20 })), fc.option(fc.integer({ min: 8, max: 127 })));
    const names = fc.constantFrom('root', 'ADMIN', 'Administrator', 'USERID', 'ab');
    fc.assert(
      fc.property(policies, names, ([minLength, maxLength], userName) => {
        fc.pre((minLength ?? 12) <= (maxLength ?? 19));
        const made = makePassword({ minLength, maxLength }, userName);
        expect(made.length).toBeGreaterThanOrEqual(minLength ?? 8);
        expect(made.length).toBeLessThanOrEqual(maxLength ?? 19);
        for (const one of [/[a-z]/, /[A-Z]/, /\d/, /[-_.]/, /^[A-Za-z]/]) expect(made).toMatch(one);
        expect(made).not.toMatch(/(.)\1|[0O1lI]/);
        if (userName.length > 2) expect(made.toLowerCase()).not.toContain(userName.toLowerCase());
      }),
      { numRuns: 300 },
    );
  });

  test('is never the same, and never shorter than is worth one', () => {
    const policy = { minLength: null, maxLength: null };
    expect(new Set(Array.from({ length: 200 }, () => makePassword(policy, 'root'))).size).toBe(200);
    expect(() => makePassword({ minLength: null, maxLength: 6 }, 'root')).toThrow('mend its policy');
    // Every policy of the recorded machines: Dell, X10, OpenBMC, BlueField, Lenovo, iLO.
    for (const [minLength, maxLength] of [
      [null, 20],
      [8, 19],
      [8, 20],
      [12, 20],
      [10, 32],
      [8, null],
    ] as const)
      expect(makePassword({ minLength, maxLength }, 'root')).toHaveLength(16);
  });
});

describe('how many logins may be refused', () => {
  test.each([
    [null, 2],
    [1, 1],
    [2, 1],
    [3, 2],
    [10, 2],
  ])('locked after %s: %s in an hour', (lockoutThreshold, refusals) => {
    expect(budgetOf({ lockoutThreshold, lockoutSeconds: 30 })).toEqual({ refusals, windowMs: 3_600_000 });
  });

  test('as long as the account stays locked, where that is longer', () => {
    expect(budgetOf({ lockoutThreshold: 3, lockoutSeconds: 7200 }).windowMs).toBe(7_200_000);
  });

  test('in no window more than allowed, however they are asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_200_000 }), { maxLength: 60 }),
        fc.option(fc.integer({ min: 1, max: 6 })),
        (pauses, lockoutThreshold) => {
          const budget = budgetOf({ lockoutThreshold, lockoutSeconds: null });
          let now = Date.UTC(2026, 0, 1);
          let tries: string[] = [];
          const made: number[] = [];
          for (const pause of pauses) {
            now += pause;
            const wait = waitForTry(tries, budget, new Date(now));
            if (wait > 0) {
              expect(waitForTry(tries, budget, new Date(now + wait))).toBe(0);
              continue;
            }
            made.push(now);
            tries = [...recentTries(tries, budget, new Date(now)), new Date(now).toISOString()];
          }
          for (const at of made) {
            const within = made.filter((one) => one >= at && one - at < budget.windowMs);
            expect(within.length).toBeLessThanOrEqual(budget.refusals);
          }
        },
      ),
    );
  });
});
