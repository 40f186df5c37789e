import type { Chunks } from './chunks.ts';
import type { Unpacking } from './unpacking.ts';

/** A packed member on its way through a decoder, so that it can be handed out as it is should it turn out to be damaged. */
export interface KeptMember {
  chunks: Chunks;
  /** Whether what the member was read from broke: then it is the archive around it that is damaged. */
  sourceFailed(): boolean;
  /** All of it, read to its end; null where it is larger than what is kept. */
  whole(): Promise<Buffer | null>;
  release(): Promise<void>;
}

/** What all members that are open at once may keep, as a share of `entryBytes`. */
const SHARE = 4;

export function keepPacked(run: Unpacking, packed: Chunks): KeptMember {
  const iterator = packed[Symbol.asyncIterator]();
  const room = Math.floor(run.limits.entryBytes / SHARE);
  let pieces: Buffer[] | null = [];
  let bytes = 0;
  let failed = false;

  function keep(piece: Buffer): void {
    if (pieces === null) return;
    if (run.kept + piece.length > room) return drop();
    run.kept += piece.length;
    bytes += piece.length;
    pieces.push(piece);
  }

  function drop(): void {
    run.kept -= bytes;
    bytes = 0;
    pieces = null;
  }

  /** Leaving it does not end what it reads from: the rest may still be wanted. */
  async function* read(): AsyncGenerator<Buffer> {
    for (;;) {
      let next: IteratorResult<Buffer>;
      try {
        next = await iterator.next();
      } catch (error) {
        failed = true;
        throw error;
      }
      if (next.done === true) return;
      keep(next.value);
      yield next.value;
    }
  }

  return {
    chunks: { [Symbol.asyncIterator]: read },
    sourceFailed: () => failed,
    async whole() {
      for await (const piece of read()) void piece;
      return pieces === null ? null : Buffer.concat(pieces);
    },
    async release() {
      drop();
      await iterator.return?.();
    },
  };
}
