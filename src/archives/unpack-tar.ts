import { extract, type Extract } from 'tar-stream';
import { asArchiveFault } from './archive-fault.ts';
import type { Chunks } from './chunks.ts';
import { joined, leaveOutLink, memberPath } from './member-path.ts';
import { memberTime } from './member-time.ts';
import { countEntry, leaveOut, type Unpacking } from './unpacking.ts';

/** A file of an archive, to be read before the next one is asked for. */
export interface PackedMember {
  path: string;
  modifiedAt: string | null;
  chunks: Chunks;
}

/** What tar-stream says of an entry, and its types do not. */
interface TarHeader {
  name: string;
  size: number;
  type: string | null;
  mtime: Date;
  byteOffset: number;
  pax: Record<string, string> | null;
}

type TarEntry = AsyncIterable<Buffer> & { header: TarHeader };

const BLOCK = 512;

export async function* unpackTar(run: Unpacking, archive: string, chunks: Chunks): AsyncGenerator<PackedMember> {
  // The kind without a mark is taken as well: the checksum of every header is looked at in any case
  const parser = extract({ allowUnknownFormat: true } as object);
  const seen = { bytes: 0, lastBlock: Buffer.alloc(0), at: archive };
  parser.on('entry', (header: { name: string }) => {
    seen.at = joined(archive, header.name);
  });
  const feeding = feed(parser, chunks, seen);
  const entries = (parser as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  let end = 0;
  try {
    for (;;) {
      run.signal.throwIfAborted();
      const next = await entries.next();
      if (next.done === true) break;
      const entry = next.value as TarEntry;
      const { header } = entry;
      countEntry(run, seen.at);
      const path = memberPath(run, archive, header.name);
      end = header.byteOffset + (header.type === 'directory' ? 0 : Math.ceil(header.size / BLOCK) * BLOCK);
      const content = entry[Symbol.asyncIterator]();
      if (isReadable(run, header, path))
        yield { path, modifiedAt: memberTime(header.mtime), chunks: withoutEnding(run, path, content) };
      await drain(content);
    }
    demandEnd(seen, end);
  } catch (error) {
    throw asArchiveFault(error, seen.at, run.signal);
  } finally {
    parser.destroy(null);
    await feeding;
  }
}

interface Seen {
  bytes: number;
  /** The last whole block, and what began after it. */
  lastBlock: Buffer;
  at: string;
}

async function feed(parser: Extract, chunks: Chunks, seen: Seen): Promise<void> {
  const closed = new Promise<void>((resolve) => void parser.once('close', resolve));
  try {
    for await (const chunk of chunks) {
      if (parser.destroyed) return;
      seen.bytes += chunk.length;
      const tail = chunk.length >= 2 * BLOCK ? chunk.subarray(-2 * BLOCK) : Buffer.concat([seen.lastBlock, chunk]);
      const started = seen.bytes % BLOCK;
      seen.lastBlock = Buffer.from(tail.subarray(-(BLOCK + started)));
      if (!parser.write(chunk))
        await Promise.race([new Promise<void>((resolve) => void parser.once('drain', resolve)), closed]);
    }
    parser.end(null);
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/**
 * tar-stream takes an archive that stops between two members for a whole one. A whole one ends with blocks of zeros after the last
 * member.
 */
function demandEnd(seen: Seen, end: number): void {
  if (seen.bytes > end && seen.bytes >= BLOCK && seen.lastBlock.every((byte) => byte === 0)) return;
  throw new Error('the mark at its end is missing');
}

function isReadable(run: Unpacking, header: TarHeader, path: string): boolean {
  switch (header.type) {
    case 'directory':
      return false;
    case 'file':
    case 'contiguous-file':
      if (Object.keys(header.pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))) break;
      return true;
    case 'link':
    case 'symlink':
      leaveOutLink(run, path);
      return false;
    case 'character-device':
    case 'block-device':
    case 'fifo':
      leaveOut(run, 'devices are not read', path);
      return false;
    case null:
    default:
      break;
  }
  leaveOut(run, 'it is of a kind that is not read (a sparse file or a volume label)', path);
  return false;
}

/** The content for one reader that may stop anywhere: leaving a loop over the entry itself would destroy the whole archive. */
async function* withoutEnding(run: Unpacking, path: string, content: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const next = await content.next();
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw asArchiveFault(error, path, run.signal);
  }
}

async function drain(content: AsyncIterator<Buffer>): Promise<void> {
  for (;;) if ((await content.next()).done === true) return;
}
