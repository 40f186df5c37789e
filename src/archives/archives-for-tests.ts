import { pack, type Header } from 'tar-stream';
import zlib from 'node:zlib';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.ts';
import { unpack, type ArchiveSource } from './unpack.ts';

export interface Unpacked {
  files: Record<string, string>;
  times: Record<string, string | null>;
  warnings: string[];
  unreadable: string[];
}

/** Everything that comes out, small files as text. */
export async function unpackAll(
  source: ArchiveSource | Buffer,
  limits: Partial<ArchiveLimits> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Unpacked> {
  const result: Unpacked = { files: {}, times: {}, warnings: [], unreadable: [] };
  const from = Buffer.isBuffer(source) ? { bytes: source, name: 'bundle' } : source;
  const options = {
    limits: { ...ARCHIVE_LIMITS, ...limits },
    signal,
    warn: (sentence: string) => void result.warnings.push(sentence),
  };
  for await (const { path, bytes, modifiedAt, unreadable } of unpack(from, options)) {
    result.files[path] = bytes.length < 1000 ? bytes.toString() : `${bytes.length} bytes`;
    result.times[path] = modifiedAt;
    if (unreadable !== null) result.unreadable.push(path);
  }
  return result;
}

export async function tarOf(
  parts: readonly (Partial<Header> & { name: string; content?: string | Buffer })[],
): Promise<Buffer> {
  const packing = pack();
  for (const { content, ...header } of parts) packing.entry(header, content ?? '');
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const ZEROS = 16 * 1024 ** 2;

/** Raw deflate of as many zeros as it takes, made of one piece that ends at a byte and is repeated: 2 GB take no time to write. */
export function deflatedZeros(pieces: number): { packed: Buffer; bytes: number; crc: number } {
  const zeros = Buffer.alloc(ZEROS);
  const piece = zlib.deflateRawSync(zeros, { finishFlush: zlib.constants.Z_FULL_FLUSH, level: 9 });
  const last = zlib.deflateRawSync(Buffer.alloc(0));
  const packed = Buffer.concat([...Array.from({ length: pieces }, () => piece), last]);
  let crc = 0;
  for (let index = 0; index < pieces; index += 1) crc = zlib.crc32(zeros, crc);
  return { packed, bytes: pieces * ZEROS, crc };
}

export function gzipOfZeros(pieces: number): Buffer {
  const { packed, bytes, crc } = deflatedZeros(pieces);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(bytes % 2 ** 32, 4);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), packed, trailer]);
}
