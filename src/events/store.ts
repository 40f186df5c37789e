import type { Knex } from 'knex';
import { toIso, toSql } from '../core/time.ts';
import type { Subject } from '../core/event.ts';
import { insertRows } from '../core/insert-rows.ts';
import { fromJson } from '../core/json.ts';

export interface EventRow {
  id: string;
  type: string;
  version: number;
  subject: Subject;
  related: Subject[];
  occurredAt: string;
  recordedAt: string;
  actor: string;
  cause: string | null;
  sentence: string;
  data: Record<string, unknown>;
}

/** The event, its line on each subject's timeline and its outbox row: three tables, one transaction, or nothing. */
export async function insertEvent(db: Knex.Transaction, event: EventRow): Promise<void> {
  await insertEvents(db, [event], { timeline: true });
}

/** @param options.timeline false: they only stand in the feed */
export async function insertEvents(
  db: Knex.Transaction,
  events: readonly EventRow[],
  options: { timeline: boolean },
): Promise<void> {
  await insertRows(
    db,
    'events',
    [
      'id',
      'type',
      'version',
      'subject_type',
      'subject_id',
      'related',
      'occurred_at',
      'recorded_at',
      'actor',
      'cause',
      'data',
    ],
    events.map((event) => [
      event.id,
      event.type,
      event.version,
      event.subject.type,
      event.subject.id,
      JSON.stringify(event.related),
      toSql(event.occurredAt),
      toSql(event.recordedAt),
      event.actor,
      event.cause,
      JSON.stringify(event.data),
    ]),
  );
  if (options.timeline) await insertTimeline(db, events);
  await insertRows(
    db,
    'outbox',
    ['event_id', 'created_at'],
    events.map((event) => [event.id, toSql(event.recordedAt)]),
  );
}

/** The lines of events on the timelines of their subjects. */
export async function insertTimeline(
  db: Knex.Transaction,
  events: readonly Omit<EventRow, 'version'>[],
): Promise<void> {
  await insertRows(
    db,
    'timeline_events',
    ['subject_type', 'subject_id', 'timestamp', 'id', 'type', 'sentence', 'actor', 'cause', 'data', 'recorded_at'],
    events.flatMap((event) =>
      [event.subject, ...event.related].map((subject) => [
        subject.type,
        subject.id,
        toSql(event.occurredAt),
        event.id,
        event.type,
        event.sentence.slice(0, 500),
        event.actor,
        event.cause,
        JSON.stringify(event.data),
        toSql(event.recordedAt),
      ]),
    ),
  );
}

export async function isLogged(db: Knex.Transaction, id: string): Promise<boolean> {
  const rows = await db('events').where({ id }).forUpdate().select('id');
  return rows.length > 0;
}

/**
 * Takes the relay's turn (waits for another relay to end) and the next events that have no place in the feed yet, in the order in
 * which they were said: ids do not sort like that (those that follow from a key are hashes, and clocks of two hosts differ).
 */
export async function takeUnplaced(
  db: Knex.Transaction,
  limit: number,
): Promise<{ sequence: number; taken: { position: number; event: EventRow }[] }> {
  const [feed] = await db('feed_position').where({ id: 1 }).forUpdate().select('sequence');
  const rows = await db('outbox')
    .join('events', 'events.id', 'outbox.event_id')
    .orderBy('outbox.position')
    .limit(limit)
    .select('outbox.position', 'events.*');
  return {
    sequence: Number(feed.sequence),
    taken: rows.map((row) => ({ position: Number(row.position), event: toEventRow(row) })),
  };
}

/** Gives the events their places, from the one after `sequence` on, and clears them from the outbox. */
export async function place(
  db: Knex.Transaction,
  sequence: number,
  taken: readonly { position: number; event: EventRow }[],
): Promise<void> {
  let last = sequence;
  for (const { position, event } of taken) {
    last += 1;
    await db('events').where({ id: event.id }).update({ sequence: last });
    // One by one: a list of keys lets MariaDB read the table from end to end, where it meets what others have written to it since our
    // snapshot, and refuses (1020) every time, for as long as there is somebody who writes.
    await db('outbox').where({ position }).delete();
  }
  await db('feed_position').where({ id: 1 }).update({ sequence: last });
}

export function toEventRow(row: Record<string, unknown>): EventRow {
  return {
    id: String(row['id']),
    type: String(row['type']),
    version: Number(row['version']),
    subject: { type: row['subject_type'] as Subject['type'], id: String(row['subject_id']) },
    related: fromJson(row['related']),
    occurredAt: toIso(String(row['occurred_at'])),
    recordedAt: toIso(String(row['recorded_at'])),
    actor: String(row['actor']),
    cause: row['cause'] === null ? null : String(row['cause']),
    sentence: '',
    data: fromJson(row['data']),
  };
}

/** Cheap, and without the relay's turn: most looks find nothing. */
export async function hasUnplaced(db: Knex): Promise<boolean> {
  const rows = await db('outbox').limit(1).select('event_id');
  return rows.length > 0;
}
