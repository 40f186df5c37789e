import { expect, test } from 'vitest';
import { digestOf, isSame, newKey, splitKey } from './key.ts';

test('a new key splits into what it was made of', () => {
  const { text, prefix, secret } = newKey();
  expect(text).toMatch(/^hub_[0-9A-Za-z]{12}\.[0-9A-Za-z]{40}$/);
  expect(splitKey(text)).toEqual({ prefix, secret });
});

test('no two are alike', () => {
  const texts = Array.from({ length: 200 }, () => newKey().text);
  expect(new Set(texts).size).toBe(200);
});

test.each([
  '',
  'hub_',
  'hub_abc.def',
  'nbt_0123456789ab.0123456789012345678901234567890123456789',
  ' hub_0123456789ab.0123456789012345678901234567890123456789',
])('"%s" is no key', (text) => {
  expect(splitKey(text)).toBeUndefined();
});

test('a digest is of the secret and of SECRET_KEY', () => {
  const digest = digestOf('secret', 'k1');
  expect(isSame(digest, digestOf('secret', 'k1'))).toBe(true);
  expect(isSame(digest, digestOf('secret', 'k2'))).toBe(false);
  expect(isSame(digest, digestOf('other', 'k1'))).toBe(false);
  expect(isSame(digest, digest.subarray(1))).toBe(false);
});
