import type { Knex } from 'knex';
import { toIso, toSql } from '../core/time.ts';

/** A restart that was announced. */
export interface Restart {
  /** Whose it is: of one request or step, and of no other. */
  claim: string;
  announcedAt: string;
}

/** Nobody else announces anything to this server until the transaction has ended. */
export async function lockRestart(db: Knex.Transaction, assetId: string): Promise<Restart | null> {
  // Not `ignore`: that takes a shared lock of a row that exists, and two of them would wait for each other.
  await db('server_restarts').insert({ asset_id: assetId }).onConflict('asset_id').merge(['asset_id']);
  const [row] = await db('server_restarts').where({ asset_id: assetId }).forUpdate().select('*');
  return toRestart(row);
}

export async function restartOf(db: Knex, assetId: string): Promise<Restart | null> {
  const [row] = await db('server_restarts').where({ asset_id: assetId }).select('*');
  return toRestart(row);
}

export async function saveRestart(db: Knex.Transaction, assetId: string, restart: Restart | null): Promise<void> {
  await db('server_restarts')
    .where({ asset_id: assetId })
    .update({ claim: restart?.claim ?? null, announced_at: restart === null ? null : toSql(restart.announcedAt) });
}

function toRestart(row: Record<string, unknown> | undefined): Restart | null {
  if (row === undefined || row['claim'] === null) return null;
  return { claim: String(row['claim']), announcedAt: toIso(String(row['announced_at'])) };
}
