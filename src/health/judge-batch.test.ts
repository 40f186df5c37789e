import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRules, type RuleSet } from './compile-rules.ts';
import type { Episode, JudgedSymptom, Told } from './episode.ts';
import { judgeAllDue, judgeBatch } from './judge-batch.ts';
import { TelemetryRule } from './rules.ts';

const T0 = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const LATE = 86_400_000;

function rulesOf(...rules: object[]): RuleSet {
  const common = { when: { type: 'X' }, opens: { ticket: 'LOOK', priority: 'LOW' }, says: 'x' };
  return compileRules(rules.map((rule, nth) => TelemetryRule.parse({ id: `r${nth}`, ...common, ...rule })));
}
function symptom(minute: number, more: Partial<JudgedSymptom> = {}): JudgedSymptom {
  return {
    ...{ subjectType: 'asset', subjectId: 's', at: T0 + minute * MINUTE, type: 'XX', component: 'c', kind: null },
    ...{ serial: null, value: null, message: null, source: null, severity: null, state: 'raised', model: null },
    ...{ manufacturer: null, site: null, hash: null },
    ...more,
  };
}
const short = (told: readonly Told[]): string[] =>
  told.map(({ did, rule, at }) => `${rule} ${did} ${(at - T0) / MINUTE}`);

/** One after the other, as they come; then what is due at the end. */
function follow(rules: RuleSet, symptoms: readonly JudgedSymptom[], until?: number): string[] {
  const episodes = new Map<string, Episode>();
  const told = symptoms.flatMap((one) => judgeBatch(rules, episodes, [one], { lateMs: LATE }).told);
  if (until !== undefined)
    told.push(
      ...judgeAllDue(
        rules,
        [...episodes.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= T0 + until * MINUTE),
        { now: T0 + until * MINUTE, lateMs: LATE },
      ).told,
    );
  return short(told);
}
const xx = { when: { type: 'XX' } };

describe('an episode', () => {
  test('is raised once, told of again after a while, and over when it is said to be', () => {
    const said = [0, 1, 59, 60, 61].map((minute) => symptom(minute));
    expect(follow(rulesOf(xx), [...said, symptom(70, { state: 'cleared' }), symptom(80)])).toEqual([
      'r0 raised 0',
      'r0 repeated 60',
      'r0 cleared 70',
      'r0 raised 80',
    ]);
  });

  test('is of one part: another one has its own, and another serial in its place is another one', () => {
    const rules = rulesOf(xx);
    expect(follow(rules, [symptom(0), symptom(1, { component: 'd' }), symptom(2, { subjectId: 't' })])).toHaveLength(3);
    const [a, b] = [{ serial: 'A' }, { serial: 'B' }];
    expect(follow(rules, [symptom(0, a), symptom(1), symptom(2, b), symptom(3, b)])).toEqual([
      'r0 raised 0',
      'r0 cleared 2',
      'r0 raised 2',
    ]);
  });

  test('is not begun again by what happened before its end, whenever that comes', () => {
    const over = symptom(10, { state: 'cleared' });
    expect(follow(rulesOf(xx), [symptom(0), over, symptom(5), symptom(10)])).toEqual(['r0 raised 0', 'r0 cleared 10']);
    expect(follow(rulesOf(xx), [over, symptom(5), symptom(11)])).toEqual(['r0 raised 11']);
    // Newer word is that it lasts.
    expect(follow(rulesOf(xx), [symptom(20), symptom(10, { state: 'cleared' })])).toEqual(['r0 raised 20']);
  });

  test('that must last is raised by the clock, and not where it was over before', () => {
    const rules = rulesOf({ ...xx, for: '10m' });
    expect(follow(rules, [symptom(0)], 9)).toEqual([]);
    expect(follow(rules, [symptom(0)], 15)).toEqual(['r0 raised 10']);
    expect(follow(rules, [symptom(0), symptom(5, { state: 'cleared' })], 15)).toEqual([]);
    expect(follow(rules, [symptom(0), symptom(12)])).toEqual(['r0 raised 12']);
  });

  test('whose rule is gone is over', () => {
    const episodes = new Map<string, Episode>();
    judgeBatch(rulesOf(xx), episodes, [symptom(0)], { lateMs: LATE });
    const after = judgeAllDue(compileRules([]), [...episodes.values()], { now: T0, lateMs: LATE });
    expect(short(after.told)).toEqual(['r0 cleared 0']);
    expect(after.gone.size).toBe(1);
  });
});

describe('a window', () => {
  const of = (value: number, minute: number): JudgedSymptom => symptom(minute, { value });
  test('is half-open, and what comes late counts where its time is', () => {
    const rules = rulesOf({ ...xx, count: { of: 3, within: '10m' } });
    expect(
      follow(
        rules,
        [0, 5, 10].map((minute) => symptom(minute)),
      ),
    ).toEqual([]);
    expect(
      follow(
        rules,
        [1, 5, 10].map((minute) => symptom(minute)),
      ),
    ).toEqual(['r0 raised 10']);
    expect(
      follow(
        rules,
        [1, 10, 5].map((minute) => symptom(minute)),
      ),
    ).toEqual(['r0 raised 5']);
  });

  test('sums values, and ends below half of its limit or when nothing more comes', () => {
    const rules = rulesOf({ ...xx, sum: { of: 10, within: '10m' } });
    expect(follow(rules, [of(10, 0), of(1, 9), of(1, 11)])).toEqual(['r0 raised 0', 'r0 cleared 11']);
    expect(follow(rules, [of(10, 0)], 10)).toEqual(['r0 raised 0', 'r0 cleared 10']);
  });

  test('of a rate is by the hour; of a growth from the least value in it', () => {
    const rate = rulesOf({ ...xx, rate: { per_hour: 10, within: '30m' } });
    expect(follow(rate, [of(4, 0), of(1, 1)])).toEqual(['r0 raised 1']);
    const growth = rulesOf({ ...xx, growth: { by: 5, within: '1h' } });
    expect(follow(growth, [of(100, 0), of(104, 10), of(105, 20)])).toEqual(['r0 raised 20']);
    expect(follow(growth, [of(100, 0), of(105, 60), of(109, 70)])).toEqual([]);
    expect(follow(growth, [symptom(0), of(105, 1)])).toEqual([]);
  });

  test('remembers a bounded number of entries, and never counts less than there is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600), { minLength: 250, maxLength: 400 }), (seconds) => {
        const rules = rulesOf({ ...xx, count: { of: 1e9, within: '10m' } });
        const episodes = new Map<string, Episode>();
        const sorted = seconds.toSorted((a, b) => a - b);
        judgeBatch(
          rules,
          episodes,
          sorted.map((second) => symptom(second / 60)),
          { lateMs: LATE },
        );
        const [episode] = episodes.values();
        const window = episode?.window ?? [];
        const last = sorted.at(-1) ?? 0;
        const inside = sorted.filter((second) => second > last - 600).length;
        const counted = window.filter((_, index) => index % 2 === 1).reduce((sum, one) => sum + one, 0);
        expect(window.length).toBeLessThanOrEqual(402);
        expect(counted).toBeGreaterThanOrEqual(inside);
      }),
    );
  });
});

test('a value beyond its limit is over only where it has come back far enough', () => {
  const rules = rulesOf({ ...xx, above: { limit: 90, clear_below: 80 } });
  const values = [89, 90, 85, 91, 80, 79, 89, 95].map((value, minute) => symptom(minute, { value }));
  expect(follow(rules, values)).toEqual(['r0 raised 1', 'r0 cleared 5', 'r0 raised 7']);
  const low = rulesOf({ ...xx, below: { limit: 10, clear_above: 20 } });
  const down = [11, 10, 15, 20, 21].map((value, minute) => symptom(minute, { value }));
  expect(follow(low, down)).toEqual(['r0 raised 1', 'r0 cleared 4']);
  expect(follow(rules, [symptom(0)])).toEqual([]);
});

test('a rule that holds may stand in the place of others; what is not known holds no condition', () => {
  const rules = rulesOf(
    { ...xx, id: 'any' },
    { id: 'dell', when: { type: 'XX', manufacturer: 'dell*', model: ['*R7*', 'XE*'] }, instead_of: ['any'] },
  );
  const dell = { manufacturer: 'Dell Inc.', model: 'PowerEdge R750' };
  expect(follow(rules, [symptom(0, dell)])).toEqual(['dell raised 0']);
  expect(follow(rules, [symptom(0, { ...dell, model: null })])).toEqual(['any raised 0']);
  expect(follow(rules, [symptom(0, { ...dell, subjectType: 'location' })])).toEqual([]);
});

test('in whatever order a batch is, it is judged by the times in it', () => {
  const rules = rulesOf(xx, { ...xx, count: { of: 3, within: '10m' } }, { ...xx, for: '5m' });
  const all = [0, 2, 4, 6, 30].map((minute) => symptom(minute));
  const wanted = short(judgeBatch(rules, new Map(), all, { lateMs: LATE }).told);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (mixed) => {
      expect(short(judgeBatch(rules, new Map(), mixed, { lateMs: LATE }).told)).toEqual(wanted);
    }),
  );
});
