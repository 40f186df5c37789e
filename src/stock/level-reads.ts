import type { Ctx } from '../core/ctx.ts';
import { type StockLevel, toLevel } from './level-store.ts';
import { withinAll } from './shelf-reads.ts';

export type { StockLevel };

export async function levelsOf(
  ctx: Ctx,
  want: { lotId?: string | undefined; siteIds?: readonly string[] | undefined },
): Promise<StockLevel[]> {
  const query = ctx.db('stock_levels').orderBy(['site_id', 'lot_id']);
  if (want.lotId !== undefined) void query.where({ lot_id: want.lotId });
  if (want.siteIds !== undefined) void query.whereIn('site_id', want.siteIds);
  return (await query.select('*')).map(toLevel);
}

/** Usable and not reserved, of a lot, at these sites. */
export async function freeOfLot(ctx: Ctx, lotId: string, siteIds: readonly string[]): Promise<number> {
  const locationIds = await withinAll(ctx, siteIds);
  const [row] = await ctx
    .db('stock_items')
    .where({ lot_id: lotId, is_free: 1 })
    .whereIn('location_id', locationIds)
    .sum({ free: ctx.db.raw('quantity - reserved') });
  return Number(row?.['free'] ?? 0);
}
