import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { fromJson, fromJsonOrNull } from '../core/json.ts';
import type { Candidate } from './choose-spare.ts';
import type { Facts } from './model.ts';
import { findShelves, type Shelf } from './shelf-reads.ts';
import { type StockItem, toItem } from './store.ts';

export type StockCandidate = Candidate & { item: StockItem; shelf: Shelf | null };

/** More of one kind than anybody has at one site; beyond it the oldest are looked at. */
const HERE_AT_MOST = 2000;
const ELSEWHERE_AT_MOST = 500;

/**
 * What may be looked at: at these locations the free ones of the lot, then of the kind; elsewhere free ones of the lot, then of the kind.
 * Read without locks: whoever takes one looks again under its lock.
 */
export async function findCandidates(
  ctx: Ctx,
  want: { lotId: string | null; kind: string | null; locationIds: readonly string[]; withUnusable: boolean },
): Promise<StockCandidate[]> {
  const rows = new Map<string, Record<string, unknown>>();
  const read = async (limit: number, narrow: (query: Knex.QueryBuilder) => void): Promise<void> => {
    const query = withFacts(ctx.db).limit(limit).orderBy(['stock_items.received_at', 'stock_items.id']);
    if (want.withUnusable) void query.where('stock_items.quantity', '>', 0);
    else void query.where('stock_items.is_free', 1);
    narrow(query);
    for (const row of await query) rows.set(String(row['id']), row);
  };
  const { lotId, kind, locationIds } = want;
  const here = (query: Knex.QueryBuilder): void => void query.whereIn('stock_items.location_id', locationIds);
  const there = (query: Knex.QueryBuilder): void =>
    void query.where((any) =>
      any.whereNotIn('stock_items.location_id', locationIds).orWhereNull('stock_items.location_id'),
    );
  for (const [where, limit] of [
    [here, HERE_AT_MOST],
    [there, ELSEWHERE_AT_MOST],
  ] as const) {
    if (lotId !== null) await read(limit, (query) => where(query.where('stock_items.lot_id', lotId)));
    if (kind !== null) await read(limit, (query) => where(query.where('stock_items.kind', kind)));
  }
  return described(ctx, [...rows.values()]);
}

async function described(ctx: Ctx, rows: readonly Record<string, unknown>[]): Promise<StockCandidate[]> {
  const items = rows.map((row) => ({ row, item: toItem(row) }));
  const shelves = await findShelves(
    ctx,
    items.map(({ item }) => item.locationId),
  );
  return items.map(({ row, item }) => {
    const shelf = shelves.get(item.locationId ?? '') ?? null;
    return {
      id: item.id,
      kind: item.kind,
      lot: item.lotId === null ? null : { id: item.lotId, code: String(row['lot_code']) },
      vendor: item.vendor,
      model: item.model,
      partNumber: item.partNumber,
      facts: factsOf(row, item.facts),
      condition: item.condition,
      free: item.quantity - item.reserved,
      receivedAt: item.receivedAt,
      warrantyUntil: item.warrantyUntil,
      site: shelf?.site ?? null,
      way: shelf?.way ?? [],
      item,
      shelf,
    };
  });
}

/** What was seen of a part, then what its lot says, then what people said of it: the last one counts. */
function factsOf(row: Record<string, unknown>, said: Facts): Facts {
  const attributes = fromJsonOrNull<Record<string, unknown>>(row['attributes']) ?? {};
  const seen = Object.entries(attributes).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  ) as [string, Facts[string]][];
  const ofLot = row['lot_facts'] === null ? {} : fromJson<Facts>(row['lot_facts']);
  return { ...Object.fromEntries(seen), ...ofLot, ...said };
}

function withFacts(db: Knex): Knex.QueryBuilder<Record<string, unknown>, Record<string, unknown>[]> {
  return db('stock_items')
    .leftJoin('lots', 'lots.id', 'stock_items.lot_id')
    .leftJoin('components', 'components.id', 'stock_items.component_id')
    .select('stock_items.*', { lot_code: 'lots.code', lot_facts: 'lots.facts', attributes: 'components.attributes' });
}
