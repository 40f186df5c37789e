import type { Ctx } from '#src/core/ctx.ts';
import { findItem } from '#src/stock/item-reads.ts';
import { pieceIdsOf } from '#src/stock/store.ts';

/** Until when a part is under warranty, as the stock that it once was knows it; null: not known. */
export async function warrantyOf(
  ctx: Ctx,
  part: { componentId: string | null; serial: string | null },
): Promise<string | null> {
  for (const id of await pieceIdsOf(ctx.db, part)) {
    const item = await findItem(ctx, id);
    if (item?.warrantyUntil) return item.warrantyUntil;
  }
  return null;
}
