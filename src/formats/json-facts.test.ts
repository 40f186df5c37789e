import { expect, test } from 'vitest';
import { asInt, asList, asNumber, asRecord, asText, seen } from './json-facts.ts';

test('records and lists are empty where there is none', () => {
  for (const value of [null, undefined, 1, 'a', true, []]) expect(asRecord(value)).toEqual({});
  expect(asRecord({ a: 1 })).toEqual({ a: 1 });
  for (const value of [null, undefined, 1, 'a', {}]) expect(asList(value)).toEqual([]);
  expect(asList([1])).toEqual([1]);
});

test.each<[unknown, string | null]>([
  [' a ', 'a'],
  ['  ', null],
  [5, '5'],
  [Number.NaN, null],
  [true, null],
  [null, null],
  [{}, null],
])('text of %j is %j', (value, text) => {
  expect(asText(value)).toBe(text);
});

test.each<[unknown, number | null]>([
  [5, 5],
  ['5', 5],
  ['1,234', 1234],
  ['1_000', 1000],
  ['310.0', 310],
  [310.5, null],
  ['', null],
  [' ', null],
  ['0x10', null],
  ['Infinity', null],
  ['1e400', null],
  ['12 hours', null],
  [2 ** 53, null],
  [true, null],
  [[5], null],
])('int of %j is %j', (value, int) => {
  expect(asInt(value)).toBe(int);
});

test('numbers may have a fraction', () => {
  expect(asNumber('176987.332')).toBe(176_987.332);
  expect(asNumber('-1.5e3')).toBe(-1500);
  expect(asNumber('.')).toBe(null);
});

test('a component of which little is known has null for the rest', () => {
  expect(seen('dimm', { serial: 'X' })).toEqual({
    kind: 'dimm',
    ...{ slot: null, manufacturer: null, model: null, partNumber: null, serial: 'X', firmware: null, health: null },
    attributes: {},
    readings: {},
  });
});
