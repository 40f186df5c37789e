import type { Knex } from 'knex';
import type { Ctx, TxCtx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { findItem } from './item-reads.ts';
import { type Reservation, toReservation } from './reservation-store.ts';
import { findShelves, type Shelf } from './shelf-reads.ts';
import type { StockItem } from './store.ts';
import { findLot } from '../lots/reads.ts';

/** What a ticket has of the stock: the newest reservation, whatever became of it. */
export interface TicketReservation {
  reservation: Reservation;
  item: StockItem;
  lotCode: string | null;
  shelf: Shelf | null;
}

export async function reservationOfTicket(ctx: Ctx, ticketId: string): Promise<TicketReservation | undefined> {
  const [row] = await ctx
    .db('stock_reservations')
    .where({ ticket_id: ticketId })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(1)
    .select('*');
  if (!row) return undefined;
  const reservation = toReservation(row);
  const item = await findItem(ctx, reservation.itemId);
  if (!item) throw new Error(`stock item ${reservation.itemId} of reservation ${reservation.id} is gone`);
  const lot = item.lotId === null ? undefined : await findLot(ctx, item.lotId);
  const shelves = await findShelves(ctx, [item.locationId]);
  return { reservation, item, lotCode: lot?.code ?? null, shelf: shelves.get(item.locationId ?? '') ?? null };
}

/**
 * The parts that go by these barcodes, also where they have gone from the shelf; and the server that each is in now. A barcode of an item whose part nobody
 * has seen in a server yet means the one part of that serial and kind, if there is one by now.
 */
export async function partsOfBarcodes(
  db: Knex,
  barcodes: readonly string[],
): Promise<{ barcode: string; componentId: string; assetId: string | null }[]> {
  type Row = { barcode: string; kind: string; serial: string | null; component_id: string | null };
  const items = await inParts<string, Row>(barcodes, (part) =>
    db('stock_items').whereIn('barcode', part).select('barcode', 'kind', 'serial', 'component_id'),
  );
  const serials = items.flatMap(({ component_id: known, serial }) =>
    known === null && serial !== null ? [serial] : [],
  );
  type Part = { id: string; kind: string; vendor_serial: string };
  const seen = await inParts<string, Part>(serials, (part) =>
    db('components').whereIn('vendor_serial', part).where('identity', 'serial').select('id', 'kind', 'vendor_serial'),
  );
  const found = items.flatMap(({ barcode, kind, serial, component_id: known }) => {
    const alike = seen.filter((one) => one.vendor_serial === serial && one.kind === kind);
    const id = known ?? (alike.length === 1 ? alike[0]?.id : undefined);
    return id === undefined ? [] : [{ barcode, componentId: String(id) }];
  });
  const ids = found.map(({ componentId }) => componentId);
  const stays = await inParts<string, { component_id: string; asset_id: string | null }>(ids, (part) =>
    db('installations').whereIn('component_id', part).whereNull('removed_at').select('component_id', 'asset_id'),
  );
  const servers = new Map(stays.map((stay) => [stay.component_id, stay.asset_id]));
  return found.map((one) => ({ ...one, assetId: servers.get(one.componentId) ?? null }));
}

/** What up to four of the items on hand there are called. Who puts something there holds the location, so none comes at the same moment. */
export async function stockAt(tx: TxCtx, locationId: string): Promise<string[]> {
  const rows: Record<string, unknown>[] = await tx
    .db('stock_items')
    .where({ location_id: locationId })
    .where('quantity', '>', 0)
    .orderBy('id')
    .limit(4)
    .forShare()
    .select('serial', 'barcode', 'kind', 'quantity');
  return rows.map(({ serial, barcode, kind, quantity }) => String(serial ?? barcode ?? `${quantity} × ${kind}`));
}
