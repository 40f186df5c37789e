import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeal } from './seal.ts';

const seal = createSeal('k'.repeat(32));

test('what was sealed opens again, and shows nothing of itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 6 }), (plain) => {
      const sealed = seal.close(plain);
      expect(seal.open(sealed)).toBe(plain);
      expect(sealed).not.toContain(plain);
    }),
  );
});

test('sealed twice, the two do not look alike', () => expect(seal.close('x')).not.toBe(seal.close('x')));

test('another key does not open it', () => {
  expect(() => createSeal('j'.repeat(32)).open(seal.close('secret'))).toThrow('SECRET_KEY is not the one');
});

test('altered anywhere, it does not open', () => {
  const sealed = seal.close('secret');
  const parts = sealed.split('.');
  for (const [index, part] of parts.entries()) {
    const other = parts.with(index, (part.startsWith('A') ? 'B' : 'A') + part.slice(1));
    expect(() => seal.open(other.join('.')), String(index)).toThrow();
  }
  for (const text of ['', 'secret', 'v1', 'v1...']) expect(() => seal.open(text)).toThrow();
});
