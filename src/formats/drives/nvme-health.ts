import { asInt, asNumber, asRecord } from '../json-facts.ts';

/** Too hot or too cold. The drive itself is well; all other bits (spare, reliability, read-only, backup power, memory region) are its own. */
const TEMPERATURE = 0x02;

/** NVMe's critical warning byte; null where it was not said. */
export function healthOfWarning(bits: number | null): string | null {
  if (bits === null || bits < 0) return null;
  if (bits === 0) return 'OK';
  return bits === TEMPERATURE ? 'Warning' : 'Critical';
}

/** As a number, as text, in hex (`0x4`), or taken apart by `nvme smart-log -v`. */
export function warningBits(value: unknown): number | null {
  const plain = typeof value === 'object' ? asRecord(value)['value'] : value;
  if (typeof plain === 'string' && /^\s*0x[0-9a-f]{1,4}\s*$/i.test(plain)) return Number(plain);
  return asInt(plain);
}

/** A unit is a thousand blocks of 512 bytes, whatever the block size. Past 2^53 the last digits are rounded. */
export function dataUnits(value: unknown): number | null {
  const units = asNumber(value);
  return units === null || units < 0 ? null : units * 512_000;
}
