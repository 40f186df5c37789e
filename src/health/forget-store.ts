import type { Knex } from 'knex';
import { toSql } from '../core/time.ts';

/** Of an alert that is old enough to be forgotten. */
export interface OldAlert {
  alertId: string;
  /** Its episode has not ended. */
  holds: boolean;
}

/** Where a symptom stands in the order of times, and in its table. */
export interface OldSymptom {
  subjectId: string;
  /** As the column has it. */
  occurredAt: string;
  hash: Buffer;
}

/**
 * Alerts in the order in which they were told, which is that of their ids.
 * @param range ids: after, and before; both left out
 */
export async function alertsBetween(db: Knex, range: { after: string; before: string }, limit: number) {
  const [rows] = await db.raw(
    `SELECT telemetry_alerts.alert_id, telemetry_episodes.raised_at IS NOT NULL
       AND telemetry_alerts.occurred_at >= telemetry_episodes.raised_at AS holds
     FROM telemetry_alerts FORCE INDEX (PRIMARY) LEFT JOIN telemetry_episodes USING (subject_id, component, rule)
     WHERE telemetry_alerts.alert_id > ? AND telemetry_alerts.alert_id < ? ORDER BY telemetry_alerts.alert_id LIMIT ?`,
    [range.after, range.before, limit],
  );
  return (rows as { alert_id: string; holds: number | null }[]).map(({ alert_id: alertId, holds }): OldAlert => ({
    alertId,
    holds: Number(holds) === 1,
  }));
}

/** @returns how many there were */
export async function removeAlerts(db: Knex, alertIds: readonly string[]): Promise<number> {
  if (alertIds.length === 0) return 0;
  const [result] = await db.raw(
    `DELETE FROM telemetry_alerts WHERE alert_id IN (${alertIds.map(() => '?').join(',')})`,
    [...alertIds],
  );
  return Number(result.affectedRows);
}

/** Symptoms of before a moment, the oldest first; `after`: the last one of those before. */
export async function symptomsBefore(
  db: Knex,
  want: { before: string; after: OldSymptom | undefined },
  limit: number,
): Promise<OldSymptom[]> {
  const { after } = want;
  const [rows] = await db.raw(
    `SELECT subject_id, occurred_at, event_hash FROM telemetry_events FORCE INDEX (telemetry_events_time) WHERE occurred_at < ?
     ${after === undefined ? '' : 'AND occurred_at >= ? AND (occurred_at > ? OR event_hash > ?)'} ORDER BY occurred_at, event_hash LIMIT ?`,
    [toSql(want.before), ...(after === undefined ? [] : [after.occurredAt, after.occurredAt, after.hash]), limit],
  );
  return (rows as { subject_id: string; occurred_at: string; event_hash: Buffer }[]).map((row) => ({
    ...{ subjectId: row.subject_id, occurredAt: row.occurred_at, hash: row.event_hash },
  }));
}

/** Of these symptoms those that a kept alert came of, or that an episode still goes by. @returns their hashes in hex */
export async function symptomsInUse(db: Knex, symptoms: readonly OldSymptom[]): Promise<Set<string>> {
  const marks = (many: readonly unknown[]): string => many.map(() => '?').join(',');
  const hashes = symptoms.map(({ hash }) => hash);
  const subjects = [...new Set(symptoms.map(({ subjectId }) => subjectId))];
  const [shown] = await db.raw(
    `SELECT DISTINCT lower(hex(event_hash)) AS hash FROM telemetry_alerts FORCE INDEX (telemetry_alerts_hash) WHERE event_hash IN (${marks(hashes)})`,
    hashes,
  );
  const [said] = await db.raw(
    `SELECT json_value(memory, '$.t.hash') AS hash FROM telemetry_episodes FORCE INDEX (PRIMARY)
     WHERE subject_id IN (${marks(subjects)}) AND (raised_at IS NOT NULL OR json_value(memory, '$.s') IS NOT NULL)`,
    subjects,
  );
  return new Set([...shown, ...said].flatMap(({ hash }: { hash: string | null }) => hash ?? []));
}

/**
 * By their hashes: MariaDB 10.11 took as long for a hundred keys of three parts (28 ms) as for a thousand hashes (24 ms), and more than
 * in proportion for more.
 * @returns how many there were
 */
export async function removeSymptoms(db: Knex, symptoms: readonly OldSymptom[], before: string): Promise<number> {
  if (symptoms.length === 0) return 0;
  const [result] = await db.raw(
    `DELETE FROM telemetry_events WHERE event_hash IN (${symptoms.map(() => '?').join(',')}) AND occurred_at < ?`,
    [...symptoms.map(({ hash }) => hash), toSql(before)],
  );
  return Number(result.affectedRows);
}
