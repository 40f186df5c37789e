import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { HealthReport } from '../ports/bmc-health.ts';

/** What a BMC said of its server's health the last time that it answered, and whether it has answered since. */
export interface HealthReading {
  assetId: string;
  askedAt: string;
  /** Polls without an answer since the last one that was answered. */
  failures: number;
  /** Why the last one was not answered; null: it was. */
  failure: string | null;
  answeredAt: string | null;
  /** Null: it has never answered. */
  report: HealthReport | null;
}

export interface PlacedReading extends HealthReading {
  name: string | null;
  serial: string | null;
  site: string | null;
  rack: string | null;
}

function toReading(row: Record<string, unknown>): HealthReading {
  return {
    assetId: String(row['asset_id']),
    askedAt: toIso(String(row['asked_at'])),
    failures: Number(row['failures']),
    failure: row['failure'] === null ? null : String(row['failure']),
    answeredAt: toIsoOrNull(row['answered_at'] as string | null),
    report: fromJsonOrNull(row['report'] as string | null),
  };
}

export async function saveAnswer(db: Knex.Transaction, assetId: string, report: HealthReport): Promise<void> {
  const at = toSql(report.collectedAt);
  const columns = { asked_at: at, answered_at: at, failures: 0, failure: null, report: JSON.stringify(report) };
  await db('bmc_health')
    .insert({ asset_id: assetId, ...columns })
    .onConflict('asset_id')
    .merge(columns);
}

/** What it last said stays, with when that was. */
export async function saveSilence(
  db: Knex.Transaction,
  silence: { assetId: string; at: string; why: string },
): Promise<void> {
  const columns = { asked_at: toSql(silence.at), failure: silence.why.slice(0, 1000) };
  await db('bmc_health')
    .insert({ asset_id: silence.assetId, ...columns, failures: 1 })
    .onConflict('asset_id')
    .merge({ ...columns, failures: db.raw('bmc_health.failures + 1') });
}

export async function readingOf(db: Knex, assetId: string): Promise<HealthReading | null> {
  const [row] = await db('bmc_health').where({ asset_id: assetId }).select('*');
  return row === undefined ? null : toReading(row);
}

export interface Part {
  part: number;
  parts: number;
}

/** The servers that are polled, in one part of so many: each is in one, and always in the same. Those that are gone are in none. */
export async function polledIds(db: Knex, { part, parts }: Part = { part: 0, parts: 1 }): Promise<string[]> {
  const query = db('bmc_polls').where({ kind: 'health' }).orderBy('asset_id');
  if (parts > 1) void query.whereRaw('CRC32(asset_id) % ? = ?', [parts, part]);
  const rows: { asset_id: string }[] = await query.select('asset_id');
  return rows.map(({ asset_id: id }) => id);
}

export async function readingsOf(db: Knex, ids: readonly string[]): Promise<PlacedReading[]> {
  const rows: Record<string, unknown>[] = await db('bmc_health')
    .join('assets', 'assets.id', 'bmc_health.asset_id')
    .whereIn('bmc_health.asset_id', [...ids])
    .orderBy('bmc_health.asset_id')
    .select('bmc_health.*', 'assets.name', 'assets.vendor_serial', 'assets.site', 'assets.rack');
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return rows.map((row) => ({
    ...toReading(row),
    name: text(row['name']),
    serial: text(row['vendor_serial']),
    site: text(row['site']),
    rack: text(row['rack']),
  }));
}

/** The BMCs' own addresses, with what tells the servers apart; in the order of their ids. */
export async function targetsAfter(db: Knex, after: string | null, limit: number) {
  const query = db('assets')
    .whereNotNull('bmc_address')
    .whereNull('merged_into')
    .whereNot('lifecycle_state', 'DECOMMISSIONED')
    .orderBy('id')
    .limit(limit);
  if (after !== null) void query.where('id', '>', after);
  const rows: Record<'id' | 'bmc_address' | 'name' | 'vendor_serial' | 'site' | 'rack', string | null>[] =
    await query.select('id', 'bmc_address', 'name', 'vendor_serial', 'site', 'rack');
  return rows.map(({ id, bmc_address: address, name, vendor_serial: serial, site, rack }) => ({
    ...{ asset: id ?? '', address: address ?? '', name: name ?? serial, serial, site, rack },
  }));
}
