import { crc32, inflateRawSync } from 'node:zlib';
import type { ZipFile } from 'yauzl';
import { ArchiveFault, asArchiveFault, shown } from './archive-fault.ts';
import type { ByteSource } from './byte-source.ts';
import { gather, type Chunks } from './chunks.ts';
import { decompress } from './decompress.ts';
import { leaveOutLink, memberPath } from './member-path.ts';
import type { PackedMember } from './unpack-tar.ts';
import { countUnpacked, leaveOut, type Unpacking } from './unpacking.ts';
import { zipDirectory, type ZipEntry } from './zip-directory.ts';

const FOLDER = 0o040000;
const PLAIN_FILE = 0o100000;
const LINK = 0o120000;

const SMALL = 64 * 1024;

export async function* unpackZip(run: Unpacking, archive: string, source: ByteSource): AsyncGenerator<PackedMember> {
  let at = archive;
  try {
    const { zip, entries } = await zipDirectory(run, archive, source);
    for (const entry of entries) {
      run.signal.throwIfAborted();
      const path = memberPath(run, archive, entry.name);
      at = path;
      if (!isReadable(run, entry, path)) continue;
      const start = await contentStart(zip, entry);
      yield { path, modifiedAt: entry.modifiedAt, chunks: contentOf(run, path, entry, source, start) };
    }
  } catch (error) {
    throw asArchiveFault(error, at, run.signal);
  }
}

function isReadable(run: Unpacking, entry: ZipEntry, path: string): boolean {
  if (entry.name.endsWith('/') || entry.fileType === FOLDER) return false;
  if (entry.fileType === LINK) {
    leaveOutLink(run, path);
    return false;
  }
  if (entry.fileType !== 0 && entry.fileType !== PLAIN_FILE) {
    leaveOut(run, 'devices are not read', path);
    return false;
  }
  if (entry.encrypted)
    throw new ArchiveFault('malformed', `${shown(path)} is encrypted; pack it without a password and send it again`, {
      unreadable: true,
    });
  if ([0, 8, 93].includes(entry.method)) return true;
  leaveOut(run, `it is compressed with method ${entry.method}, which cannot be unpacked here; use deflate`, path);
  return false;
}

function contentStart(zip: ZipFile, entry: ZipEntry): Promise<number> {
  return new Promise((resolve, reject) => {
    // yauzl looks at the place and the size only, and whether the file is long enough
    const place = { relativeOffsetOfLocalHeader: entry.headerAt, compressedSize: entry.packedBytes };
    zip.readLocalFileHeader(place as never, { minimal: true }, (error, header) => {
      if (error) reject(error);
      else resolve(header.fileDataStart);
    });
  });
}

/** Sizes and the checksum are looked at here; the table of a zip may say anything. */
async function* contentOf(
  run: Unpacking,
  path: string,
  entry: ZipEntry,
  source: ByteSource,
  start: number,
): Chunks & AsyncGenerator<Buffer> {
  const packed = source.range(start, start + entry.packedBytes);
  let bytes = 0;
  let sum = 0;
  try {
    for await (const chunk of opened(run, path, entry, packed)) {
      bytes += chunk.length;
      if (bytes > entry.bytes) throw tooLong(path, entry);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    const beyond = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw beyond ? tooLong(path, entry) : asArchiveFault(error, path, run.signal);
  }
  if (bytes < entry.bytes)
    throw new ArchiveFault('malformed', `${shown(path)} is shorter than the zip says (${entry.bytes} bytes)`, {
      unreadable: true,
    });
  if (sum !== entry.crc32)
    throw new ArchiveFault('malformed', `${shown(path)} is damaged: its checksum is not the one that the zip says`, {
      unreadable: true,
    });
}

function tooLong(path: string, entry: ZipEntry): ArchiveFault {
  return new ArchiveFault('malformed', `${shown(path)} is longer than the zip says (${entry.bytes} bytes)`);
}

function opened(run: Unpacking, path: string, entry: ZipEntry, packed: Chunks): Chunks {
  if (entry.method === 0) return stored(run, path, packed);
  if (entry.method === 8 && entry.packedBytes <= SMALL && entry.bytes <= 16 * SMALL)
    return inflatedAtOnce(run, path, entry, packed);
  return decompress(run, path, entry.method === 8 ? 'deflate-raw' : 'zstd', packed, entry.bytes);
}

/** A decoder in another thread costs more than the whole of a small file, of which collections have thousands. */
async function* inflatedAtOnce(run: Unpacking, path: string, entry: ZipEntry, packed: Chunks): AsyncGenerator<Buffer> {
  const bytes = inflateRawSync((await gather(packed, SMALL)) ?? Buffer.alloc(0), { maxOutputLength: entry.bytes + 1 });
  countUnpacked(run, path, bytes.length, entry.packedBytes, bytes.length);
  yield bytes;
}

async function* stored(run: Unpacking, path: string, packed: Chunks): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of packed) {
    run.signal.throwIfAborted();
    read += chunk.length;
    countUnpacked(run, path, chunk.length, read, read);
    yield chunk;
  }
}
