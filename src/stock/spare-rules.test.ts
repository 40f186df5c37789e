import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSpareRules, parseSpareRules, spareRulesSchema } from './spare-rules.ts';

const read = (name: string): string => readFileSync(new URL(`../../mappings/${name}`, import.meta.url), 'utf8');

test('mappings/spare-rules.yaml holds what it promises', () => {
  expect(checkSpareRules(read('spare-rules.yaml'))).toEqual([]);
});

test('its JSON Schema is the one that editors are given', () => {
  expect(JSON.parse(read('schema/spare-rules.schema.json'))).toEqual(JSON.parse(JSON.stringify(spareRulesSchema())));
});

describe('a fault is said with its line', () => {
  const small = [
    'version: 1',
    'numbers:',
    "  - { kind: fan, of: model, is: '^F', set: { size: 1 } }",
    'rules:',
    '  - { id: fan, kinds: [fan], needs: [{ of: facts.size, is: at-least }] }',
    'tests:',
    '  - { kind: fan, part: { model: F1 }, spare: { facts: { size: 2 } }, fits: fan }',
    "  - { kind: fan, part: {}, spare: { model: F1 }, fits: 'no', because: not known }",
  ].join('\n');

  test('none where there is none', () => expect(checkSpareRules(small)).toEqual([]));

  test.each([
    ['a test that does not hold', ['size: 2', 'size: 0.5'], 7, 'fits no, not fan: its size is 0.5, less than 1'],
    ['another reason', ['because: not known', 'because: too small'], 8, 'is so because "size of the part that failed'],
    ['a rule that no test shows', ['fits: fan }', "fits: 'no' }"], 7, 'fits fan, not no'],
    ['a pattern without a limit', ["is: '^F'", "is: '^F+'"], 3, 'needs a limit'],
    ['a source that is none', ['of: facts.size', 'of: colour'], 5, 'vendor, model, partNumber or facts.'],
    ['an order of what must be equal', ['is: at-least', 'is: equal, times: 2'], 5, 'belong to at-least'],
    ['a kind that is none', ['kinds: [fan]', 'kinds: [wheel]'], 5, 'kinds'],
  ])('%s', (_name, [from, to], line, says) => {
    expect(small).toContain(from);
    const faults = checkSpareRules(small.replace(from ?? '', to ?? ''));
    expect(faults[0]).toEqual({ line, message: expect.stringContaining(says) });
    expect(() => parseSpareRules(small.replace(from ?? '', to ?? ''))).toThrow(`spare-rules.yaml:${line}: `);
  });
});
