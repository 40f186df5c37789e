import type { Knex } from 'knex';
import { canonicalJson, fromJson } from '../core/json.ts';
import { sha256 } from '../core/id.ts';
import { insertRows } from '../core/insert-rows.ts';
import { isDuplicate } from '../core/tx.ts';
import type { Moment } from './derive/look.ts';

export interface BundleRow {
  sha256: string;
  receivedAt: Moment;
  bytes: number;
  report: KeptReport;
}

/** What is kept about a bundle's content. Equal ones are one row, so nothing in it names a time or the bundle itself. */
export interface KeptReport {
  files: {
    path: string;
    bytes: number;
    format: string | null;
    readings: number;
    components: number;
    withSerial: number;
    warnings: string[];
  }[];
  warnings: string[];
  /** What the uploader said about it; null where nothing was said. */
  hint: { assetId: string | null; collectedAt: string | null; fileName: string | null; uploadedBy: string | null };
  snapshots: KeptSnapshot[];
}

export interface KeptSnapshot {
  source: string;
  scope: string[];
  components: number;
  identified: number;
  /** Of the evidence that it shows. */
  card: string;
  evidence: string[];
  warnings: string[];
}

/** @returns the ids of those that are new; the others are known already, from before or from somebody who was faster */
export async function insertBundles(db: Knex.Transaction, bundles: readonly BundleRow[]): Promise<Map<string, number>> {
  for (let attempt = 1; ; attempt += 1) {
    const known = await knownBundles(
      db,
      bundles.map((bundle) => bundle.sha256),
    );
    const fresh = bundles.filter((bundle) => !known.has(bundle.sha256));
    if (fresh.length === 0) return new Map();
    const reports = await ensureReports(
      db,
      fresh.map(({ report }) => canonicalJson(report)),
    );
    try {
      await insertRows(
        db,
        'log_bundles',
        ['sha256', 'received_at', 'bytes', 'report_id'],
        fresh
          .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
          .map((bundle) => [
            Buffer.from(bundle.sha256, 'hex'),
            bundle.receivedAt,
            bundle.bytes,
            reports.get(canonicalJson(bundle.report)),
          ]),
      );
      const ids = await knownBundles(
        db,
        fresh.map((bundle) => bundle.sha256),
      );
      return new Map([...ids].filter(([sha]) => !known.has(sha)));
    } catch (error) {
      if (!isDuplicate(error) || attempt === 3) throw error;
    }
  }
}

async function knownBundles(db: Knex, shas: readonly string[]): Promise<Map<string, number>> {
  const rows: { id: number; sha256: Buffer }[] = await db('log_bundles')
    .whereIn(
      'sha256',
      shas.map((sha) => Buffer.from(sha, 'hex')),
    )
    .select('id', 'sha256');
  return new Map(rows.map((row) => [row.sha256.toString('hex'), row.id]));
}

async function ensureReports(db: Knex.Transaction, bodies: readonly string[]): Promise<Map<string, number>> {
  const byHash = new Map(bodies.map((body) => [sha256(body).slice(0, 32), body]));
  const find = async () => {
    const rows: { id: number; hash: Buffer }[] = await db('bundle_reports')
      .whereIn(
        'hash',
        [...byHash.keys()].map((hash) => Buffer.from(hash, 'hex')),
      )
      .select('id', 'hash');
    return new Map(rows.map((row) => [row.hash.toString('hex'), Number(row.id)]));
  };
  let ids = await find();
  const missing = [...byHash.keys()].filter((hash) => !ids.has(hash)).toSorted();
  if (missing.length > 0) {
    await insertRows(
      db,
      'bundle_reports',
      ['hash', 'body'],
      missing.map((hash) => [Buffer.from(hash, 'hex'), byHash.get(hash)]),
      'id = id',
    );
    ids = await find();
  }
  return new Map([...byHash].map(([hash, body]) => [body, ids.get(hash) ?? 0]));
}

export function toBundleRow(row: Record<string, unknown>): BundleRow {
  return {
    sha256: (row['sha256'] as Buffer).toString('hex'),
    receivedAt: String(row['received_at']),
    bytes: Number(row['bytes']),
    report: fromJson(row['body']),
  };
}

/** Whoever is about to read it otherwise than before. */
export async function lockBundle(db: Knex.Transaction, bundleId: number): Promise<void> {
  await db('log_bundles').where({ id: bundleId }).forUpdate().select('id');
}

/** What is read in it now is not what was read before. */
export async function replaceReport(db: Knex.Transaction, bundleId: number, report: KeptReport): Promise<void> {
  const body = canonicalJson(report);
  const ids = await ensureReports(db, [body]);
  await db('log_bundles')
    .where({ id: bundleId })
    .update({ report_id: ids.get(body) ?? 0 });
}
