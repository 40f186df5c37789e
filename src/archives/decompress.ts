import { Buffer } from 'node:buffer';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Chunks } from './chunks.ts';
import { sniff } from './sniff.ts';
import { countUnpacked, type Unpacking } from './unpacking.ts';

export type Compression = 'gzip' | 'zstd' | 'deflate-raw';

interface Feed {
  pending: Buffer;
  source: AsyncIterator<Buffer>;
  /** Bytes taken from the source. */
  read: number;
}

const CHUNK = 256 * 1024;

/**
 * Unpacks a compressed file piece by piece. Node's zstd decoder stops after the first frame without a word, so every further one gets a
 * decoder of its own; what follows the last frame and is neither a frame nor zeros is damage.
 */
export async function* decompress(
  run: Unpacking,
  member: string,
  compression: Compression,
  packed: Chunks,
  expected = CHUNK,
): AsyncGenerator<Buffer> {
  const feed: Feed = { pending: Buffer.alloc(0), source: packed[Symbol.asyncIterator](), read: 0 };
  let given = 0;
  try {
    do {
      for await (const piece of oneFrame(compression, feed, Math.min(CHUNK, Math.max(1024, expected)))) {
        run.signal.throwIfAborted();
        given += piece.length;
        countUnpacked(run, member, piece.length, feed.read, given);
        yield piece;
      }
    } while (compression === 'zstd' && (await moreFrames(feed)));
  } finally {
    await feed.source.return?.();
  }
}

async function* oneFrame(compression: Compression, feed: Feed, chunkSize: number): AsyncGenerator<Buffer> {
  const decoder = newDecoder(compression, chunkSize);
  const feeding = feedDecoder(decoder, feed);
  try {
    for await (const piece of decoder) yield piece as Buffer;
  } finally {
    decoder.destroy();
    await feeding;
  }
}

function newDecoder(compression: Compression, chunkSize: number): Transform & { bytesWritten: number } {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize });
  if (compression === 'deflate-raw') return zlib.createInflateRaw({ chunkSize });
  return zlib.createZstdDecompress({ chunkSize });
}

/** One piece at a time, so that what the decoder left of it can be told when it is done. */
async function feedDecoder(decoder: Transform & { bytesWritten: number }, feed: Feed): Promise<void> {
  let written = 0;
  const closed = new Promise<void>((resolve) => void decoder.once('close', resolve));
  try {
    while (!decoder.destroyed) {
      if (feed.pending.length === 0 && !(await readMore(feed))) return void decoder.end();
      const piece = feed.pending;
      written += piece.length;
      const taken = new Promise<void>((resolve) => void decoder.write(piece, () => resolve()));
      await Promise.race([taken, closed]);
      feed.pending = piece.subarray(piece.length - Math.max(0, written - decoder.bytesWritten));
      if (feed.pending.length > 0) return void decoder.end();
    }
  } catch (error) {
    decoder.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

async function readMore(feed: Feed): Promise<boolean> {
  const next = await feed.source.next();
  if (next.done === true) return false;
  feed.pending = next.value;
  feed.read += next.value.length;
  return true;
}

async function moreFrames(feed: Feed): Promise<boolean> {
  while (feed.pending.length < 4) {
    const before = feed.pending;
    if (!(await readMore(feed))) break;
    feed.pending = Buffer.concat([before, feed.pending]);
  }
  if (feed.pending.length === 0) return false;
  if (sniff(feed.pending) === 'zstd') return true;
  do {
    if (feed.pending.some((byte) => byte !== 0)) throw new Error('something else follows after the last frame');
  } while (await readMore(feed));
  return false;
}
