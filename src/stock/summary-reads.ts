import type { Ctx } from '../core/ctx.ts';
import { findLot } from '../lots/reads.ts';
import { findPlaces } from '../locations/reads.ts';
import { levelsOf } from './level-reads.ts';
import { type Condition, isUsable } from './model.ts';
import { findShelves } from './shelf-reads.ts';

/** What there is of a lot at a site. Usable: NEW, TESTED, REFURBISHED. */
export interface StockSum {
  lotId: string | null;
  lot: string | null;
  kind: string;
  siteId: string | null;
  /** null: in no datacenter, or not shelved yet. */
  site: string | null;
  onHand: number;
  reserved: number;
  available: number;
  unusable: number;
  min: number | null;
  target: number | null;
  /** What to order to fill it up to the target; 0 where it is not below the minimum. */
  reorder: number;
}

/** By site and lot; a lot that a site shall have is there with 0, too. */
export async function stockSummary(
  ctx: Ctx,
  want: { lotId?: string | undefined; kind?: string | undefined; site?: string | undefined },
): Promise<StockSum[]> {
  const query = ctx
    .db('stock_items')
    .where('quantity', '>', 0)
    .groupBy('lot_id', 'kind', 'location_id', 'grade')
    .select('lot_id', 'kind', 'location_id', 'grade')
    .sum({ quantity: 'quantity', reserved: 'reserved' });
  if (want.lotId !== undefined) void query.where({ lot_id: want.lotId });
  if (want.kind !== undefined) void query.where({ kind: want.kind });
  const rows = (await query) as Record<string, unknown>[];
  const text = (value: unknown): string | null => (value === null ? null : String(value));
  const shelves = await findShelves(
    ctx,
    rows.map((row) => text(row['location_id'])),
  );
  const sums = new Map<string, StockSum>();
  const sumOf = (key: Pick<StockSum, 'lotId' | 'kind' | 'siteId' | 'site'>): StockSum => {
    const name = `${key.lotId ?? key.kind} ${key.siteId}`;
    const known = sums.get(name) ?? {
      ...{ ...key, lot: null, onHand: 0, reserved: 0, available: 0, unusable: 0, min: null, target: null, reorder: 0 },
    };
    sums.set(name, known);
    return known;
  };
  for (const row of rows) {
    const shelf = shelves.get(text(row['location_id']) ?? '');
    const sum = sumOf({
      ...{ lotId: text(row['lot_id']), kind: String(row['kind']) },
      ...{ siteId: shelf?.siteId ?? null, site: shelf?.site ?? null },
    });
    const quantity = Number(row['quantity']);
    if (isUsable(row['grade'] as Condition)) sum.onHand += quantity;
    else sum.unusable += quantity;
    sum.reserved += Number(row['reserved']);
  }
  const levels = await levelsOf(ctx, { lotId: want.lotId });
  const sites = await findPlaces(
    ctx,
    levels.map(({ siteId }) => siteId),
  );
  const lotIds = [...new Set([...[...sums.values()].map(({ lotId }) => lotId), ...levels.map(({ lotId }) => lotId)])];
  const lots = new Map(
    await Promise.all(
      lotIds.flatMap((id) => (id === null ? [] : [findLot(ctx, id).then((lot) => [id, lot] as const)])),
    ),
  );
  for (const { lotId, siteId, min, target } of levels) {
    const kind = lots.get(lotId)?.kind;
    if (kind === undefined || (want.kind !== undefined && kind !== want.kind)) continue;
    Object.assign(sumOf({ lotId, kind, siteId, site: sites.get(siteId)?.site ?? null }), { min, target });
  }
  const all = [...sums.values()].map((sum): StockSum => {
    const available = Math.max(0, sum.onHand - sum.reserved);
    const isBelow = sum.min !== null && available < sum.min;
    const lot = lots.get(sum.lotId ?? '')?.code ?? null;
    return { ...sum, lot, available, reorder: isBelow ? (sum.target ?? 0) - available : 0 };
  });
  const order = (sum: StockSum): string => `${sum.site ?? '\uffff'} ${sum.lot ?? `~${sum.kind}`}`;
  return all
    .filter(({ site }) => want.site === undefined || site === want.site)
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}
