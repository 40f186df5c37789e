import type { Ctx } from '../core/ctx.ts';
import { findLot, type Lot } from '../lots/reads.ts';

/** By id or code. */
export async function findLotNamed(ctx: Ctx, lot: string): Promise<Lot | undefined> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(lot)) return findLot(ctx, lot);
  const [row] = await ctx.db('lots').where({ code: lot }).select('id');
  return row ? findLot(ctx, String(row.id)) : undefined;
}
