import { type FileHandle, open } from 'node:fs/promises';
import type { Kit } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ObjectFile } from '#src/ports/object-store.ts';
import { notS3, type Target } from './send-object.ts';

const AT_A_TIME = 3;
const MOST_PARTS = 10_000;
const ABORT_MS = 10_000;

interface Part {
  PartNumber: number;
  ETag: string;
}

/** A large file in parts. The object is visible when S3 has put all of them together, and not before. */
export async function sendParts(
  target: Target,
  file: ObjectFile,
  options: { partBytes: number; log: Kit['log']; isThere(): Promise<boolean> },
): Promise<void> {
  const { line, system, bucket, name, key, signal } = target;
  const of = { Bucket: bucket, Key: name };
  const uploadId = await line.ask(`beginning ${key}`, signal, async (client, sdk) => {
    const command = new sdk.CreateMultipartUploadCommand({ ...of, ContentType: 'application/octet-stream' });
    const { UploadId } = await client.send(command, { abortSignal: signal });
    if (UploadId === undefined) throw notS3(system, `beginning ${key}`);
    return UploadId;
  });
  try {
    const parts = await sendAll(target, file, uploadId, options.partBytes);
    await finish(target, uploadId, parts, options.isThere);
  } catch (error) {
    await forget(target, uploadId, options.log);
    throw error;
  }
}

async function sendAll(target: Target, file: ObjectFile, uploadId: string, partBytes: number): Promise<Part[]> {
  const bytes = Math.max(partBytes, Math.ceil(file.bytes / MOST_PARTS));
  const count = Math.ceil(file.bytes / bytes);
  const parts: Part[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([target.signal, stop.signal]);
  const source = await open(file.path, 'r');
  let next = 0;
  async function sendNext(): Promise<void> {
    while (next < count) {
      const index = next;
      next += 1;
      const body = await readPart(source, index * bytes, Math.min(bytes, file.bytes - index * bytes), target.system);
      parts[index] = { PartNumber: index + 1, ETag: await sendPart({ ...target, signal }, uploadId, index + 1, body) };
    }
  }
  try {
    await Promise.all(
      Array.from({ length: AT_A_TIME }, async () => {
        try {
          await sendNext();
        } catch (error) {
          stop.abort(error); // the others need not go on
          throw error;
        }
      }),
    );
  } finally {
    await source.close();
  }
  return parts;
}

async function readPart(source: FileHandle, from: number, length: number, system: string): Promise<Buffer> {
  const body = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await source.read(body, filled, length - filled, from + filled);
    if (bytesRead === 0)
      throw new AdapterError('rejected', `${system}: the content changed while it was read`, { system });
    filled += bytesRead;
  }
  return body;
}

/** The SDK hashes a Buffer into the signature, so that a part that broke on the way is refused. */
function sendPart(target: Target, uploadId: string, number: number, body: Buffer): Promise<string> {
  const { line, system, bucket, name, key, signal } = target;
  const what = `sending part ${number} of ${key}`;
  return line.ask(what, signal, async (client, sdk) => {
    const command = new sdk.UploadPartCommand({
      ...{ Bucket: bucket, Key: name, UploadId: uploadId, PartNumber: number },
      ...{ Body: body, ContentLength: body.length },
    });
    const { ETag } = await client.send(command, { abortSignal: signal });
    if (ETag === undefined) throw notS3(system, what);
    return ETag;
  });
}

async function finish(target: Target, uploadId: string, parts: Part[], isThere: () => Promise<boolean>): Promise<void> {
  const { line, system, bucket, name, key, signal } = target;
  try {
    await line.ask(`completing ${key}`, signal, async (client, sdk) => {
      const command = new sdk.CompleteMultipartUploadCommand({
        ...{ Bucket: bucket, Key: name, UploadId: uploadId },
        MultipartUpload: { Parts: parts },
      });
      const { ETag } = await client.send(command, { abortSignal: signal });
      if (ETag === undefined) throw notS3(system, `completing ${key}`);
    });
  } catch (error) {
    // Completed by the attempt before, whose answer was lost: the upload is gone because the object is there.
    const gone = error instanceof AdapterError && error.detail?.['code'] === 'NoSuchUpload';
    if (!gone || !(await isThere())) throw error;
  }
}

/** Parts of an upload that nobody completes cost money. A rule of the bucket removes what this does not reach. */
async function forget(target: Target, uploadId: string, log: Kit['log']): Promise<void> {
  const signal = AbortSignal.timeout(ABORT_MS);
  try {
    await target.line.ask(`giving up ${target.key}`, signal, async (client, sdk) => {
      const command = new sdk.AbortMultipartUploadCommand({
        ...{ Bucket: target.bucket, Key: target.name, UploadId: uploadId },
      });
      await client.send(command, { abortSignal: signal });
    });
  } catch (err) {
    log.warn({ err, key: target.key, uploadId }, 'could not give up an upload in parts: its parts stay in the bucket');
  }
}
