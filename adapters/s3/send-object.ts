import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ObjectFile } from '#src/ports/object-store.ts';
import type { S3Line } from './client.ts';

export interface Target {
  line: S3Line;
  system: string;
  bucket: string;
  /** With the prefix. */
  name: string;
  /** As the hub has it, for messages. */
  key: string;
  signal: AbortSignal;
}

/** One PUT. A file is read twice: for its hash, which the signature covers, and to be sent. S3 takes nothing that does not fit. */
export async function sendObject(target: Target, content: Buffer | ObjectFile): Promise<void> {
  const { line, system, bucket, name, key, signal } = target;
  const hash = createHash('sha256');
  if (Buffer.isBuffer(content)) hash.update(content);
  else await readAll(content, system, signal, (chunk) => hash.update(chunk));
  const sha256 = hash.digest();
  await line.ask(`putting ${key}`, signal, async (client, sdk) => {
    const command = new sdk.PutObjectCommand({
      Bucket: bucket,
      Key: name,
      Body: Buffer.isBuffer(content) ? content : createReadStream(content.path, { end: content.bytes }),
      ContentLength: Buffer.isBuffer(content) ? content.length : content.bytes,
      ContentType: 'application/octet-stream',
      ChecksumSHA256: sha256.toString('base64'),
    });
    // For a stream the SDK would sign "UNSIGNED-PAYLOAD": the server would not notice what broke on the way.
    command.middlewareStack.add(
      (next) => (given) => {
        (given.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = sha256.toString('hex');
        return next(given);
      },
      { step: 'build', name: 'signPayload' },
    );
    const answer = await client.send(command, { abortSignal: signal });
    if (answer.ETag === undefined) throw notS3(system, `putting ${key}`);
  });
}

/** @throws AdapterError rejected where the file cannot be read or is not as long as was said */
export async function checkFile(file: ObjectFile, system: string): Promise<void> {
  try {
    const found = await stat(file.path);
    if (found.isFile() && found.size === file.bytes) return;
    throw new Error(`no file of ${file.bytes} bytes: ${found.size} were found`);
  } catch (cause) {
    throw unreadable(system, (cause as Error).message, cause);
  }
}

async function readAll(
  file: ObjectFile,
  system: string,
  signal: AbortSignal,
  take: (chunk: Buffer) => void,
): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file.path, { end: file.bytes, highWaterMark: 1024 * 1024, signal })) {
      bytes += (chunk as Buffer).length;
      take(chunk as Buffer);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw unreadable(system, (cause as Error).message, cause);
  }
  if (bytes !== file.bytes) throw unreadable(system, 'it changed while it was read');
}

function unreadable(system: string, why: string, cause?: unknown): AdapterError {
  return new AdapterError('rejected', `${system}: cannot read the content: ${why}`, { system, cause });
}

/** 200 with something else in it: a login page, a proxy, another service. */
export function notS3(system: string, what: string): AdapterError {
  return new AdapterError('malformed', `${system}: ${what}: the answer is not one of S3; check url`, { system });
}
