import { open, readFile } from 'node:fs/promises';
import { confirms, type HubAnswer, type HubLine, record, type Trouble, troubleOf } from './hub-line.ts';
import type { Entry } from './spool.ts';

export type Sent = { did: 'sent' } | { did: 'was there' } | Trouble;

export interface Sending {
  line: HubLine;
  signal: AbortSignal;
  /** The hub has so many bytes more, and has the file up to `offset` where it is in pieces. */
  moved(bytes: number, offset: number): void;
}

/** Larger files go in pieces of this length, so that a cut connection costs one piece. */
export const PIECE_BYTES = 8 * 1024 * 1024;
const MOST_CONFLICTS = 5;

/**
 * One try. It begins with the question whether the file has arrived, so that a try whose answer was lost is never repeated.
 * Throws where there was no answer.
 */
export async function sendFile(entry: Entry, sending: Sending): Promise<Sent> {
  const asked = await askFor(entry, sending);
  if (asked.did !== 'missing') return asked;
  return entry.bytes > PIECE_BYTES ? sendInPieces(entry, sending) : sendWhole(entry, sending);
}

async function askFor({ sha256 }: Entry, { line, signal }: Sending): Promise<Sent | { did: 'missing' }> {
  const answer = await line({ method: 'GET', path: `/v1/bundles/${sha256}` }, signal);
  if (answer.status === 404) return { did: 'missing' };
  if (answer.status === 200 && confirms(answer.json, sha256)) return { did: 'was there' };
  const trouble = troubleOf(answer);
  // A refusal to tell is no refusal of the file.
  return trouble.did === 'refused' ? { did: 'stop', reason: trouble.reason } : trouble;
}

async function sendWhole(entry: Entry, sending: Sending): Promise<Sent> {
  const body = await readFile(entry.file);
  const headers = {
    'content-type': 'application/octet-stream',
    'x-content-sha256': entry.sha256,
    'x-file-name': encodeURIComponent(entry.name.toWellFormed()),
  };
  const answer = await sending.line({ method: 'POST', path: '/v1/ingest/logbundle', headers, body }, sending.signal);
  if (!isSuccess(answer)) return troubleOf(answer);
  sending.moved(body.length, 0);
  return confirmed(entry, answer, sending);
}

/** What arrived is in the answer, or is asked for. */
async function confirmed(entry: Entry, answer: HubAnswer, sending: Sending): Promise<Sent> {
  if (confirms(answer.json, entry.sha256)) return { did: 'sent' };
  const asked = await askFor(entry, sending);
  if (asked.did === 'was there') return { did: 'sent' };
  if (asked.did !== 'missing') return asked;
  return { did: 'later', reason: `the hub answered ${answer.status} but does not have the file` };
}

async function sendInPieces(entry: Entry, sending: Sending): Promise<Sent> {
  const begun = await sending.line(
    {
      method: 'POST',
      path: '/v1/ingest/uploads',
      headers: { 'content-type': 'application/json', 'x-file-name': encodeURIComponent(entry.name.toWellFormed()) },
      body: JSON.stringify({ sha256: entry.sha256, bytes: entry.bytes }),
    },
    sending.signal,
  );
  if (begun.status === 303 || (isSuccess(begun) && 'bundle' in record(begun.json)))
    return confirmed(entry, begun, sending);
  const { id } = record(begun.json);
  const offset = offsetOf(begun, entry.bytes);
  if (!isSuccess(begun)) return troubleOf(begun);
  if (typeof id !== 'string' || offset === undefined)
    return { did: 'stop', reason: "what the hub answered is not an upload; check the hub's address" };
  const handle = await open(entry.file, 'r');
  try {
    return await sendFrom(offset, `/v1/ingest/uploads/${encodeURIComponent(id)}`, {
      entry,
      sending,
      async read(from) {
        const piece = Buffer.alloc(Math.min(PIECE_BYTES, entry.bytes - from));
        const { bytesRead } = await handle.read(piece, 0, piece.length, from);
        return piece.subarray(0, bytesRead);
      },
    });
  } finally {
    await handle.close();
  }
}

interface Pieces {
  entry: Entry;
  sending: Sending;
  read(from: number): Promise<Buffer>;
}

/** Also where all bytes are there and only the end was not told: then the last piece is an empty one. */
async function sendFrom(first: number, path: string, { entry, sending, read }: Pieces): Promise<Sent> {
  let offset = first;
  let conflicts = 0;
  for (;;) {
    const body = await read(offset);
    const headers = { 'content-type': 'application/octet-stream', 'upload-offset': String(offset) };
    const answer = await sending.line({ method: 'PATCH', path, headers, body }, sending.signal);
    const told = offsetOf(answer, entry.bytes);
    if (answer.status === 409 && told !== undefined && told !== offset && conflicts < MOST_CONFLICTS) {
      conflicts += 1;
      offset = told;
      continue;
    }
    if (answer.status === 409) return { did: 'later', reason: 'the hub and we do not agree on how much has arrived' };
    // The unfinished upload is gone: the next try begins another.
    if (answer.status === 404 || answer.status === 410)
      return { did: 'later', reason: `the hub answered ${answer.status} to a piece: it dropped the upload` };
    if (!isSuccess(answer)) return troubleOf(answer);
    const next = told ?? offset + body.length;
    if (next > offset) sending.moved(next - offset, next);
    if (confirms(answer.json, entry.sha256)) return { did: 'sent' };
    if (next >= entry.bytes) return confirmed(entry, answer, sending);
    if (next <= offset) return { did: 'later', reason: 'the hub took a piece and is no further' };
    offset = next;
  }
}

function offsetOf({ json, header }: HubAnswer, bytes: number): number | undefined {
  const inHeader = header('upload-offset');
  const told = record(json)['offset'] ?? (inHeader === null ? undefined : Number(inHeader));
  return typeof told === 'number' && Number.isInteger(told) && told >= 0 && told <= bytes ? told : undefined;
}

function isSuccess({ status }: HubAnswer): boolean {
  return status >= 200 && status <= 299;
}
