import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isOver, ruleFor, TelemetryRules } from './rules.ts';

const file = parse(readFileSync(new URL('../../mappings/telemetry-rules.yaml', import.meta.url), 'utf8')) as {
  rules: object[];
  tests: object[];
};
const faultsOf = (changed: object): string[] =>
  (TelemetryRules.safeParse({ ...file, ...changed }).error?.issues ?? []).map(
    (issue) => `${issue.path.join('.')}: ${issue.message}`,
  );

describe('the file of rules', () => {
  test('holds, with the samples that it carries', () => {
    expect(faultsOf({})).toEqual([]);
    expect(file.tests.length).toBeGreaterThan(3);
  });

  test('whose sample does not open what it says is refused, naming the sample', () => {
    const tests = [...file.tests, { events: [{ type: 'SMART_FAIL', component: 'Disk 1' }], opens: 'REPLACE_RAM' }];
    expect(faultsOf({ tests })).toEqual([`tests.${file.tests.length}: opens REPLACE_DISK, not REPLACE_RAM`]);
  });

  test('with two rules for one symptom is refused', () => {
    expect(faultsOf({ rules: [...file.rules, ...file.rules.slice(0, 1)] })).toEqual([
      `rules.${file.rules.length}.type: SMART_FAIL has a rule already`,
    ]);
  });

  test('with a misspelt word is refused', () => {
    expect(faultsOf({ rules: [{ ...file.rules[0], treshold: { sum: 1, hours: 1 } }] }).join()).toContain('treshold');
  });
});

describe('a rule', () => {
  const { rules } = TelemetryRules.parse(file);

  test('that needs the component is none without it', () => {
    expect(ruleFor(rules, { type: 'SMART_FAIL', component: 'Disk 1' })?.ticket).toBe('REPLACE_DISK');
    for (const component of [undefined, null, ''])
      expect(ruleFor(rules, { type: 'SMART_FAIL', component })).toBeUndefined();
    expect(ruleFor(rules, { type: 'OVERHEAT' })?.ticket).toBe('CHECK_COOLING');
    expect(ruleFor(rules, { type: 'NOTHING_KNOWN', component: 'x' })).toBeUndefined();
  });

  test('with a threshold opens at it, not before', () => {
    const rule = ruleFor(rules, { type: 'ECC_ERRORS', component: 'A1' });
    if (!rule) throw new Error('no rule');
    expect([9, 9.99, 10, 11].map((sum) => isOver(rule, sum))).toEqual([false, false, true, true]);
  });
});
