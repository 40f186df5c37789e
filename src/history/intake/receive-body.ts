import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import busboy from 'busboy';
import { HubError } from '../../core/error.ts';
import { invalid } from '../../core/route.ts';
import { chunksOf } from './chunks-of-body.ts';
import { keepIncoming, type Upload } from './keep-incoming.ts';
import { shortName } from './short-name.ts';

export interface BodyWanted {
  folder: string;
  maxBytes: number;
  contentType: string | undefined;
  contentLength: string | undefined;
}

/** What the frame of a form may add. */
const FORM_FRAME = 64 * 1024;

/**
 * Reads a request's body, or the file of a form, to its end while its SHA-256 is made. What is refused is left where it is, for the
 * answer to reach the sender.
 * @throws HubError too-large | invalid | unavailable (nothing is left behind)
 */
export async function receiveBody(body: Readable, want: BodyWanted): Promise<Upload> {
  if (Number(want.contentLength ?? 0) > want.maxBytes + FORM_FRAME) throw tooLarge(want.maxBytes);
  if (/^multipart\/form-data/i.test(want.contentType ?? '')) return receiveForm(body, want);
  return receive(chunksOf(body), null, want);
}

async function receive(
  chunks: AsyncIterable<Buffer>,
  fileName: string | null,
  want: Pick<BodyWanted, 'folder' | 'maxBytes'>,
): Promise<Upload> {
  const incoming = keepIncoming(want.folder);
  try {
    for await (const chunk of chunks) {
      if (incoming.bytes + chunk.length > want.maxBytes) throw tooLarge(want.maxBytes);
      await incoming.add(chunk);
    }
    if (incoming.bytes === 0)
      throw invalid('body', 'is empty: send the file as it is, with Content-Type: application/octet-stream');
    return await incoming.end(fileName);
  } catch (error) {
    await incoming.drop();
    throw error;
  }
}

async function receiveForm(body: Readable, want: BodyWanted): Promise<Upload> {
  const form = formOf(want.contentType ?? '');
  let taken: Promise<Upload> | undefined;
  form.on('file', (_name, stream, info) => {
    taken = receive(stream as AsyncIterable<Buffer>, shortName(info.filename ?? ''), want);
    taken.catch((error: unknown) => form.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  // Half of what somebody sent must not pass for all of it.
  form.on('filesLimit', () => form.destroy(invalid('body', 'the form has several files: send them one by one')));
  try {
    await pump(body, form);
  } catch (error) {
    const kept = await taken?.catch((reason: unknown) => reason);
    if (kept instanceof HubError) throw kept;
    if (kept !== undefined && !(kept instanceof Error)) await (kept as Upload).drop();
    if (error instanceof HubError) throw error;
    throw damagedForm(error);
  }
  if (taken === undefined) throw invalid('body', 'the form has no file in it');
  return taken;
}

/** Not `pipeline`, which would end the connection together with a form that is refused. */
async function pump(body: Readable, form: busboy.Busboy): Promise<void> {
  const ended = finished(form);
  ended.catch(() => {}); // awaited below, or it is what broke the loop
  const over = new AbortController();
  try {
    for await (const chunk of chunksOf(body)) {
      if (form.destroyed) break;
      if (!form.write(chunk)) await Promise.race([once(form, 'drain', { signal: over.signal }), ended]);
    }
    if (!form.destroyed) form.end();
    await ended;
  } catch (error) {
    form.destroy(error as Error);
    throw error;
  } finally {
    over.abort();
  }
}

function formOf(contentType: string): busboy.Busboy {
  try {
    return busboy({ headers: { 'content-type': contentType }, limits: { files: 1, fields: 20, fieldSize: 1000 } });
  } catch (error) {
    throw damagedForm(error);
  }
}

function damagedForm(cause: unknown): HubError {
  return new HubError('invalid', 'body: the form is damaged or ended early; nothing of it was kept', {
    fields: [{ field: 'body', message: 'not a whole multipart/form-data' }],
    cause,
  });
}

export function tooLarge(maxBytes: number): HubError {
  const message = `at most ${maxBytes} bytes are taken at once`;
  return new HubError('too-large', `body: ${message}`, { fields: [{ field: 'body', message }] });
}
