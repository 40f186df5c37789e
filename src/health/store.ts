import type { Knex } from 'knex';
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/json.ts';
import { toSql } from '../core/time.ts';

export interface Symptom {
  assetId: string;
  occurredAt: string;
  type: string;
  component: string | null;
  serial: string | null;
  value: number | null;
  message: string | null;
  source: string | null;
}

/** @returns whether it is new; the same symptom of the same moment is taken once */
export async function insertSymptom(db: Knex.Transaction, symptom: Symptom, receivedAt: string): Promise<boolean> {
  const { assetId, occurredAt, ...said } = symptom;
  const hash = createHash('sha256').update(canonicalJson(said)).digest().subarray(0, 16);
  const [result] = await db.raw(
    `INSERT IGNORE INTO telemetry_events (asset_id, occurred_at, event_hash, type, component, serial, value, message, source, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      assetId,
      toSql(occurredAt),
      hash,
      said.type,
      said.component,
      said.serial,
      said.value,
      said.message,
      said.source,
      toSql(receivedAt),
    ],
  );
  return result.affectedRows === 1;
}

/** Sum of `value` (1 where none) of one symptom of one component in the hours up to `until`. */
export async function sumInWindow(
  db: Knex.Transaction,
  want: { assetId: string; type: string; component: string | null; until: string; hours: number },
): Promise<number> {
  const since = new Date(Date.parse(want.until) - want.hours * 3_600_000);
  const [row] = await db('telemetry_events')
    .where({ asset_id: want.assetId, type: want.type, component: want.component })
    .andWhere('occurred_at', '>', toSql(since))
    .andWhere('occurred_at', '<=', toSql(want.until))
    .select(db.raw('coalesce(sum(coalesce(value, 1)), 0) AS total'));
  return Number(row.total);
}
