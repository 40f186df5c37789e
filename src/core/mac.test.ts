import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeMac } from './mac.ts';

const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 });
const hex = (octet: number): string => octet.toString(16).padStart(2, '0');

test('every usual writing of a MAC gives the same one', () => {
  fc.assert(
    fc.property(octets, fc.boolean(), (parts, upper) => {
      const plain = parts.map(hex).join('');
      const writings = [
        parts.map(hex).join(':'),
        parts.map(hex).join('-'),
        plain,
        plain.replaceAll(/(....)(?!$)/g, '$1.'),
        parts.map((octet) => octet.toString(16)).join(':'),
        ` ${parts.map(hex).join(':')}\n`,
      ];
      for (const text of writings)
        expect(normalizeMac(upper ? text.toUpperCase() : text), text).toBe(parts.map(hex).join(':'));
    }),
  );
});

test.each([
  '',
  '5c:f9:dd:fc:a6',
  '1:5c:f9:dd:fc:a6:f4',
  '5c:f9:dd:fc:a6:fg',
  '5cf9ddfca6f4a',
  '10.0.0.1',
  '::1',
  '5c:f9:dd:fc:a6:'.repeat(2),
])('"%s" is none', (text) => {
  expect(normalizeMac(text)).toBeUndefined();
});

test('what comes out goes in again', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const mac = normalizeMac(text);
      if (mac === undefined) return;
      expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      expect(normalizeMac(mac)).toBe(mac);
    }),
  );
});
