import { createHash, randomBytes } from 'node:crypto';

let lastMs = 0;
let sequence = 0;

/** Asking the system for random bytes costs the same for sixteen as for four thousand. */
let random = Buffer.alloc(0);
let used = 0;
function takeRandom(length: number): Buffer {
  if (used + length > random.length) {
    random = randomBytes(4096);
    used = 0;
  }
  used += length;
  return Buffer.from(random.subarray(used - length, used));
}

/** UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, a 12-bit counter that keeps ids of one process in order, 62 random bits. */
export function newId(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    sequence = takeRandom(2).readUInt16BE() & 0x3ff;
  } else {
    sequence += 1;
    if (sequence > 0xfff) {
      lastMs += 1;
      sequence = 0;
    }
  }
  const bytes = takeRandom(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/** Before every id of that moment or later that `newId` makes, after every earlier one. */
export function firstIdOf(time: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(time.getTime(), 0, 6);
  bytes.writeUInt16BE(0x7000, 6);
  bytes[8] = 0x80;
  return formatUuid(bytes);
}

/**
 * The same parts always give the same id (UUIDv8 over SHA-256, RFC 9562 §5.8): for rows that must exist once.
 *
 * Byte 8 is never 0x80: with version 8 MariaDB 10.11 takes such a UUID for one whose bytes it has swapped, and refuses it as
 * "Incorrect uuid value" (1 of 64; in an INSERT IGNORE it silently becomes the nil UUID).
 */
export function idFrom(...parts: string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f || 0x3f) | 0x80;
  return formatUuid(bytes);
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
