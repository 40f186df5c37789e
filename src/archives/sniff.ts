export type Packing = 'tar' | 'zip' | 'gzip' | 'zstd';

export const SNIFFED_BYTES = 512;

/** What the first bytes show; names say nothing, as people rename. */
export function sniff(head: Buffer): Packing | null {
  const first = head.length >= 4 ? head.readUInt32LE(0) : 0;
  if (first === 0x04034b50 || first === 0x06054b50 || first === 0x08074b50) return 'zip';
  if (first === 0xfd2fb528) return 'zstd';
  // a frame to be skipped, as `pzstd` puts before every other
  if ((first & 0xfffffff0) === 0x184d2a50) return 'zstd';
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  return isTar(head) ? 'tar' : null;
}

/** What cannot be unpacked here, by its name. */
export function foreignPacking(head: Buffer): string | null {
  const starts = (...bytes: number[]): boolean => head.subarray(0, bytes.length).equals(Buffer.from(bytes));
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return 'xz';
  if (head.length >= 10 && starts(0x42, 0x5a, 0x68) && head.subarray(4, 10).toString('hex') === '314159265359')
    return 'bzip2';
  if (starts(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)) return '7-Zip';
  if (starts(0x52, 0x61, 0x72, 0x21, 0x1a, 7)) return 'RAR';
  return starts(4, 0x22, 0x4d, 0x18) ? 'LZ4' : null;
}

/** `ustar`, or the older kind that has no mark but a checksum. */
function isTar(head: Buffer): boolean {
  if (head.toString('latin1', 257, 262) === 'ustar') return true;
  if (head.length < 512 || head[0] === 0) return false;
  const stated = /^[ 0]*([0-7]+)[ \0]/.exec(head.toString('latin1', 148, 156))?.[1];
  if (stated === undefined) return false;
  let sum = 8 * 32;
  for (let at = 0; at < 512; at += 1) if (at < 148 || at >= 156) sum += head[at] ?? 0;
  return sum === Number.parseInt(stated, 8);
}
