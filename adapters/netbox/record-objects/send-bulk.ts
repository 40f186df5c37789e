import type { BulkAnswer, RawRow } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordResult } from '#src/ports/record-objects.ts';
import { readIds } from './read-rows.ts';
import { etagOf } from './record-row.ts';
import type { NetboxType } from './record-types.ts';
import { isGone, namedRefusals, wordsOf } from './refusal-words.ts';
import { refused, type Writing } from './writing.ts';

export interface Entry {
  /** Which write or draft of the call it is. */
  place: number;
  /** Undefined for a creation. */
  id?: number;
  version: string | null;
  body: Record<string, unknown>;
}

type Undone = Exclude<RecordResult, { object: unknown }>;
export type Sent = Undone | { outcome: 'written'; row: RawRow | undefined; requestId: string | null };
export type SentByPlace = Map<number, Sent>;

export interface BulkJob {
  method: 'POST' | 'PATCH' | 'DELETE';
  type: Pick<NetboxType, 'resource' | 'objectType' | 'name'>;
  entries: readonly Entry[];
  /** Entries in one request. */
  size: number;
}

/**
 * Sends the entries in bulk requests, of which NetBox does each as a whole or not at all. What it names as refused, changed or gone is
 * taken out, and the rest is sent again; where it does not say which one it means (before 4.7), the halves are sent for themselves.
 */
export async function sendBulk(with_: Writing, job: BulkJob): Promise<SentByPlace> {
  const results: SentByPlace = new Map();
  // `If-Match` holds for every object of a request: those without a version go by themselves.
  for (const some of [
    job.entries.filter((one) => one.version !== null),
    job.entries.filter((one) => one.version === null),
  ])
    for (let at = 0; at < some.length; at += job.size) await settle(with_, job, some.slice(at, at + job.size), results);
  return results;
}

async function settle(with_: Writing, job: BulkJob, entries: readonly Entry[], results: SentByPlace): Promise<void> {
  for (let open = entries; open.length > 0;) {
    const answer = await with_.client.bulk(
      job.method,
      job.type.resource,
      open.map(({ id, body }) => (id === undefined ? body : { ...body, id })),
      { signal: with_.signal, message: with_.key, etags: etagsOf(open) },
    );
    if (answer.done) return noteDone(with_, job, open, answer, results);
    const out = await whoIsOut(with_, job, open, answer);
    for (const [entry, result] of out) results.set(entry.place, result);
    if (out.size === 0 && open.length === 1) {
      for (const entry of open) results.set(entry.place, refused(wordsOf(answer.body)));
      return;
    }
    if (out.size === 0) {
      const half = Math.ceil(open.length / 2);
      await settle(with_, job, open.slice(0, half), results);
      return settle(with_, job, open.slice(half), results);
    }
    open = open.filter((entry) => !out.has(entry));
  }
}

function etagsOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.flatMap(({ version }) => (version === null ? [] : [version])))];
}

function noteDone(
  { system }: Writing,
  { method, type }: BulkJob,
  entries: readonly Entry[],
  { rows, requestId }: Extract<BulkAnswer, { done: true }>,
  results: SentByPlace,
): void {
  if (method === 'POST' && rows.length !== entries.length) {
    const what = `${entries.length} ${type.name}s were sent, ${rows.length} came back`;
    throw new AdapterError('malformed', `${system}: nobody knows what was made: ${what}`, { system });
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [index, { place, id }] of entries.entries()) {
    const row = id === undefined ? rows[index] : byId.get(id);
    // Before 4.7 ids that are not there, or not for us, are passed over in silence.
    if (method === 'PATCH' && !row) results.set(place, { outcome: 'gone' });
    else results.set(place, { outcome: 'written', row, requestId });
  }
}

type Refusal = Extract<BulkAnswer, { done: false }>;

async function whoIsOut(
  with_: Writing,
  job: BulkJob,
  entries: readonly Entry[],
  answer: Refusal,
): Promise<Map<Entry, Undone>> {
  if (answer.status === 412) return whoIsStale(with_, job, entries);
  const out = new Map<Entry, Undone>();
  for (const named of namedRefusals(answer.body)) {
    const entry = named.index === undefined ? entries.find(({ id }) => id === named.id) : entries[named.index];
    if (entry) out.set(entry, isGone(named) ? { outcome: 'gone' } : refused(wordsOf(named.errors)));
  }
  if (out.size > 0 || answer.status !== 403) return out;
  const lacking = await lackingPermission(with_, job);
  if (lacking !== undefined) for (const entry of entries) out.set(entry, refused(lacking));
  return out;
}

/** NetBox says that one of them was changed, but not which. */
async function whoIsStale(with_: Writing, { type }: BulkJob, entries: readonly Entry[]): Promise<Map<Entry, Undone>> {
  const ids = entries.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const rows = await readIds(with_, type.resource, ids, ['id', 'last_updated']);
  const now = new Map(rows.map((row) => [row.id, etagOf(row['last_updated'])]));
  const out = new Map<Entry, Undone>();
  for (const entry of entries) {
    if (entry.id === undefined) continue;
    if (!now.has(entry.id)) out.set(entry, { outcome: 'gone' });
    else if (now.get(entry.id) !== entry.version || entries.length === 1) out.set(entry, { outcome: 'stale' });
  }
  return out;
}

const ACTIONS = { POST: 'add', PATCH: 'change', DELETE: 'delete' } as const;

/** A 403 without names means the whole object type, or (before 4.7) one object that the user's permission does not cover. */
async function lackingPermission({ client, signal }: Writing, { method, type }: BulkJob): Promise<string | undefined> {
  const sentence = `the token's user lacks the permission "${ACTIONS[method]}" on ${type.objectType}`;
  if (method === 'DELETE') return sentence;
  const may = await client.actions(type.resource, { signal });
  return may.includes(method === 'POST' ? 'POST' : 'PUT') ? undefined : sentence;
}
