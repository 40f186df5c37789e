import { describe, expect, test } from 'vitest';
import type { PlannedRow } from './model.ts';
import { checkDriftRules, compileDriftRules, driftRulesHash, loadDriftRules, parseDriftRules } from './rules.ts';

function row(more: Partial<PlannedRow & { system: string }> = {}): PlannedRow & { system: string } {
  return {
    ...{
      system: 'netbox',
      object: 'device',
      root: { type: 'device', hubId: 'a', theirId: '1' },
      hubId: 'a',
      theirId: '1',
    },
    ...{ label: 'ams-r01-u04', field: 'rack', kind: 'conflict', action: 'adopt', decision: 'conflict', reason: '' },
    ...{ theirs: 'r1', ours: 'r2', agreed: undefined },
    ...more,
  };
}

function ruler(rules: string, tests = '[]') {
  return compileDriftRules(parseDriftRules(`version: 1\nrules:\n${rules}\ntests: ${tests}\n`));
}

/** One rule with these conditions, shown by a drift that it holds for. */
function one(when: string, shownBy: string, verdict = 'push-ours') {
  return ruler(
    `  - { id: it, when: { ${when} }, verdict: ${verdict}, reason: because }`,
    `[{ drift: { ${shownBy} }, rule: it }]`,
  );
}

describe('the shipped rules', () => {
  const rules = loadDriftRules();
  const rule = compileDriftRules(rules);

  test('give back placement, keep what the hub owns, and leave the rest to a person', () => {
    expect(rule(row())?.verdict).toBe('accept-theirs');
    expect(rule(row({ field: 'status' }))?.verdict).toBe('push-ours');
    expect(rule(row({ field: 'serial' }))).toBeUndefined();
    expect(rule(row({ kind: 'differs' }))).toBeUndefined();
  });

  test('remove and make nothing', () => {
    for (const kind of ['only-here', 'only-there', 'gone-here', 'gone-there', 'ambiguous'] as const)
      for (const object of ['device', 'module', 'interface', 'site'])
        expect(rule(row({ object, kind, field: '', action: 'remove-there' }))).toBeUndefined();
  });

  test('their hash says whether they decide the same', () => {
    const other = { ...rules, rules: rules.rules.slice(1) };
    expect(driftRulesHash(rules)).toBe(driftRulesHash({ ...rules, tests: [] }));
    expect(driftRulesHash(other)).not.toBe(driftRulesHash(rules));
  });
});

describe('conditions', () => {
  test('all must hold, and a list is any of them', () => {
    const rule = one('object: [device, module], field: rack', 'object: device, field: rack');
    expect(rule(row())?.rule).toBe('it');
    expect(rule(row({ object: 'module' }))?.rule).toBe('it');
    expect(rule(row({ object: 'interface' }))).toBeUndefined();
    expect(rule(row({ field: 'name' }))).toBeUndefined();
  });

  test('without a kind they are about values, never about whole objects', () => {
    const rule = one('object: device', 'object: device, kind: conflict');
    expect(rule(row({ kind: 'differs' }))?.rule).toBe('it');
    for (const kind of ['only-here', 'only-there', 'gone-here', 'gone-there'] as const)
      expect(rule(row({ kind, field: '' }))).toBeUndefined();
    const explicit = one('kind: gone-here', 'object: module, kind: gone-here');
    expect(explicit(row({ kind: 'gone-here', field: '' }))?.verdict).toBe('push-ours');
  });

  test('values: empty is one of them, unknown never', () => {
    const rule = one('theirs: [null, r1, [a, b]]', 'object: device, theirs: r1');
    expect(rule(row({ theirs: null }))?.rule).toBe('it');
    expect(rule(row({ theirs: ['a', 'b'] }))?.rule).toBe('it');
    expect(rule(row({ theirs: 'r2' }))).toBeUndefined();
    expect(rule(row({ theirs: undefined }))).toBeUndefined();
  });

  test('who changed it there, and what it is called', () => {
    const rule = one(
      'changedBy: [alice], label: ^ams-',
      'object: device, label: ams-1, changedBy: alice',
      'accept-theirs',
    );
    const change = { action: 'updated', at: '2026-11-21T00:00:00.000Z', requestId: null };
    expect(rule(row(), { ...change, user: 'alice' })?.verdict).toBe('accept-theirs');
    expect(rule(row(), { ...change, user: 'bob' })).toBeUndefined();
    expect(rule(row(), { ...change, user: null })).toBeUndefined();
    expect(rule(row())).toBeUndefined();
    expect(rule(row({ label: 'fra-1' }), { ...change, user: 'alice' })).toBeUndefined();
  });

  test('the first that holds decides', () => {
    const rule = ruler(
      `  - { id: a, when: { field: rack }, verdict: review, reason: ask }\n  - { id: b, when: { object: device }, verdict: ignore, reason: no }`,
      '[{ drift: { object: device, field: rack }, rule: a }, { drift: { object: device, field: name }, rule: b }]',
    );
    expect(rule(row())).toEqual({ verdict: 'review', rule: 'a', reason: 'ask' });
    expect(rule(row({ field: 'name' }))?.rule).toBe('b');
  });
});

test.each([
  [
    'a rule twice',
    '  - { id: a, when: { field: x }, verdict: ignore, reason: r }\n  - { id: a, when: { field: y }, verdict: ignore, reason: r }',
    4,
    'a is there twice',
  ],
  ['nothing in when', '  - { id: a, when: {}, verdict: ignore, reason: r }', 3, 'says nothing'],
  ['an unknown condition', '  - id: a\n    when: { site: ams }\n    verdict: ignore\n    reason: r', 4, 'site'],
  ['an unknown verdict', '  - id: a\n    when: { field: x }\n    verdict: delete\n    reason: r', 5, 'verdict'],
  ['no reason', '  - { id: a, when: { field: x }, verdict: ignore, reason: "" }', 3, 'reason'],
  ['a pattern without limits', '  - { id: a, when: { label: "(a+)+$" }, verdict: ignore, reason: r }', 3, 'only (?:'],
  ['a rule that no test shows', '  - { id: a, when: { field: x }, verdict: ignore, reason: r }', 3, 'no test shows a'],
])('%s is found, with its line', (_what, rules, line, message) => {
  const faults = checkDriftRules(`version: 1\nrules:\n${rules}\ntests: []\n`);
  expect(faults).toContainEqual({ line, message: expect.stringContaining(message) });
});

test('a test that says something else is found', () => {
  const faults = checkDriftRules(
    'version: 1\nrules:\n  - { id: a, when: { field: x }, verdict: ignore, reason: r }\ntests:\n  - { drift: { object: device, field: x }, rule: a }\n  - { drift: { object: device, field: x }, rule: null }\n',
  );
  expect(faults).toEqual([{ line: 6, message: 'tests.1: is decided by a, not by none' }]);
});

test('text that is no YAML is a fault, not a crash', () => {
  expect(checkDriftRules('rules: [')[0]?.line).toBeGreaterThan(0);
  expect(checkDriftRules('').length).toBeGreaterThan(0);
});
