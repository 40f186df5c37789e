import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz';

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** `hub_<12 characters>.<40 characters>`: the first half finds the row, the second proves it (the shape of NetBox's v2 tokens). */
export function newKey(): { text: string; prefix: string; secret: string } {
  const prefix = randomText(12);
  const secret = randomText(40);
  return { text: `hub_${prefix}.${secret}`, prefix, secret };
}

export function splitKey(text: string): { prefix: string; secret: string } | undefined {
  const match = /^hub_([0-9A-Za-z]{12})\.([0-9A-Za-z]{40})$/.exec(text);
  return match ? { prefix: match[1] ?? '', secret: match[2] ?? '' } : undefined;
}

export function digestOf(secret: string, secretKey: string): Buffer {
  return createHmac('sha256', `reanimator api key v1 ${secretKey}`).update(secret).digest();
}

export function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
