import type { Knex } from 'knex';
import { toIsoOrNull, toIso, toSql } from '../core/time.ts';
import type { Mode } from './model.ts';

/** How the hub stands to a system that it compares itself with. */
export interface ConnectionState {
  system: string;
  mode: Mode;
  /** Of the mappings that a look at everything went through the brakes with, or that a person took on; hex. */
  mappingHash: string | null;
  /** Why nothing is written by itself at the moment; null: nothing holds it. */
  heldReason: string | null;
  /** What was written before it does not count for the brakes any more. */
  releasedAt: string | null;
  changeCursor: string | null;
  changesReadAt: string | null;
  comparedAt: string | null;
  updatedAt: string | null;
  updatedBy: string | null;
  version: number;
}

export async function findConnection(db: Knex, system: string): Promise<ConnectionState> {
  const [row] = await db('reconcile_connections').where({ system_id: system }).select('*');
  return row ? toConnection(row) : untouched(system);
}

/** Locked, and there. */
export async function lockConnection(db: Knex.Transaction, system: string, now: Date): Promise<ConnectionState> {
  await db.raw(
    `INSERT INTO reconcile_connections (system_id, mode, updated_at, updated_by) VALUES (?, 'dry-run', ?, 'system')
     ON DUPLICATE KEY UPDATE system_id = VALUES(system_id)`,
    [system, toSql(now)],
  );
  const [row] = await db('reconcile_connections').where({ system_id: system }).forUpdate().select('*');
  return toConnection(row);
}

export async function updateConnection(
  db: Knex,
  system: string,
  changes: Partial<Omit<ConnectionState, 'system' | 'version' | 'updatedAt'>>,
  now: Date,
): Promise<void> {
  const columns: Record<string, unknown> = {};
  const time = (value: string | null | undefined) => (value === undefined || value === null ? value : toSql(value));
  if (changes.mode !== undefined) columns['mode'] = changes.mode;
  if (changes.mappingHash !== undefined)
    columns['mapping_hash'] = changes.mappingHash === null ? null : Buffer.from(changes.mappingHash, 'hex');
  if (changes.heldReason !== undefined) columns['held_reason'] = changes.heldReason?.slice(0, 1000) ?? null;
  if (changes.releasedAt !== undefined) columns['released_at'] = time(changes.releasedAt);
  if (changes.changeCursor !== undefined) columns['change_cursor'] = changes.changeCursor;
  if (changes.changesReadAt !== undefined) columns['changes_read_at'] = time(changes.changesReadAt);
  if (changes.comparedAt !== undefined) columns['compared_at'] = time(changes.comparedAt);
  if (changes.updatedBy !== undefined)
    Object.assign(columns, { updated_by: changes.updatedBy, updated_at: toSql(now), version: db.raw('version + 1') });
  if (Object.keys(columns).length === 0) return;
  await db('reconcile_connections').where({ system_id: system }).update(columns);
}

function untouched(system: string): ConnectionState {
  return {
    system,
    mode: 'dry-run',
    mappingHash: null,
    heldReason: null,
    releasedAt: null,
    changeCursor: null,
    changesReadAt: null,
    comparedAt: null,
    updatedAt: null,
    updatedBy: null,
    version: 0,
  };
}

function toConnection(row: Record<string, unknown>): ConnectionState {
  const hash = row['mapping_hash'];
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const time = (column: string): string | null => toIsoOrNull(text(column));
  return {
    system: String(row['system_id']),
    mode: row['mode'] as Mode,
    mappingHash: Buffer.isBuffer(hash) ? hash.toString('hex') : null,
    heldReason: text('held_reason'),
    releasedAt: time('released_at'),
    changeCursor: text('change_cursor'),
    changesReadAt: time('changes_read_at'),
    comparedAt: time('compared_at'),
    updatedAt: toIso(String(row['updated_at'])),
    updatedBy: text('updated_by'),
    version: Number(row['version']),
  };
}
