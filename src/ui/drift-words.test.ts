import { describe, expect, test } from 'vitest';
import { DECISIONS, KINDS, RUN_STATES, VERDICTS } from '../drift/model.ts';
import { OUTCOMES } from '../drift/object-result.ts';
import {
  DECISION_WORDS,
  effectOf,
  endOfDay,
  foundBy,
  hasMoved,
  hasWork,
  KIND_WORDS,
  OUTCOME_WORDS,
  outcomeText,
  progressText,
  sentenceOf,
  STATE_TONES,
  valueText,
  VERDICT_TITLES,
} from './screens/drift-words.js';

test.each([
  ['kinds', KIND_WORDS, KINDS],
  ['who decides', DECISION_WORDS, DECISIONS],
  ['states of a run', STATE_TONES, RUN_STATES],
  ['outcomes', OUTCOME_WORDS, OUTCOMES],
  ['verdicts', VERDICT_TITLES, VERDICTS],
])('the screens have words for all %s of the hub', (_what, words, known) => {
  expect(Object.keys(words).toSorted()).toEqual([...known].toSorted());
});

describe('a value', () => {
  test.each([
    [undefined, '–'],
    [null, '(empty)'],
    ['', '(empty)'],
    [[], '(empty)'],
    [0, '0'],
    [false, 'no'],
    [['a', 'b'], 'a, b'],
  ])('%o is shown as %s', (value, text) => expect(valueText(value)).toBe(text));

  test('that is an id is shown by its name', () => {
    expect(valueText('x-1', { 'x-1': 'ams1 / rack 7' })).toBe('ams1 / rack 7');
  });

  test('has moved only against what is known', () => {
    expect(hasMoved('a', 'b')).toBe(true);
    expect(hasMoved(['a'], ['a'])).toBe(false);
    expect(hasMoved(undefined, 'b')).toBe(false);
    expect(hasMoved('a', undefined)).toBe(false);
    expect(hasMoved(null, 'b')).toBe(true);
  });
});

test('a removal is called one', () => {
  expect(effectOf('push-ours', 'gone-here')).toMatch(/removed there/);
  for (const kind of KINDS) if (kind !== 'gone-here') expect(effectOf('push-ours', kind)).not.toMatch(/removed/);
});

test('a sentence leaves out what there is none of', () => {
  expect(sentenceOf({ object: 'device', field: 'rack', kind: 'differs' })).toBe('device rack differs');
  expect(sentenceOf({ object: 'module', field: '', kind: 'only-here' })).toBe('module is only here');
});

test('the end of a day is the reader’s', () => {
  expect(endOfDay('2027-01-31')).toBe(new Date(2027, 0, 31, 23, 59, 59).toISOString());
  expect(endOfDay(null)).toBeNull();
  expect(endOfDay('soon')).toBeNull();
});

test('what a run found', () => {
  const none = { created: 0, updated: 0, removed: 0, conflicts: 0, reviews: 0, refused: 0, failed: 0 };
  const objects = { device: { ...none, updated: 2, conflicts: 1 }, module: { ...none, created: 3, reviews: 4 } };
  expect(foundBy({ summary: { objects } })).toBe('3 to create, 2 to update, 5 to decide');
  expect(foundBy({ summary: { objects: { device: none } } })).toBe('nothing differs');
  expect(foundBy({ summary: null })).toBe('');
});

test('a plan has work only where something is done without asking', () => {
  const none = { scanned: 4, created: 0, updated: 0, removed: 0, conflicts: 1, reviews: 2, refused: 1 };
  expect(hasWork({ summary: { objects: { device: none } } })).toBe(false);
  expect(hasWork({ summary: { objects: { device: none, rack: { ...none, removed: 1 } } } })).toBe(true);
  expect(hasWork({ summary: null })).toBe(false);
});

test('what became of a run names what did not go well', () => {
  expect(outcomeText({ confirmed: 3, failed: 0, stale: 0 })).toBe('3 values and objects brought into step');
  expect(outcomeText({ confirmed: 3, failed: 1, stale: 2 })).toMatch(/step, 1 failed, 2 moved on/);
});

test('how far a run is', () => {
  expect(progressText({ step: 'comparing', object: 'device', done: 3, of: 9 })).toBe('comparing device 3 of 9');
  expect(progressText({ step: 'writing', object: null, done: 3, of: null })).toBe('writing 3');
  expect(progressText(null)).toBe('');
});
