import type { Ctx } from '../core/ctx.ts';
import { findCandidates, type StockCandidate } from './candidate-reads.ts';
import { type Choice, chooseSpare, type Wish } from './choose-spare.ts';
import { readWish, type SpareWanted } from './part-reads.ts';
import { withinAll } from './shelf-reads.ts';
import { spareRules } from './spare-rules.ts';
import { suggestReorder } from './suggest-reorder.ts';

export interface FoundSpares {
  wish: Wish;
  choice: Choice<StockCandidate>;
  reorder: { lotCode: string; quantity: number } | null;
}

/** The choice as a reservation would make it, with everything that was looked at and why; nothing is kept. */
export async function findSpares(ctx: Ctx, want: SpareWanted): Promise<FoundSpares> {
  const wish = await readWish(ctx, want);
  const { part, siteIds } = wish;
  const candidates = await findCandidates(ctx, {
    lotId: part.lot?.id ?? null,
    kind: part.kind,
    locationIds: await withinAll(ctx, siteIds),
    withUnusable: true,
  });
  const choice = chooseSpare(spareRules, wish, candidates);
  const reorder =
    choice.takeable.length > 0 || part.lot === null
      ? null
      : await suggestReorder(ctx, { lot: part.lot, siteIds, needed: 1 });
  return { wish, choice, reorder };
}
