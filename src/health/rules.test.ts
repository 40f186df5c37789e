import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { compileGlob, durationText } from './rule-words.ts';
import { checkTelemetryRules, TelemetryRules, telemetryRulesSchema } from './rules.ts';

const text = readFileSync(new URL('../../mappings/telemetry-rules.yaml', import.meta.url), 'utf8');
const file = parse(text) as { rules: Record<string, object>[]; tests: Record<string, unknown>[] };
const faultsOf = (changed: object): string[] =>
  (TelemetryRules.safeParse({ ...file, ...changed }).error?.issues ?? []).map(
    (issue) => `${issue.path.join('.')}: ${issue.message}`,
  );
const withRule = (rule: object): string[] => faultsOf({ rules: [...file.rules, rule] });
const rule = {
  ...{ id: 'new', when: { type: 'X_FAIL' }, opens: { ticket: 'LOOK', priority: 'LOW' }, says: 'something is' },
};

describe('the file of rules', () => {
  test('holds, with the samples that it carries', () => {
    expect(faultsOf({})).toEqual([]);
    expect(checkTelemetryRules(text)).toEqual([]);
  });

  test('whose sample raises something else than it says is refused, naming the line', () => {
    const wrong = text.replace(
      '{ events: [{ type: SMART_FAIL }], raises: [] }',
      '{ events: [{ type: SMART_FAIL }], raises: [fan-failed] }',
    );
    const line =
      wrong.split('\n').findIndex((one) => one.includes('raises: [fan-failed] }') && one.includes('SMART')) + 1;
    const faults = checkTelemetryRules(wrong);
    expect(faults).toEqual([{ line, message: expect.stringContaining('raises nothing, not fan-failed') as string }]);
  });

  test('with a rule that no sample shows is refused', () => {
    expect(withRule(rule)).toEqual([`rules.${file.rules.length}: no test shows new`]);
  });

  test('with two rules of one id, or one in the place of none, is refused', () => {
    expect(withRule({ ...rule, id: 'fan-failed' })).toEqual([
      `rules.${file.rules.length}.id: fan-failed is there twice`,
    ]);
    expect(withRule({ ...rule, instead_of: ['nothing'] })).toEqual([
      `rules.${file.rules.length}.instead_of.0: there is no other rule nothing`,
    ]);
  });

  test.each([
    ['a misspelt word', { ...rule, treshold: { sum: 1 } }, 'treshold'],
    [
      'two measures',
      { ...rule, count: { of: 1, within: '1h' }, above: { limit: 1, clear_below: 1 } },
      'say one of count, above',
    ],
    ['a limit that clears above itself', { ...rule, above: { limit: 1, clear_below: 2 } }, 'is above the limit'],
    ['a duration without a unit', { ...rule, for: '10' }, 'a number with its unit'],
    ['a pattern that may run away', { ...rule, when: { type: 'X_FAIL', message: 'a+$' } }, 'needs a limit'],
    ['an unknown kind of part', { ...rule, when: { type: 'X_FAIL', kind: 'disk' } }, 'kind'],
  ])('with %s is refused', (_what, wrong, says) => {
    expect(withRule(wrong).join('; ')).toContain(says);
  });
});

test('the schema for editors is what the code reads: `reanimator mappings schema telemetry-rules` prints it', () => {
  const kept = new URL('../../mappings/schema/telemetry-rules.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(kept, 'utf8'))).toEqual(JSON.parse(JSON.stringify(telemetryRulesSchema())));
  const fits = new Ajv({ strict: false }).compile(telemetryRulesSchema());
  expect(fits(file)).toBe(true);
  expect(fits({ ...file, rules: [{ ...rule, opens: {} }] })).toBe(false);
});

test('a glob is whole words with gaps, whatever the case', () => {
  const fits = (glob: string, said: string): boolean => compileGlob(glob)(said);
  expect(fits('PowerEdge R7*', 'poweredge r750')).toBe(true);
  expect(fits('PowerEdge R7*', 'Dell PowerEdge R750')).toBe(false);
  expect(fits('*R7*0', 'PowerEdge R7410')).toBe(true);
  expect(fits('ab*b', 'ab')).toBe(false);
  expect(fits('*', '')).toBe(true);
  expect(fits('r750', 'r7501')).toBe(false);
});

test('durations are told in the largest unit that fits', () => {
  expect([90_000, 600_000, 86_400_000, 1500].map(durationText)).toEqual(['90s', '10m', '1d', '1500ms']);
});
