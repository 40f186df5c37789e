import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { fromRandomAccessReader, getFileNameLowLevel, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { ArchiveFault, shown } from './archive-fault.ts';
import type { ByteSource } from './byte-source.ts';
import { joined } from './member-path.ts';
import { memberTime } from './member-time.ts';
import { countEntry, tooManyEntries, type Unpacking } from './unpacking.ts';

/** A line of the table at the end of a zip. */
export interface ZipEntry {
  name: string;
  modifiedAt: string | null;
  encrypted: boolean;
  /** 0 stored, 8 deflate, 93 zstd, others. */
  method: number;
  /** As Unix says in its file modes; 0 where another system wrote the zip. */
  fileType: number;
  crc32: number;
  packedBytes: number;
  bytes: number;
  headerAt: number;
}

/** The whole table, in the order of the contents, after which no two contents may overlap: that is how small zips become endless. */
export async function zipDirectory(
  run: Unpacking,
  archive: string,
  source: ByteSource,
): Promise<{ zip: ZipFile; entries: ZipEntry[] }> {
  const zip = await openZip(source);
  zip.on('error', () => {}); // each reading of an entry has its own; without this one an error in between would end the process
  if (zip.entryCount > run.limits.entries) throw tooManyEntries(run, archive);
  const entries: ZipEntry[] = [];
  for (;;) {
    run.signal.throwIfAborted();
    const entry = await nextEntry(zip);
    if (entry === null) break;
    const line = lineOf(entry);
    countEntry(run, joined(archive, line.name));
    entries.push(line);
  }
  entries.sort((a, b) => a.headerAt - b.headerAt);
  for (const [index, entry] of entries.entries()) demandApart(archive, entry, entries[index + 1]);
  return { zip, entries };
}

function openZip(source: ByteSource): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // names are decoded and judged here: yauzl's own judgement names no remedy
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false };
    fromRandomAccessReader(new SourceReader(source), source.bytes, options, (error, zip) => {
      if (error) reject(error);
      else resolve(zip);
    });
  });
}

/** yauzl's own readers throw where nobody can catch it when a 64-bit place is beyond what a number can hold. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#source.readAt(buffer.subarray(offset, offset + length), position).then(
      () => setImmediate(callback, null, length),
      (error: unknown) => setImmediate(callback, error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.range(start, end));
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const off = (): void => {
      zip.off('entry', onEntry);
      zip.off('end', onEnd);
      zip.off('error', onError);
    };
    const onEntry = (entry: Entry): void => {
      off();
      resolve(entry);
    };
    const onEnd = (): void => {
      off();
      resolve(null);
    };
    const onError = (error: Error): void => {
      off();
      reject(error);
    };
    zip.on('entry', onEntry);
    zip.on('end', onEnd);
    zip.on('error', onError);
    zip.readEntry();
  });
}

/** Only what is needed: a table may carry 192 KB of comments for every line. */
function lineOf(entry: Entry): ZipEntry {
  // 3: Unix, 19: macOS
  const isUnix = [3, 19].includes(entry.versionMadeBy >>> 8);
  return {
    name: nameOf(entry),
    modifiedAt: memberTime(entry.getLastModDate({ timezone: 'UTC' } as object)),
    encrypted: entry.isEncrypted(),
    method: entry.compressionMethod,
    fileType: isUnix ? (entry.externalFileAttributes >>> 16) & 0o170000 : 0,
    crc32: entry.crc32,
    packedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    headerAt: entry.relativeOffsetOfLocalHeader,
  };
}

/** Many a packer writes UTF-8 and does not say so; Windows packers write `folder\file`. */
function nameOf(entry: Entry): string {
  const flags = isUtf8(entry.fileNameRaw) ? entry.generalPurposeBitFlag | 0x800 : entry.generalPurposeBitFlag & ~0x800;
  return getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false);
}

function demandApart(archive: string, entry: ZipEntry, next: ZipEntry | undefined): void {
  if (next === undefined || next.headerAt >= entry.headerAt + 30 + entry.packedBytes) return;
  throw new ArchiveFault(
    'malformed',
    `${shown(joined(archive, next.name))} lies over ${shown(entry.name)} in the zip; pack the files again and send it again`,
  );
}
