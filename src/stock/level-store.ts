import type { Knex } from 'knex';
import { toIso, toSql } from '../core/time.ts';

export interface StockLevel {
  lotId: string;
  siteId: string;
  min: number;
  target: number;
  updatedAt: string;
  updatedBy: string;
}

export async function saveLevel(db: Knex.Transaction, level: StockLevel): Promise<void> {
  const fresh = {
    min_quantity: level.min,
    target_quantity: level.target,
    updated_at: toSql(level.updatedAt),
    updated_by: level.updatedBy.slice(0, 120),
  };
  await db('stock_levels')
    .insert({ lot_id: level.lotId, site_id: level.siteId, ...fresh })
    .onConflict()
    .merge(fresh);
}

export async function lockLevel(db: Knex.Transaction, lotId: string, siteId: string): Promise<StockLevel | undefined> {
  const [row] = await db('stock_levels').where({ lot_id: lotId, site_id: siteId }).forUpdate().select('*');
  return row && toLevel(row);
}

export async function deleteLevel(db: Knex.Transaction, lotId: string, siteId: string): Promise<void> {
  await db('stock_levels').where({ lot_id: lotId, site_id: siteId }).delete();
}

export function toLevel(row: Record<string, unknown>): StockLevel {
  return {
    lotId: String(row['lot_id']),
    siteId: String(row['site_id']),
    min: Number(row['min_quantity']),
    target: Number(row['target_quantity']),
    updatedAt: toIso(String(row['updated_at'])),
    updatedBy: String(row['updated_by']),
  };
}
