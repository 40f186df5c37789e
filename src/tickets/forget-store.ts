import type { Knex } from 'knex';
import { toIso, toSql } from '../core/time.ts';

/** Where a row stands in the order in which the books were written. */
export interface Written {
  id: string;
  /** As the column has it. */
  createdAt: string;
  /** Nothing needs it any more. */
  over: boolean;
}

/** ISO 8601. */
export interface Horizon {
  /** What was written from then on stays. */
  before: string;
  /** What is told of a ticket stays unless that was closed before then: until then it may be opened again. */
  closedBefore: string;
  now: string;
}

/**
 * Suppressions of before, the oldest first. One is over when its ticket was closed long ago, its time is over, it is not held, and no state of
 * its server is waited for: what was quiet because of a state is looked at again when the server is in another one.
 */
export async function suppressionsBefore(
  db: Knex,
  { before, closedBefore, now }: Horizon,
  { after, limit }: { after: Written | undefined; limit: number },
): Promise<Written[]> {
  const [rows] = await db.raw(
    `SELECT suppressions.id, suppressions.created_at,
       (suppressions.until_at IS NULL OR suppressions.until_at < ?)
       AND (tickets.id IS NULL OR tickets.closed_at < ?) AND held_alerts.alert_id IS NULL
       AND (suppressions.cleared_at IS NOT NULL OR suppressions.looked_again_at IS NOT NULL OR suppressions.until_at IS NOT NULL
         OR suppressions.rule NOT IN ('state', 'maintenance', 'being_repaired') OR assets.id IS NULL
         OR assets.merged_into IS NOT NULL OR assets.lifecycle_state = 'DECOMMISSIONED'
         OR (assets.state_since > suppressions.created_at AND assets.state_since < ?)) AS is_over
     FROM suppressions FORCE INDEX (suppressions_time) LEFT JOIN tickets ON tickets.id = suppressions.ticket_id
     LEFT JOIN held_alerts ON held_alerts.alert_id = suppressions.alert_id AND held_alerts.state = 'held'
     LEFT JOIN assets ON assets.id = suppressions.subject_id
     WHERE suppressions.created_at < ? ${afterText('suppressions', 'id', after)}
     ORDER BY suppressions.created_at, suppressions.id LIMIT ?`,
    [...[now, closedBefore, before, before].map(toSql), ...afterValues(after), limit],
  );
  return toWritten(rows, 'id');
}

/** What became of alerts of before, the oldest first. A row stays as long as its suppression. */
export async function alertsBefore(
  db: Knex,
  { before, closedBefore }: Horizon,
  { after, limit }: { after: Written | undefined; limit: number },
): Promise<Written[]> {
  const [rows] = await db.raw(
    `SELECT ticket_alerts.alert_id, ticket_alerts.created_at,
       ticket_alerts.occurred_at < ? AND (tickets.id IS NULL OR tickets.closed_at < ?)
       AND held_alerts.alert_id IS NULL AND suppressions.alert_id IS NULL AS is_over
     FROM ticket_alerts FORCE INDEX (ticket_alerts_age) LEFT JOIN tickets ON tickets.id = ticket_alerts.ticket_id
     LEFT JOIN held_alerts ON held_alerts.alert_id = ticket_alerts.alert_id AND held_alerts.state = 'held'
     LEFT JOIN suppressions ON suppressions.alert_id = ticket_alerts.alert_id
     WHERE ticket_alerts.created_at < ? ${afterText('ticket_alerts', 'alert_id', after)}
     ORDER BY ticket_alerts.created_at, ticket_alerts.alert_id LIMIT ?`,
    [...[before, closedBefore, before].map(toSql), ...afterValues(after), limit],
  );
  return toWritten(rows, 'alert_id');
}

/** @returns how many there were */
export async function removeSuppressions(db: Knex.Transaction, ids: readonly string[]): Promise<number> {
  return remove(db, 'suppressions', 'id', ids);
}

/** @returns how many there were */
export async function removeAlerts(db: Knex.Transaction, ids: readonly string[]): Promise<number> {
  return remove(db, 'ticket_alerts', 'alert_id', ids);
}

/** From now on the books may have gaps before then. */
export async function noteForgotten(db: Knex.Transaction, before: string): Promise<void> {
  await db.raw(
    `INSERT INTO ticket_alerts_forgotten (before_at) VALUES (?)
     ON DUPLICATE KEY UPDATE before_at = greatest(before_at, VALUES(before_at))`,
    [toSql(before)],
  );
}

/** An alert from before then that is not in the books may have been there; null: they are whole. */
export async function forgottenBefore(db: Knex): Promise<string | null> {
  const [row] = await db('ticket_alerts_forgotten').select('before_at');
  return row === undefined ? null : toIso(String(row.before_at));
}

function afterText(table: string, id: string, after: Written | undefined): string {
  if (after === undefined) return '';
  return `AND ${table}.created_at >= ? AND (${table}.created_at > ? OR ${table}.${id} > ?)`;
}

function afterValues(after: Written | undefined): string[] {
  return after === undefined ? [] : [after.createdAt, after.createdAt, after.id];
}

function toWritten(rows: Record<string, unknown>[], id: string): Written[] {
  return rows.map((row) => ({
    ...{ id: String(row[id]), createdAt: String(row['created_at']), over: Number(row['is_over']) === 1 },
  }));
}

async function remove(db: Knex.Transaction, table: string, key: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const [result] = await db.raw(`DELETE FROM ${table} WHERE ${key} IN (${ids.map(() => '?').join(',')})`, [...ids]);
  return Number(result.affectedRows);
}
