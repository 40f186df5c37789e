import type { Knex } from 'knex';
import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { withinLocation } from '../locations/reads.ts';
import { findShelves, type Shelf, sitesNamed, withinAll } from './shelf-reads.ts';
import type { Condition } from './model.ts';
import { type Movement, type StockItem, toItem, toMovement } from './store.ts';

export type { StockItem };

export async function findItem(ctx: Ctx, id: string): Promise<StockItem | undefined> {
  const [row] = await ctx.db('stock_items').where({ id }).select('*');
  return row ? toItem(row) : undefined;
}

/** An item with the names of its lot and its place. */
export type ShownItem = StockItem & { lotCode: string | null; shelf: Shelf | null };

export const STOCK_ORDER: SortColumns<ShownItem> = {
  received_at: { column: 'stock_items.received_at', kind: 'time', of: (item) => item.receivedAt },
  updated_at: { column: 'stock_items.updated_at', kind: 'time', of: (item) => item.updatedAt },
  lot: { column: 'lots.code', kind: 'text', of: (item) => item.lotCode },
  kind: { column: 'stock_items.kind', kind: 'text', of: (item) => item.kind },
  serial: { column: 'stock_items.serial', kind: 'text', of: (item) => item.serial },
  condition: { column: 'stock_items.grade', kind: 'text', of: (item) => item.condition },
  warranty_until: { column: 'stock_items.warranty_until', kind: 'time', of: (item) => item.warrantyUntil },
};

export interface ItemFilter {
  /** By id or code. */
  lot?: string | undefined;
  kind?: string | undefined;
  /** The datacenter's name. */
  site?: string | undefined;
  /** A location, and all that is in it. */
  within?: string | undefined;
  condition?: Condition | undefined;
  serial?: string | undefined;
  barcode?: string | undefined;
  componentId?: string | undefined;
  /** Also what has gone: quantity 0. */
  gone: boolean;
  order: Order<ShownItem>;
  limit: number;
}

export async function listItems(ctx: Ctx, filter: ItemFilter): Promise<ShownItem[]> {
  const query = named(ctx.db).limit(filter.limit);
  const equal: [string, string | undefined][] = [
    ['stock_items.kind', filter.kind],
    ['stock_items.grade', filter.condition],
    ['stock_items.serial', filter.serial?.trim().toUpperCase()],
    ['stock_items.barcode', filter.barcode?.trim()],
    ['stock_items.component_id', filter.componentId],
  ];
  for (const [column, value] of equal) if (value !== undefined) void query.where(column, value);
  if (filter.lot !== undefined) {
    const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(filter.lot);
    void query.where(isId ? 'stock_items.lot_id' : 'lots.code', filter.lot);
  }
  if (filter.site !== undefined) {
    const sites = await sitesNamed(ctx, filter.site);
    const ids = sites.map(({ id }) => id);
    void query.whereIn('stock_items.location_id', await withinAll(ctx, ids));
  }
  if (filter.within !== undefined)
    void query.whereRaw('stock_items.location_id IN ?', [withinLocation(ctx, filter.within)]);
  if (!filter.gone) void query.where('stock_items.quantity', '>', 0);
  inOrder(query, 'stock_items.id', filter.order);
  return shown(ctx, await query);
}

/** What is on hand in a place and all that is in it, by id. */
export async function itemsWithin(ctx: Ctx, locationId: string, limit: number): Promise<StockItem[]> {
  const rows = await ctx
    .db('stock_items')
    .whereRaw('location_id IN ?', [withinLocation(ctx, locationId)])
    .where('quantity', '>', 0)
    .orderBy('id')
    .limit(limit)
    .select('*');
  return rows.map(toItem);
}

export async function showItem(ctx: Ctx, id: string): Promise<ShownItem | undefined> {
  return (await showItems(ctx, [id])).get(id);
}

/** By id. */
export async function showItems(ctx: Ctx, ids: readonly string[]): Promise<Map<string, ShownItem>> {
  if (ids.length === 0) return new Map();
  const items = await shown(ctx, await named(ctx.db).whereIn('stock_items.id', [...new Set(ids)]));
  return new Map(items.map((item) => [item.id, item]));
}

/** By what is on its label: a barcode is one item's, a serial mostly. */
export async function findByLabel(ctx: Ctx, label: string): Promise<ShownItem[]> {
  const rows = await named(ctx.db)
    .where('stock_items.barcode', label.trim())
    .orWhere('stock_items.serial', label.trim().toUpperCase())
    .orderBy('stock_items.id')
    .limit(20);
  return shown(ctx, rows);
}

/** Newest first. */
export async function listMovements(
  ctx: Ctx,
  want: { itemId: string; before: string | undefined; limit: number },
): Promise<Movement[]> {
  const query = ctx.db('stock_movements').where({ item_id: want.itemId }).orderBy('id', 'desc').limit(want.limit);
  if (want.before !== undefined) void query.where('id', '<', want.before);
  return (await query.select('*')).map(toMovement);
}

export interface LedgerFault {
  itemId: string;
  quantity: number;
  reserved: number;
  /** What the lines add up to. */
  lines: { quantity: number; reserved: number };
  /** Reservations that are held. */
  held: number;
}

/** Items that are not the sum of their movements, or whose reservations are not as many as are reserved. None, unless something is wrong. */
export async function ledgerFaults(ctx: Ctx): Promise<LedgerFault[]> {
  const [rows] = await ctx.db.raw(
    `SELECT stock_items.id, stock_items.quantity, stock_items.reserved,
       coalesce(ledger.quantity, 0) AS line_quantity, coalesce(ledger.reserved, 0) AS line_reserved, coalesce(holds.held, 0) AS held
     FROM stock_items
     LEFT JOIN (SELECT item_id, sum(quantity) AS quantity, sum(reserved) AS reserved FROM stock_movements GROUP BY item_id) AS ledger
       ON ledger.item_id = stock_items.id
     LEFT JOIN (SELECT item_id, count(*) AS held FROM stock_reservations WHERE state = 'held' GROUP BY item_id) AS holds
       ON holds.item_id = stock_items.id
     WHERE stock_items.quantity <> coalesce(ledger.quantity, 0) OR stock_items.reserved <> coalesce(ledger.reserved, 0)
       OR stock_items.reserved <> coalesce(holds.held, 0)
     ORDER BY stock_items.id LIMIT 1000`,
  );
  return (rows as Record<string, unknown>[]).map((row) => ({
    itemId: String(row['id']),
    quantity: Number(row['quantity']),
    reserved: Number(row['reserved']),
    lines: { quantity: Number(row['line_quantity']), reserved: Number(row['line_reserved']) },
    held: Number(row['held']),
  }));
}

function named(db: Knex): Knex.QueryBuilder<Record<string, unknown>, Record<string, unknown>[]> {
  return db('stock_items')
    .leftJoin('lots', 'lots.id', 'stock_items.lot_id')
    .select('stock_items.*', { lot_code: 'lots.code' });
}

async function shown(ctx: Ctx, rows: readonly Record<string, unknown>[]): Promise<ShownItem[]> {
  const items = rows.map((row) => ({
    ...toItem(row),
    lotCode: row['lot_code'] === null ? null : String(row['lot_code']),
  }));
  const shelves = await findShelves(
    ctx,
    items.map(({ locationId }) => locationId),
  );
  return items.map((item) => ({ ...item, shelf: shelves.get(item.locationId ?? '') ?? null }));
}
