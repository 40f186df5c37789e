import type { Knex } from 'knex';
import { escape } from 'mysql2';
import { toSql } from '../core/time.ts';
import type { Symptom } from './symptom.ts';

/** A statement of so many rows gains nothing more from the next one, and fits into any packet. */
const ROWS_PER_STATEMENT = 1000;

const COLUMNS = [
  'subject_id',
  'occurred_at',
  'event_hash',
  'subject_type',
  'type',
  'component',
  'component_kind',
  'serial',
  'value',
  'state',
  'severity',
  'message',
  'source',
  'sender_id',
  'late',
  'received_at',
] as const;

/**
 * Takes each symptom once, whoever sends it at the same moment. Rows go in by their key, so that two batches wait for each other and never
 * in a circle. IGNORE is for the keys that are there: what is written was checked before, and ids come from the database.
 * @returns the hashes of those that are new
 */
export async function insertSymptoms(
  db: Knex.Transaction,
  symptoms: readonly Symptom[],
  receivedAt: string,
): Promise<Set<string>> {
  const sorted = symptoms.map((symptom) => ({ symptom, key: keyOf(symptom) })).toSorted(byKey);
  const received = toSql(receivedAt);
  const added = new Set<string>();
  for (let at = 0; at < sorted.length; at += ROWS_PER_STATEMENT) {
    const some = sorted.slice(at, at + ROWS_PER_STATEMENT);
    const [rows] = await db.raw(
      `INSERT IGNORE INTO telemetry_events (${COLUMNS.join(',')}) VALUES ${some.map(({ symptom }) => rowOf(symptom, received)).join(',')} RETURNING event_hash`,
    );
    for (const { event_hash: hash } of rows as { event_hash: Buffer }[]) added.add(hash.toString('hex'));
  }
  return added;
}

/**
 * As text, escaped by the driver: it is what the driver makes of placeholders, too, after knex has gone through them four times; with
 * sixteen in each of thousands of rows that is a third of what a report costs.
 */
function rowOf(symptom: Symptom, received: string): string {
  const { subjectId, occurredAt, hash, subjectType, type, component, kind, serial } = symptom;
  const { value, state, severity, message, source, senderId, late } = symptom;
  const text = (said: string | null): string => (said === null ? 'NULL' : escape(said));
  return `(${escape(subjectId)},'${toSql(occurredAt)}',X'${hash}','${subjectType}',${escape(type)},${text(component)},${text(kind)},${text(serial)},${value ?? 'NULL'},'${state}',${text(severity)},${text(message)},${text(source)},${text(senderId)},${late ? 1 : 0},'${received}')`;
}

function keyOf({ subjectId, occurredAt, hash }: Symptom): string {
  return subjectId + occurredAt + hash;
}

function byKey(a: { key: string }, b: { key: string }): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}
