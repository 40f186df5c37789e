import type { Ctx } from '../core/ctx.ts';
import { freeOfLot, levelsOf } from './level-reads.ts';

/**
 * How many of a lot to order for a site: up to the site's target where it is below its minimum, else as many as are needed now. Null where
 * nothing is needed.
 * @param want.needed that are wanted now and are not there
 */
export async function suggestReorder(
  ctx: Ctx,
  want: { lot: { id: string; code: string }; siteIds: readonly string[]; needed: number },
): Promise<{ lotCode: string; quantity: number } | null> {
  const levels = await levelsOf(ctx, { lotId: want.lot.id, siteIds: want.siteIds });
  const min = sum(levels.map((level) => level.min));
  const target = sum(levels.map((level) => level.target));
  const free = (await freeOfLot(ctx, want.lot.id, want.siteIds)) - want.needed;
  const quantity = Math.max(free < min ? target - free : 0, want.needed);
  return quantity > 0 ? { lotCode: want.lot.code, quantity } : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
