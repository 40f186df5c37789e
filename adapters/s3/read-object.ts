import { addAbortSignal, Readable } from 'node:stream';
import { s3Error } from './errors.ts';

/** The body of a GET, whose errors are told as ours. */
export function readObject(
  body: Readable,
  { system, key, signal }: { system: string; key: string; signal: AbortSignal },
): Readable {
  const told = Readable.from(tellErrors(body, system, key, signal), { objectMode: false });
  // A generator that nobody began to read does not end what it reads from: the connection would stay taken.
  told.once('close', () => body.destroy());
  return addAbortSignal(signal, told);
}

async function* tellErrors(
  body: Readable,
  system: string,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of body) yield chunk as Buffer;
  } catch (cause) {
    throw s3Error(system, `reading ${key}`, cause, signal);
  }
}
