import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import type { Classify } from '../classify.ts';
import { codesOf, lockPage, placeComponents, type PlacedPart } from '../component-store.ts';
import { componentReclassified } from '../events.ts';
import { type Placement, placementOf } from '../model.ts';
import { ensureLots, type NewLot } from './ensure-lots.ts';

export interface Reclassification {
  looked: number;
  /** Those whose lot is another now. */
  changed: number;
}

/**
 * After the rules changed: every component that no person classified, page by page, each page in a transaction of its own. Running it
 * again changes nothing; running it half leaves the rest as it was.
 */
export async function reclassifyComponents(
  ctx: Ctx,
  classify: Classify,
  options: { pageSize?: number } = {},
): Promise<Reclassification> {
  const limit = options.pageSize ?? 500;
  const done: Reclassification = { looked: 0, changed: 0 };
  let after: string | null = null;
  for (;;) {
    ctx.signal.throwIfAborted();
    const from = after;
    const page: { looked: number; changed: number; last: string | null } = await tx(ctx, (inside) =>
      reclassifyPage(inside, classify, from, limit),
    );
    done.looked += page.looked;
    done.changed += page.changed;
    if (page.last === null || page.looked < limit) return done;
    after = page.last;
  }
}

async function reclassifyPage(
  inside: TxCtx,
  classify: Classify,
  after: string | null,
  limit: number,
): Promise<{ looked: number; changed: number; last: string | null }> {
  const parts = await lockPage(inside.db, after, limit);
  const found = parts.map((part) => ({ part, found: classify(part) }));
  const differing = found.filter((one) => !isAlike(one.part, placementOf(one.found)));
  const lots = differing.flatMap(({ part, found: { lot, ...rest } }): NewLot[] =>
    lot !== null && 'facts' in rest ? [{ kind: part.kind, lot, title: rest.title, facts: rest.facts }] : [],
  );
  await ensureLots(inside, lots);
  const before = await codesOf(
    inside.db,
    differing.flatMap(({ part }) => part.lotId ?? []),
  );
  // Most of a page go the same way.
  const ways = Map.groupBy(differing, (one) => JSON.stringify(placementOf(one.found)));
  for (const alike of ways.values()) {
    const [first] = alike;
    const ids = alike.map(({ part }) => part.id);
    if (first) await placeComponents(inside.db, ids, placementOf(first.found));
  }
  let changed = 0;
  for (const { part, found: is } of differing) {
    const placement = placementOf(is);
    // Another rule, or another thing missing, is no other lot.
    if (placement.lotId === part.lotId) continue;
    changed += 1;
    await sayReclassified(inside, part, {
      from: part.lotId === null ? null : (before.get(part.lotId) ?? null),
      to: is.lot,
      rule: placement.lotRule,
      missing: is.lot === null ? is.missing : [],
      reason: null,
    });
  }
  return { looked: parts.length, changed, last: parts.at(-1)?.id ?? null };
}

function isAlike(a: Placement, b: Placement): boolean {
  return a.lotId === b.lotId && a.lotRule === b.lotRule && a.lotMissing === b.lotMissing;
}

export async function sayReclassified(
  inside: TxCtx,
  part: PlacedPart,
  data: { from: string | null; to: string | null; rule: string | null; missing: string[]; reason: string | null },
): Promise<void> {
  await append(inside, componentReclassified, {
    subject: { type: 'component', id: part.id },
    related: part.assetId === null ? [] : [{ type: 'asset', id: part.assetId }],
    data,
  });
}
