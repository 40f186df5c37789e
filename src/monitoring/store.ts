import type { Knex } from 'knex';
import { newId } from '../core/id.ts';
import { insertRows } from '../core/insert-rows.ts';
import { fromJson } from '../core/json.ts';
import { toIsoOrNull, toSql } from '../core/time.ts';
import type { AlertOutcome, AlertSymptom, KnownAlert } from './model.ts';
import { toMicros } from './model.ts';

export interface StoredAlert extends KnownAlert {
  fingerprint: string;
  name: string;
  severity: string | null;
  summary: string | null;
  labels: Readonly<Record<string, string>>;
  sourceUrl: string | null;
  outcome: AlertOutcome;
  why: string | null;
}

/**
 * The alerts of these fingerprints, locked in their order, whether anything is known of them or not: a lock on what is not there
 * would be one on the gap, and two of those wait for each other.
 */
export async function lockAlerts(
  db: Knex.Transaction,
  adapter: string,
  fingerprints: readonly string[],
): Promise<Map<string, StoredAlert>> {
  const sorted = [...new Set(fingerprints)].toSorted();
  await insertRows(
    db,
    'monitoring_alerts',
    ['adapter', 'fingerprint', 'id'],
    sorted.map((fingerprint) => [adapter, fingerprint, newId()]),
    'fingerprint = VALUES(fingerprint)',
  );
  const rows: Record<string, unknown>[] = await db('monitoring_alerts')
    .where({ adapter })
    .whereIn('fingerprint', sorted)
    .whereNotNull('heard_at')
    .forUpdate()
    .select('*');
  return new Map(rows.map((row) => [String(row['fingerprint']), toAlert(row)]));
}

const COLUMNS = [
  ...['adapter', 'fingerprint', 'id', 'name', 'severity', 'summary', 'labels', 'source_url'],
  ...['starts_at', 'ends_at', 'heard_at', 'outcome', 'why', 'told', 'raised_for'],
];

/** Those that `lockAlerts` has locked. */
export async function saveAlerts(db: Knex.Transaction, adapter: string, alerts: readonly StoredAlert[]): Promise<void> {
  const sorted = alerts.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const rows = sorted.map((alert) => [
    ...[adapter, alert.fingerprint, newId(), alert.name.slice(0, 200), alert.severity?.slice(0, 60) ?? null],
    ...[alert.summary?.slice(0, 1000) ?? null, JSON.stringify(alert.labels), alert.sourceUrl],
    ...[toSql(alert.startsAt), toSqlOrNull(alert.endsAt), toSql(alert.heardAt)],
    ...[alert.outcome, alert.why?.slice(0, 500) ?? null],
    ...[alert.told === null ? null : JSON.stringify(alert.told), toSqlOrNull(alert.raisedFor)],
  ]);
  const kept = new Set(['adapter', 'fingerprint', 'id']);
  const updates = COLUMNS.filter((column) => !kept.has(column)).map((column) => `${column} = VALUES(${column})`);
  await insertRows(db, 'monitoring_alerts', COLUMNS, rows, updates.join(', '));
}

export interface OldAlert {
  id: string;
  adapter: string;
  fingerprint: string;
  /** As the column has it. */
  heardAt: string;
  /** It was reported here, and is not over. */
  holds: boolean;
}

/** Those that nobody has told of since a moment, in the order in which they were last told. `after`: the last one of those before. */
export async function alertsNotHeardSince(
  db: Knex,
  { before, after }: { before: string; after: Pick<OldAlert, 'heardAt' | 'id'> | undefined },
  limit: number,
): Promise<OldAlert[]> {
  const [rows] = await db.raw(
    `SELECT id, adapter, fingerprint, heard_at, told IS NOT NULL AS holds FROM monitoring_alerts FORCE INDEX (monitoring_alerts_heard)
     WHERE heard_at < ? ${after === undefined ? '' : 'AND heard_at >= ? AND (heard_at > ? OR id > ?)'} ORDER BY heard_at, id LIMIT ?`,
    [toSql(before), ...(after === undefined ? [] : [after.heardAt, after.heardAt, after.id]), limit],
  );
  return (rows as Record<string, unknown>[]).map((row) => ({
    ...{ id: String(row['id']), adapter: String(row['adapter']), fingerprint: String(row['fingerprint']) },
    ...{ heardAt: String(row['heard_at']), holds: Number(row['holds']) === 1 },
  }));
}

/** But for what was told of meanwhile; in the order of `lockAlerts`. @returns how many there were */
export async function removeAlerts(
  db: Knex.Transaction,
  alerts: readonly Pick<OldAlert, 'adapter' | 'fingerprint'>[],
  before: string,
): Promise<number> {
  let removed = 0;
  for (const adapter of [...new Set(alerts.map((alert) => alert.adapter))].toSorted()) {
    const own = alerts.filter((alert) => alert.adapter === adapter).map(({ fingerprint }) => fingerprint);
    const [result] = await db.raw(
      `DELETE FROM monitoring_alerts WHERE adapter = ? AND fingerprint IN (${own.map(() => '?').join(',')}) AND heard_at < ? AND told IS NULL`,
      [adapter, ...own.toSorted(), toSql(before)],
    );
    removed += Number(result.affectedRows);
  }
  return removed;
}

function toSqlOrNull(time: string | null): string | null {
  return time === null ? null : toSql(time);
}

function toAlert(row: Record<string, unknown>): StoredAlert {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const time = (column: string): string | null => {
    const found = toIsoOrNull(text(column));
    return found === null ? null : toMicros(found);
  };
  const told = text('told');
  return {
    fingerprint: String(row['fingerprint']),
    name: String(row['name']),
    severity: text('severity'),
    summary: text('summary'),
    labels: fromJson(String(row['labels'])),
    sourceUrl: text('source_url'),
    startsAt: time('starts_at') ?? '',
    endsAt: time('ends_at'),
    heardAt: time('heard_at') ?? '',
    outcome: String(row['outcome']) as AlertOutcome,
    why: text('why'),
    told: told === null ? null : (fromJson(told) as AlertSymptom),
    raisedFor: time('raised_for'),
  };
}
