import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createZstdCompress, zstdCompress } from 'node:zlib';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ObjectFile } from '#src/ports/object-store.ts';

export type Stored = 'plain' | 'zstd';

/** Without its own checksum a flipped bit may decompress to something else and nobody knows. */
const params = { [constants.ZSTD_c_checksumFlag]: 1 };
const compressBuffer = promisify<Buffer, object, Buffer>(zstdCompress);
/** Enough of a file to tell an archive, which zstd cannot make smaller, from text, which it can. */
const SAMPLE_BYTES = 256 * 1024;

/** Less than a sixteenth saved is not worth the decompression at every read. */
function isWorthIt(compressed: number, plain: number): boolean {
  return compressed < plain - plain / 16;
}

/** Writes the content to an empty, open file and syncs it. Says in which form. */
export async function writeContent(
  target: FileHandle,
  content: Buffer | ObjectFile,
  options: { compress: boolean; system: string; signal: AbortSignal },
): Promise<Stored> {
  const stored = Buffer.isBuffer(content)
    ? await writeBuffer(target, content, options.compress)
    : await writeFile(target, content, options);
  options.signal.throwIfAborted();
  await target.datasync();
  return stored;
}

async function writeBuffer(target: FileHandle, content: Buffer, compress: boolean): Promise<Stored> {
  const compressed = compress ? await compressBuffer(content, { params }) : content;
  const stored = compress && isWorthIt(compressed.length, content.length) ? 'zstd' : 'plain';
  await target.writeFile(stored === 'zstd' ? compressed : content);
  return stored;
}

async function writeFile(
  target: FileHandle,
  file: ObjectFile,
  options: { compress: boolean; system: string; signal: AbortSignal },
): Promise<Stored> {
  const source = await openSource(file, options.system);
  try {
    const found = await source.stat();
    // A device says that it has no length, and need not end.
    if (!found.isFile() || found.size !== file.bytes) throw differs(file, found.size, options.system);
    if (options.compress && (await seemsCompressible(source, file.bytes))) {
      if (isWorthIt(await copy(source, target, file, { ...options, compress: true }), file.bytes)) return 'zstd';
      await target.truncate(0);
    }
    await copy(source, target, file, { ...options, compress: false });
    return 'plain';
  } finally {
    await source.close();
  }
}

async function openSource(file: ObjectFile, system: string): Promise<FileHandle> {
  try {
    return await open(file.path, 'r');
  } catch (cause) {
    throw new AdapterError('rejected', `${system}: cannot read the content: ${(cause as Error).message}`, {
      system,
      cause,
    });
  }
}

async function seemsCompressible(source: FileHandle, bytes: number): Promise<boolean> {
  const sample = Buffer.alloc(Math.min(bytes, SAMPLE_BYTES));
  const { bytesRead } = await source.read(sample, 0, sample.length, 0);
  return isWorthIt((await compressBuffer(sample.subarray(0, bytesRead), { params })).length, bytesRead);
}

/** @returns how many bytes were written */
async function copy(
  source: FileHandle,
  target: FileHandle,
  file: ObjectFile,
  { compress, system, signal }: { compress: boolean; system: string; signal: AbortSignal },
): Promise<number> {
  // To one byte more than was said, which tells a file that grows from one that does not.
  // By number: a stream made from a handle would keep the handle from closing.
  const from = createReadStream('', {
    fd: source.fd,
    start: 0,
    end: file.bytes,
    autoClose: false,
    highWaterMark: 1024 * 1024,
  });
  const to = createWriteStream('', { fd: target.fd, start: 0, autoClose: false });
  if (compress) await pipeline(from, createZstdCompress({ params }), to, { signal });
  else await pipeline(from, to, { signal });
  if (from.bytesRead !== file.bytes) throw differs(file, from.bytesRead, system);
  return to.bytesWritten;
}

function differs(file: ObjectFile, found: number, system: string): AdapterError {
  return new AdapterError('rejected', `${system}: the content is no file of ${file.bytes} bytes: ${found} were found`, {
    system,
  });
}
