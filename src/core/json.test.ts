import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, fromJson, fromJsonOrNull } from './json.ts';

/** The same value, its keys in another order at every depth. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}

test('equal values give equal text, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value))),
  );
});

test('it is the value, no more and no less', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      (value) => void expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  );
});

test('different values give different text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [left, right] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
      expect(canonicalJson(left) === canonicalJson(right)).toBe(isSame(left, right));
    }),
  );
});

function isSame(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}

test('the order of a list counts', () => {
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test('a JSON column reads as what was written, also where that is text', () => {
  for (const value of [{ a: 1 }, [1], 'text', '17', 17, true]) expect(fromJson(JSON.stringify(value))).toEqual(value);
  expect(fromJsonOrNull(null)).toBeNull();
  expect(fromJsonOrNull('"x"')).toBe('x');
});
