import type { Ctx } from '../core/ctx.ts';
import { fromMomentOrNull } from './moment.ts';

/** The slot of a server where a part is, or was last; undefined where it was never seen there. */
export async function lastSlotAt(
  ctx: Ctx,
  { componentId, assetId }: { componentId: string; assetId: string },
): Promise<{ slot: string | null; removedAt: string | null } | undefined> {
  const rows: { slot: string | null; removed_at: string | null }[] = await ctx
    .db('installations')
    .where({ component_id: componentId, asset_id: assetId })
    .orderBy('installed_at', 'desc')
    .limit(1)
    .select('slot', 'removed_at');
  const [row] = rows;
  return row && { slot: row.slot, removedAt: fromMomentOrNull(row.removed_at) };
}
