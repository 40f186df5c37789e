import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { toSql } from '../core/time.ts';
import type { Told } from './episode.ts';

/** Which alert came of which symptom. */
export async function insertAlerts(
  db: Knex.Transaction,
  alerts: readonly { alertId: string; told: Told }[],
): Promise<void> {
  await insertRows(
    db,
    'telemetry_alerts',
    ['alert_id', 'subject_id', 'component', 'rule', 'occurred_at', 'did', 'event_hash'],
    alerts.map(({ alertId, told }) => [
      ...[alertId, told.subjectId, told.component ?? '', told.rule, toSql(new Date(told.at)), told.did],
      told.said.hash === null ? null : Buffer.from(told.said.hash, 'hex'),
    ]),
  );
}
