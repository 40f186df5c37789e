import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import { insertRows } from '../core/insert-rows.ts';
import { toIso, toSql } from '../core/time.ts';
import type { Complaint } from './model.ts';

/** Holds an alert until then; also one that was held before. `at`: when it was so last, where that is later than what the alert says. */
export async function insertHeld(
  db: Knex.Transaction,
  complaint: Complaint,
  { places, dueAt, at }: { places: readonly string[]; dueAt: string; at?: string },
): Promise<void> {
  const { alertId, subject, symptom, type, component, occurredAt } = complaint;
  const time = toSql(at ?? occurredAt);
  const columns = [
    'alert_id',
    'subject_id',
    'symptom',
    'type',
    'component',
    'complaint',
    'state',
    'occurred_at',
    'due_at',
  ];
  const row = [alertId, subject.id, symptom, type, component, JSON.stringify(complaint), 'held', time, toSql(dueAt)];
  await insertRows(
    db,
    'held_alerts',
    columns,
    [row],
    'state = VALUES(state), occurred_at = VALUES(occurred_at), due_at = VALUES(due_at)',
  );
  const rows = [...places].toSorted().map((placeId) => [placeId, time, alertId]);
  await insertRows(
    db,
    'held_alert_places',
    ['place_id', 'occurred_at', 'alert_id'],
    rows,
    'place_id = VALUES(place_id)',
  );
}

/** When the next one is due; null: none is held. */
export async function nextDue(db: Knex): Promise<string | null> {
  const [row] = await db('held_alerts').where({ state: 'held' }).min({ at: 'due_at' });
  return row?.['at'] ? toIso(String(row['at'])) : null;
}

/** Those that are due and that no other worker takes now. Due again at `until`, should this worker be gone before they are settled. */
export async function claimHeld(
  db: Knex.Transaction,
  { now, until, limit }: { now: string; until: string; limit: number },
): Promise<Complaint[]> {
  const [rows] = await db.raw(
    `SELECT alert_id, complaint FROM held_alerts WHERE state = 'held' AND due_at <= ? ORDER BY due_at, alert_id LIMIT ?
     FOR UPDATE SKIP LOCKED`,
    [toSql(now), limit],
  );
  const found = rows as { alert_id: string; complaint: string }[];
  if (found.length === 0) return [];
  const ids = found.map(({ alert_id: id }) => id).toSorted();
  await db.raw(
    `UPDATE held_alerts FORCE INDEX (PRIMARY) SET due_at = ? WHERE alert_id IN (${ids.map(() => '?').join(', ')})`,
    [toSql(until), ...ids],
  );
  return found.map(({ complaint }) => fromJson(complaint));
}

/** As of when it was so last; locked. Undefined where it is settled. */
export async function lockHeld(db: Knex.Transaction, alertId: string): Promise<Complaint | undefined> {
  const [row] = await db('held_alerts')
    .where({ alert_id: alertId, state: 'held' })
    .forUpdate()
    .select('complaint', 'occurred_at');
  return row ? { ...fromJson<Complaint>(row.complaint), occurredAt: toIso(String(row.occurred_at)) } : undefined;
}

/** Of this fault; locked. */
export async function lockHeldOf(
  db: Knex.Transaction,
  fault: { subjectId: string; type: string; component: string },
): Promise<Complaint[]> {
  const rows: { complaint: string }[] = await db('held_alerts')
    .where({ subject_id: fault.subjectId, type: fault.type, component: fault.component, state: 'held' })
    .orderBy('alert_id')
    .forUpdate()
    .select('complaint');
  return rows.map(({ complaint }) => fromJson(complaint));
}

/** Those held about servers of places and about smaller places in them, but for those that somebody else is at; locked. */
export async function lockHeldAt(db: Knex.Transaction, placeIds: readonly string[]): Promise<Complaint[]> {
  if (placeIds.length === 0) return [];
  const [rows] = await db.raw(
    `SELECT held_alerts.alert_id, held_alerts.complaint FROM held_alert_places JOIN held_alerts USING (alert_id)
     WHERE held_alert_places.place_id IN (${placeIds.map(() => '?').join(', ')}) AND held_alerts.state = 'held'
     ORDER BY held_alerts.alert_id FOR UPDATE SKIP LOCKED`,
    [...placeIds],
  );
  const found = new Map(
    (rows as { alert_id: string; complaint: string }[]).map((row) => [row.alert_id, row.complaint]),
  );
  return [...found.values()].map((complaint) => fromJson(complaint));
}

export async function settleHeld(db: Knex.Transaction, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return;
  const ids = [...alertIds].toSorted();
  await db.raw(
    `UPDATE held_alerts FORCE INDEX (PRIMARY) SET state = 'settled' WHERE alert_id IN (${ids.map(() => '?').join(', ')})`,
    ids,
  );
}

export interface ShownAlert {
  alertId: string;
  assetId: string;
  /** Where the server is: a rack, or something else. */
  locationId: string | null;
  symptom: string;
  /** The kind of work that it asks for. */
  type: string;
  component: string;
  /** Milliseconds. */
  at: number;
}

/** What servers of places showed since then, also what is settled. */
export async function shownAt(db: Knex, placeIds: readonly string[], since: string): Promise<ShownAlert[]> {
  if (placeIds.length === 0) return [];
  const rows: Record<string, string | null>[] = await db('held_alert_places')
    .join('held_alerts', 'held_alerts.alert_id', 'held_alert_places.alert_id')
    .join('assets', 'assets.id', 'held_alerts.subject_id')
    .whereIn('held_alert_places.place_id', [...placeIds])
    .where('held_alert_places.occurred_at', '>=', toSql(since))
    .distinct({
      ...{ alert_id: 'held_alerts.alert_id', subject_id: 'held_alerts.subject_id', symptom: 'held_alerts.symptom' },
      ...{ type: 'held_alerts.type', component: 'held_alerts.component', occurred_at: 'held_alerts.occurred_at' },
      location_id: 'assets.location_id',
    });
  return rows.map((row) => ({
    alertId: String(row['alert_id']),
    assetId: String(row['subject_id']),
    locationId: row['location_id'] ?? null,
    symptom: String(row['symptom']),
    type: String(row['type']),
    component: String(row['component']),
    at: Date.parse(toIso(String(row['occurred_at']))),
  }));
}

/** What of a fault is over is shown no more. */
export async function forgetShown(
  db: Knex.Transaction,
  fault: { subjectId: string; type: string; component: string; until: string },
): Promise<void> {
  const rows: { alert_id: string }[] = await db('held_alerts')
    .where({ subject_id: fault.subjectId, type: fault.type, component: fault.component, state: 'settled' })
    .where('occurred_at', '<=', toSql(fault.until))
    .orderBy('alert_id')
    .forUpdate()
    .select('alert_id');
  await removeHeld(
    db,
    rows.map(({ alert_id: id }) => id),
  );
}

/** With their places. Their rows must be locked, in the order of their ids. */
async function removeHeld(db: Knex.Transaction, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return;
  const list = alertIds.map(() => '?').join(', ');
  for (const table of ['held_alert_places', 'held_alerts'])
    await db.raw(`DELETE FROM ${table} WHERE alert_id IN (${list})`, [...alertIds]);
}

/**
 * Nobody else opens a ticket for these places, or for what in them could be explained by a bigger cause, before this transaction ends. Taken
 * before tickets and held alerts, in the order of their ids.
 */
export async function holdPlaces(db: Knex.Transaction, placeIds: readonly string[]): Promise<void> {
  for (const placeId of [...new Set(placeIds)].toSorted()) {
    const take = () => db('correlation_places').where({ place_id: placeId }).forUpdate().select('place_id');
    if ((await take()).length > 0) continue;
    await insertRows(db, 'correlation_places', ['place_id'], [[placeId]], 'place_id = VALUES(place_id)');
  }
}

/** Settled ones that were due before then, the oldest first. @returns how many; there may be more where it is `limit` */
export async function forgetHeld(db: Knex.Transaction, before: string, limit: number): Promise<number> {
  const [rows] = await db.raw(
    `SELECT alert_id FROM held_alerts WHERE state = 'settled' AND due_at < ? ORDER BY due_at LIMIT ?
     FOR UPDATE SKIP LOCKED`,
    [toSql(before), limit],
  );
  const ids = (rows as { alert_id: string }[]).map(({ alert_id: id }) => id).toSorted();
  await removeHeld(db, ids);
  return ids.length;
}

/** Those that are due at exactly that moment are due now. */
export async function hurryHeld(db: Knex.Transaction, dueAt: string, now: string): Promise<void> {
  await db('held_alerts')
    .where({ state: 'held', due_at: toSql(dueAt) })
    .update({ due_at: toSql(now) });
}
