import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { directoryError, isMissing } from './errors.ts';

/** The content of an object that is stored at `file` or, compressed, at `file.zst`; undefined where neither is there. */
export async function readContent(
  file: string,
  { system, key, signal }: { system: string; key: string; signal: AbortSignal },
): Promise<Readable | undefined> {
  const plain = await openIfThere(file);
  const handle = plain ?? (await openIfThere(`${file}.zst`));
  if (handle === undefined) return undefined;
  const source = handle.createReadStream({ highWaterMark: 256 * 1024 });
  const content = plain === undefined ? decompressed(source) : source;
  const told = Readable.from(tellErrors(content, system, key, signal), { objectMode: false });
  // A generator that nobody began to read does not end what it reads from.
  told.once('close', () => source.destroy());
  return addAbortSignal(signal, told);
}

function decompressed(source: Readable): Readable {
  // The callback is for errors, and those reach the reader through the decompressor, which is destroyed with the same error.
  return pipeline(source, createZstdDecompress(), () => {});
}

async function* tellErrors(
  content: Readable,
  system: string,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of content) yield chunk as Buffer;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (!/^(ZSTD|Z)_|_ZSTD_/.test(code)) throw directoryError(system, `reading ${key}`, cause, signal);
    throw new AdapterError('malformed', `${system}: ${key} is damaged: ${message}`, { system, cause });
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
