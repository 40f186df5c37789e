import { open } from 'node:fs/promises';
import type { Chunks } from './chunks.ts';

/** Bytes that can be read at any place, from a file or from memory. */
export interface ByteSource {
  bytes: number;
  /** Fills the buffer from `position`; throws where that is not within the source. */
  readAt(buffer: Buffer, position: number): Promise<void>;
  range(start: number, end: number): Chunks;
  close(): Promise<void>;
}

const PIECE = 256 * 1024;

export function bufferSource(all: Buffer): ByteSource {
  return {
    bytes: all.length,
    readAt: async (buffer, position) => {
      demandWithin(position, position + buffer.length, all.length);
      all.copy(buffer, 0, position);
    },
    range: (start, end) => pieces(start, end, all.length, async (from, to) => all.subarray(from, to)),
    close: async () => {},
  };
}

export async function fileSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  const readAt = async (buffer: Buffer, position: number): Promise<void> => {
    demandWithin(position, position + buffer.length, size);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) throw new Error('the file became shorter while it was read');
      filled += bytesRead;
    }
  };
  return {
    bytes: size,
    readAt,
    range: (start, end) =>
      pieces(start, end, size, async (from, to) => {
        const piece = Buffer.allocUnsafeSlow(to - from);
        await readAt(piece, from);
        return piece;
      }),
    close: () => handle.close(),
  };
}

async function* pieces(
  start: number,
  end: number,
  bytes: number,
  read: (from: number, to: number) => Promise<Buffer>,
): AsyncGenerator<Buffer> {
  demandWithin(start, end, bytes);
  for (let at = start; at < end; at += PIECE) yield await read(at, Math.min(at + PIECE, end));
}

/** Places come out of archives: a 64-bit one may be beyond what a number can hold. */
function demandWithin(start: number, end: number, bytes: number): void {
  const within = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start && end <= bytes;
  if (!within) throw new Error(`it points to byte ${start} to ${end} of ${bytes}`);
}
