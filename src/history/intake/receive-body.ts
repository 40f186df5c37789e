import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { HubError } from '../../core/error.ts';
import { invalid } from '../../core/route.ts';

/** An upload that has come in whole. Small ones are held in memory, larger ones in a file of their own. */
export interface Upload {
  sha256: string;
  bytes: number;
  content: Buffer | { path: string };
  /** As the sender says, in a form part; null: not said. */
  fileName: string | null;
  /** Takes the file away. */
  drop(): Promise<void>;
}

const IN_MEMORY = 1024 ** 2;

/**
 * Reads a request's body, or the first file of a form, to its end while its SHA-256 is made.
 * @throws HubError too-large | invalid (nothing is left behind)
 */
export async function receiveBody(
  body: Readable,
  want: { folder: string; maxBytes: number; contentType: string | undefined; contentLength: string | undefined },
): Promise<Upload> {
  if (Number(want.contentLength ?? 0) > want.maxBytes + FORM_FRAME) throw tooLarge(want.maxBytes);
  if (want.contentType?.startsWith('multipart/form-data'))
    return receiveForm(body, { ...want, contentType: want.contentType });
  return receive(body, null, want);
}

/** What the frame of a form may add. */
const FORM_FRAME = 64 * 1024;

async function receive(
  body: Readable,
  fileName: string | null,
  want: { folder: string; maxBytes: number },
): Promise<Upload> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let bytes = 0;
  let file: { path: string; stream: ReturnType<typeof createWriteStream> } | undefined;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > want.maxBytes) return done(tooLarge(want.maxBytes));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(body, counted, async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) {
        if (file === undefined && bytes <= IN_MEMORY) {
          chunks.push(chunk);
          continue;
        }
        file ??= await spill(want.folder, chunks.splice(0));
        if (!file.stream.write(chunk))
          await new Promise((resolve) => file?.stream.once('drain', () => resolve(undefined)));
      }
      await close(file?.stream);
    });
  } catch (error) {
    file?.stream.destroy();
    if (file) await rm(file.path, { force: true });
    if (error instanceof HubError) throw error;
    throw new HubError('invalid', 'body: the upload ended early; nothing of it was kept. Send it again', {
      fields: [{ field: 'body', message: 'ended early' }],
      cause: error,
    });
  }
  if (bytes === 0)
    throw invalid('body', 'is empty: send the file as it is, with Content-Type: application/octet-stream');
  const at = file?.path;
  return {
    sha256: hash.digest('hex'),
    bytes,
    content: at === undefined ? Buffer.concat(chunks) : { path: at },
    fileName,
    drop: async () => {
      if (at !== undefined) await rm(at, { force: true });
    },
  };
}

async function spill(
  folder: string,
  chunks: Buffer[],
): Promise<{ path: string; stream: ReturnType<typeof createWriteStream> }> {
  await mkdir(folder, { recursive: true });
  const at = path.join(folder, `${randomUUID()}.upload`);
  const stream = createWriteStream(at, { flags: 'wx', mode: 0o600 });
  await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
  for (const chunk of chunks) stream.write(chunk);
  return { path: at, stream };
}

async function close(stream: ReturnType<typeof createWriteStream> | undefined): Promise<void> {
  if (stream === undefined) return;
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.end(() => resolve());
  });
}

async function receiveForm(
  body: Readable,
  want: { folder: string; maxBytes: number; contentType: string },
): Promise<Upload> {
  let taken: Promise<Upload> | undefined;
  try {
    const form = busboy({
      headers: { 'content-type': want.contentType },
      limits: { files: 1, fields: 20, fieldSize: 1000 },
    });
    form.on('file', (_name, stream, info) => {
      taken ??= receive(stream, info.filename || null, want);
      taken.catch((error: unknown) => form.destroy(error instanceof Error ? error : new Error(String(error))));
    });
    await pipeline(body, form);
  } catch (error) {
    const upload = await taken?.catch((reason: unknown) => reason);
    if (upload instanceof HubError) throw upload;
    if (upload !== undefined && !(upload instanceof Error)) await (upload as Upload).drop();
    if (error instanceof HubError) throw error;
    throw new HubError('invalid', 'body: the form is damaged or ended early; nothing of it was kept', {
      fields: [{ field: 'body', message: 'not a whole multipart/form-data' }],
      cause: error,
    });
  }
  const upload = await taken;
  if (upload === undefined) throw invalid('body', 'the form has no file in it');
  return upload;
}

export function tooLarge(maxBytes: number): HubError {
  const message = `at most ${maxBytes} bytes are taken at once`;
  return new HubError('too-large', `body: ${message}`, { fields: [{ field: 'body', message }] });
}
