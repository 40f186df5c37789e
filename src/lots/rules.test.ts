import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkLotRules, loadLotRules, parseLotRules } from './rules.ts';

const text = readFileSync(new URL('../../mappings/lot-rules.yaml', import.meta.url), 'utf8');

test('mappings/lot-rules.yaml holds what it promises', () => {
  expect(checkLotRules(text)).toEqual([]);
  expect(loadLotRules().lots.length).toBeGreaterThanOrEqual(10);
});

describe('a fault is said with its line', () => {
  const small = [
    'version: 1',
    'tables: { size: { classes: [1, 2], below: 0.1, above: 0.1 } }',
    'words: { kinds: { A: B } }',
    'facts:',
    '  - { id: size, kind: drive, set: { size: { from: attributes.size, table: size } } }',
    'lots:',
    "  - { id: drive, kind: drive, code: 'DRIVE_{size:3}', title: 'A drive' }",
    'tests:',
    '  - { part: { kind: drive, attributes: { size: 1.05 } }, lot: DRIVE_001 }',
    '  - { part: { kind: drive, attributes: { size: 4 } }, missing: [size] }',
  ].join('\n');

  test('none where there is none', () => expect(checkLotRules(small)).toEqual([]));

  test.each([
    ['a test that does not hold', ['lot: DRIVE_001', 'lot: DRIVE_002'], 9, 'is DRIVE_001, not DRIVE_002'],
    ['a test of what is missing', ['missing: [size]', 'missing: [colour]'], 10, 'is missing size, not missing colour'],
    [
      'a lot that no test shows',
      ['attributes: { size: 1.05 } }, lot: DRIVE_001', 'attributes: {} }, missing: [size]'],
      7,
      'no test shows drive',
    ],
    ['a table that is not there', ['table: size', 'table: sizes'], 5, 'there is no table sizes'],
    ['words that are not there', ['table: size', 'words: sizes'], 5, 'there are no words sizes'],
    ['a fact that no rule says', ['{size:3}', '{colour}'], 7, 'no rule says colour of a drive'],
    ['a key that nobody reads', ['title:', 'colour: red, title:'], 7, 'colour'],
    [
      'a pattern without a limit',
      ['kind: drive, set', "kind: drive, pattern: { of: name, is: '^A+' }, set"],
      5,
      'needs a limit',
    ],
    ['a source that is none', ['from: attributes.size', 'from: colour'], 5, 'set.size'],
    ['a kind that is none', ['id: drive, kind: drive', 'id: drive, kind: wheel'], 7, 'kind'],
    ['a test that says nothing', [', lot: DRIVE_001', ''], 9, 'says either'],
    ['no YAML', ['facts:', 'facts: ]'], 4, ''],
  ])('%s', (_name, [from, to], line, says) => {
    expect(small).toContain(from);
    const faults = checkLotRules(small.replace(from ?? '', to ?? ''));
    expect(faults[0]?.line).toBe(line);
    expect(faults[0]?.message).toContain(says);
    expect(() => parseLotRules(small.replace(from ?? '', to ?? ''))).toThrow(`lot-rules.yaml:${line}: `);
  });

  test('one id twice', () => {
    const twice = small.replace('lots:', '  - { id: size, kind: drive, set: { x: 1 } }\nlots:');
    expect(checkLotRules(twice)[0]).toEqual({ line: 6, message: 'facts.1.id: size is there twice' });
  });
});
