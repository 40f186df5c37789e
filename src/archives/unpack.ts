import { basename } from 'node:path';
import { ArchiveFault, asArchiveFault, shown } from './archive-fault.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { bufferSource, fileSource, type ByteSource } from './byte-source.ts';
import { gather, peek, type Chunks } from './chunks.ts';
import { decompress } from './decompress.ts';
import { keepPacked } from './keep-packed.ts';
import { uniquePath } from './member-path.ts';
import { foreignPacking, type Packing, sniff, SNIFFED_BYTES } from './sniff.ts';
import { unpackTar, type PackedMember } from './unpack-tar.ts';
import { unpackZip } from './unpack-zip.ts';
import { sayLeftOut, startUnpacking, type Unpacking } from './unpacking.ts';
import { walkFolder } from './walk-folder.ts';

/** Where the bytes are. `name` is what whoever sent them calls them; a directory is read like an archive. */
export type ArchiveSource = { path: string; name?: string } | { bytes: Buffer; name: string } | { directory: string };

export interface ArchiveMember {
  /** Inside the archive, `/` between folders, once only; the name of the source itself where it is no archive. */
  path: string;
  bytes: Buffer;
  modifiedAt: string | null;
  /** Why it could not be opened, where it is an archive that is handed out packed as it came; null for what is to be read. */
  unreadable: string | null;
}

export interface UnpackOptions {
  limits: ArchiveLimits;
  signal: AbortSignal;
  /** Called with a sentence for what was left out. */
  warn(sentence: string): void;
}

/**
 * The files of an archive one after the other, through archives in archives. In memory are one file and zips that lie within other
 * archives, each together at most `entryBytes`.
 *
 * @throws ArchiveFault where the archive is damaged, hostile or beyond a limit
 */
export async function* unpack(source: ArchiveSource, options: UnpackOptions): AsyncGenerator<ArchiveMember> {
  const run = startUnpacking(options.limits, options.signal, options.warn);
  if ('directory' in source) {
    for await (const file of walkFolder(run, source.directory)) {
      const bytes = await fileSource(file.absolute);
      yield* openTop(run, bytes, { ...file, inner: file.path, isMember: true });
    }
  } else if ('bytes' in source) {
    const path = plainName(source.name);
    yield* openTop(run, bufferSource(source.bytes), { path, inner: '', modifiedAt: null, isMember: false });
  } else {
    const path = plainName(source.name ?? source.path);
    yield* openTop(run, await fileSource(source.path), { path, inner: '', modifiedAt: null, isMember: false });
  }
  sayLeftOut(run);
}

/** What a sender says is no path. */
function plainName(name: string): string {
  return (
    basename(name.replaceAll('\\', '/'))
      .replaceAll(/\p{Cc}/gu, '')
      .slice(0, 255) || 'upload'
  );
}

interface Place {
  path: string;
  /** The folder in which the files are shown, should it be an archive. */
  inner: string;
  modifiedAt: string | null;
  /** Of an archive or a folder with others, which are of use without it. */
  isMember: boolean;
}

async function* openTop(run: Unpacking, source: ByteSource, place: Place): AsyncGenerator<ArchiveMember> {
  run.packed += source.bytes;
  try {
    yield* open(run, place, source.range(0, source.bytes), source, 0);
  } catch (error) {
    throw asArchiveFault(error, place.path, run.signal);
  } finally {
    await source.close();
  }
}

async function* open(
  run: Unpacking,
  place: Place,
  chunks: Chunks,
  source: ByteSource | null,
  depth: number,
): AsyncGenerator<ArchiveMember> {
  run.signal.throwIfAborted();
  const { head, all } = await peek(chunks, SNIFFED_BYTES);
  const packing = sniff(head);
  if (packing === null) return yield* handOut(run, place, head, all);
  if (depth >= run.limits.depth)
    throw new ArchiveFault('too-large', `${shown(place.path)} lies deeper than ${run.limits.depth} archives`);
  if (packing === 'zip' && source === null) return yield* openZipInside(run, place, all, depth);
  if (!place.isMember) return yield* openPacked(run, place, packing, all, source, depth);
  const kept = keepPacked(run, source === null ? all : source.range(0, source.bytes));
  try {
    yield* openPacked(run, place, packing, kept.chunks, source, depth);
  } catch (error) {
    const fault = asArchiveFault(error, place.path, run.signal);
    if (!(fault instanceof ArchiveFault) || !fault.unreadable || kept.sourceFailed()) throw fault;
    yield* handOutPacked(run, place, fault.message, await kept.whole());
  } finally {
    await kept.release();
  }
}

/** One damaged log among a thousand good ones is no reason to refuse them. */
async function* handOutPacked(
  run: Unpacking,
  place: Place,
  why: string,
  bytes: Buffer | null,
): AsyncGenerator<ArchiveMember> {
  run.warn(
    bytes === null ? `${why}; ${shown(place.path)} was left out` : `${why}; ${shown(place.path)} is kept as it is`,
  );
  if (bytes === null) return;
  yield { path: uniquePath(run, place.path), bytes, modifiedAt: place.modifiedAt, unreadable: why };
}

async function* openPacked(
  run: Unpacking,
  place: Place,
  packing: Packing,
  chunks: Chunks,
  source: ByteSource | null,
  depth: number,
): AsyncGenerator<ArchiveMember> {
  if (packing === 'tar') return yield* openMembers(run, unpackTar(run, place.inner, chunks), depth);
  if (packing === 'zip') {
    if (source !== null) yield* openMembers(run, unpackZip(run, place.inner, source), depth);
    return;
  }
  try {
    yield* openContent(run, place, decompress(run, place.path, packing, chunks), depth);
  } catch (error) {
    throw asArchiveFault(error, place.path, run.signal);
  }
}

/** What was compressed as one file: a tar, which counts as one archive with its compression, or something plain. */
async function* openContent(
  run: Unpacking,
  place: Place,
  content: Chunks,
  depth: number,
): AsyncGenerator<ArchiveMember> {
  const { head, all } = await peek(content, SNIFFED_BYTES);
  if (sniff(head) === 'tar') return yield* openMembers(run, unpackTar(run, place.inner, all), depth);
  const path = withoutSuffix(place.path);
  yield* open(run, { ...place, path, inner: place.inner === '' ? '' : path }, all, null, depth + 1);
}

function withoutSuffix(path: string): string {
  return path.replace(/\.tgz$/i, '.tar').replace(/(?<=[^/])\.(gz|zst|zstd)$/i, '');
}

/** A zip has its table at its end: one that lies within another archive is taken into memory. */
async function* openZipInside(
  run: Unpacking,
  place: Place,
  chunks: Chunks,
  depth: number,
): AsyncGenerator<ArchiveMember> {
  const room = run.limits.entryBytes - run.held;
  const bytes = await gather(chunks, room);
  if (bytes === null) return run.warn(`${shown(place.path)} was left out: a zip in an archive may have ${room} bytes`);
  run.held += bytes.length;
  try {
    const source = bufferSource(bytes);
    yield* open(run, place, source.range(0, source.bytes), source, depth);
  } finally {
    run.held -= bytes.length;
  }
}

async function* openMembers(
  run: Unpacking,
  members: AsyncGenerator<PackedMember>,
  depth: number,
): AsyncGenerator<ArchiveMember> {
  for await (const { path, modifiedAt, chunks } of members)
    yield* open(run, { path, inner: path, modifiedAt, isMember: true }, chunks, null, depth + 1);
}

async function* handOut(run: Unpacking, place: Place, head: Buffer, all: Chunks): AsyncGenerator<ArchiveMember> {
  const foreign = foreignPacking(head);
  if (foreign !== null)
    run.warn(
      `${shown(place.path)} is packed with ${foreign}, which cannot be unpacked here; use zip, tar, gzip or zstd`,
    );
  const bytes = await gather(all, run.limits.entryBytes);
  if (bytes === null)
    return run.warn(`${shown(place.path)} was left out: it has more than ${run.limits.entryBytes} bytes`);
  yield { path: uniquePath(run, place.path), bytes, modifiedAt: place.modifiedAt, unreadable: null };
}
