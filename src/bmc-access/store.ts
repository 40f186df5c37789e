import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { newId } from '../core/id.ts';
import { fromJson } from '../core/json.ts';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';

/** What is under way and what is known at one BMC. Times are ISO 8601. */
export interface BmcAccess {
  assetId: string;
  /** Of the event that asked for the last rotation. */
  requestId: string | null;
  /** A new password that may hold already; null: none is under way. */
  pendingUsername: string | null;
  pendingSealed: string | null;
  pendingAt: string | null;
  /** How often it was sent. */
  sends: number;
  /** Null: it was never sent, so that it certainly does not hold. */
  sentAt: string | null;
  /** When a login was refused, or may have been. */
  tries: string[];
  /** How often both passwords were refused. */
  rounds: number;
  lockoutThreshold: number | null;
  lockoutSeconds: number | null;
  /** The account to switch off once ours works. */
  retireUsername: string | null;
  askedAt: string | null;
  rotatedAt: string | null;
  failure: string | null;
}

const TIMES = new Set(['pendingAt', 'sentAt', 'askedAt', 'rotatedAt']);

export async function accessOf(db: Knex, assetId: string): Promise<BmcAccess | undefined> {
  const [row] = await db('bmc_access').where({ asset_id: assetId }).select('*');
  return row === undefined ? undefined : toAccess(row);
}

/** The row, made where there is none; nobody else changes it before this transaction ends. */
export async function lockAccess(db: Knex.Transaction, assetId: string): Promise<BmcAccess> {
  await db.raw(
    `INSERT INTO bmc_access (asset_id, tries) VALUES (?, '[]') ON DUPLICATE KEY UPDATE asset_id = asset_id`,
    [assetId],
  );
  const [row] = await db('bmc_access').where({ asset_id: assetId }).forUpdate().select('*');
  return toAccess(row);
}

/** `undefined` leaves, `null` clears. */
export async function saveAccess(
  db: Knex.Transaction,
  assetId: string,
  { tries, ...changes }: Partial<Omit<BmcAccess, 'assetId'>>,
): Promise<void> {
  const row = toRow({ ...changes, ...(tries === undefined ? {} : { tries: JSON.stringify(tries) }) }, TIMES);
  await db('bmc_access').where({ asset_id: assetId }).update(row);
}

/** Nothing of it is used from now on. `held`: it was the one that worked. */
export async function retirePassword(
  db: Knex.Transaction,
  password: { assetId: string; username: string; sealed: string; held: boolean; at: Date },
): Promise<void> {
  const { assetId, username, sealed, held, at } = password;
  const row = { asset_id: assetId, username, sealed, held, sealed_sha256: digestOf(sealed), retired_at: toSql(at) };
  await db('bmc_passwords').insert({ id: newId(), ...row });
}

export async function isRetired(db: Knex, assetId: string, sealed: string): Promise<boolean> {
  const rows = await db('bmc_passwords')
    .where({ asset_id: assetId, sealed_sha256: digestOf(sealed), held: true })
    .limit(1)
    .select('id');
  return rows.length > 0;
}

export interface RetiredPassword {
  username: string;
  sealed: string;
  held: boolean;
  retiredAt: string;
}

/** The last ones first. Without those whose secret is gone. */
export async function retiredPasswords(db: Knex, assetId: string, limit: number): Promise<RetiredPassword[]> {
  const rows: Record<string, unknown>[] = await db('bmc_passwords')
    .where({ asset_id: assetId })
    .whereNotNull('sealed')
    .orderBy('retired_at', 'desc')
    .limit(limit)
    .select('*');
  return rows.map((row) => ({
    username: String(row['username']),
    sealed: String(row['sealed']),
    held: Boolean(row['held']),
    retiredAt: toIso(String(row['retired_at'])),
  }));
}

/** @returns how many secrets went */
export async function forgetRetiredBefore(db: Knex, before: Date): Promise<number> {
  return db('bmc_passwords').where('retired_at', '<', toSql(before)).whereNotNull('sealed').update({ sealed: null });
}

/** Servers whose BMC has had its password for longer than that, or never got one from the hub, and of which none is asked for. Oldest first. */
export async function withOldPassword(
  db: Knex,
  { rotatedBefore, askedBefore, limit }: { rotatedBefore: Date; askedBefore: Date; limit: number },
): Promise<string[]> {
  const rows: { id: string }[] = await db('assets')
    .leftJoin('bmc_access', 'bmc_access.asset_id', 'assets.id')
    .whereNotNull('assets.bmc_address')
    .whereNull('assets.merged_into')
    .whereNot('assets.lifecycle_state', 'DECOMMISSIONED')
    .where((any) => any.whereNull('bmc_access.rotated_at').orWhere('bmc_access.rotated_at', '<', toSql(rotatedBefore)))
    .where((any) => any.whereNull('bmc_access.asked_at').orWhere('bmc_access.asked_at', '<', toSql(askedBefore)))
    .orderByRaw('bmc_access.rotated_at IS NOT NULL, bmc_access.rotated_at, assets.id')
    .limit(limit)
    .select('assets.id');
  return rows.map(({ id }) => id);
}

function toAccess(row: Record<string, unknown>): BmcAccess {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const number = (column: string): number | null => (row[column] === null ? null : Number(row[column]));
  return {
    assetId: String(row['asset_id']),
    requestId: text('request_id'),
    pendingUsername: text('pending_username'),
    pendingSealed: text('pending_sealed'),
    pendingAt: toIsoOrNull(text('pending_at')),
    sends: Number(row['sends']),
    sentAt: toIsoOrNull(text('sent_at')),
    tries: fromJson<string[]>(row['tries']),
    rounds: Number(row['rounds']),
    lockoutThreshold: number('lockout_threshold'),
    lockoutSeconds: number('lockout_seconds'),
    retireUsername: text('retire_username'),
    askedAt: toIsoOrNull(text('asked_at')),
    rotatedAt: toIsoOrNull(text('rotated_at')),
    failure: text('failure'),
  };
}

const digestOf = (sealed: string): Buffer => createHash('sha256').update(sealed).digest();
