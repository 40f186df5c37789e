import { z } from 'zod';
import { BulkAnswer, bulkBody, runBulk } from '../core/bulk.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { moveStock } from './commands/move-stock.ts';
import { receiveStock } from './commands/receive-stock.ts';
import { returnStock } from './commands/return-stock.ts';
import { scrapStock } from './commands/scrap-stock.ts';
import { findByLabel, listItems, listMovements, showItem, type ShownItem, STOCK_ORDER } from './item-reads.ts';
import { Condition, Reason, ReceiptInput } from './model.ts';
import { listReservations } from './reservation-reads.ts';
import { findShelves } from './shelf-reads.ts';
import {
  MovementView,
  ReservationView,
  ReturnView,
  STOCK_COLUMNS,
  StockItemView,
  viewItem,
  viewMovement,
  viewReservation,
  viewReturn,
} from './views.ts';

const tag = 'Stock';
const isolation = 'read committed' as const;
const Label = z.string().trim().min(1).max(128);
const Quantity = z.int().min(1).max(1_000_000);

export const stockRoutes: Route[] = [
  get(
    {
      id: 'listStock',
      path: '/v1/stock/items',
      summary: 'List what lies on shelves, or export it as CSV',
      tag,
      scope: 'stock:read',
      query: z.object({
        lot: z.string().trim().min(1).max(80).optional().meta({ description: 'Id or code' }),
        kind: z.enum(COMPONENT_KINDS).optional(),
        site: z.string().trim().min(1).max(100).optional().meta({ description: 'Name of the datacenter' }),
        location_id: Id.optional().meta({ description: 'Warehouse or bin: there, or in anything that is in it' }),
        condition: Condition.optional(),
        serial: Label.optional(),
        barcode: Label.optional(),
        component_id: Id.optional(),
        gone: z
          .enum(['true', 'false'])
          .default('false')
          .meta({ description: 'true: also what was taken or sent away' }),
        ...sortedQuery(STOCK_ORDER, '-received_at'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(StockItemView).meta({ id: 'StockItemPage' }) } },
    },
    async (ctx, { query }) => {
      const { lot, kind, site, condition, serial, barcode } = query;
      const filter = {
        ...{ lot, kind, site, condition, serial, barcode, within: query.location_id },
        ...{ componentId: query.component_id, gone: query.gone === 'true' },
      };
      return answerSorted({
        ...{ columns: STOCK_ORDER, query, view: viewItem, csv: STOCK_COLUMNS, file: 'stock.csv' },
        read: (order, limit) => listItems(ctx, { ...filter, order, limit }),
      });
    },
  ),
  get(
    {
      id: 'findStockByLabel',
      path: '/v1/stock/lookup',
      summary: 'What a scanned barcode or serial is, also where it has gone',
      tag,
      scope: 'stock:read',
      query: z.object({ label: Label }),
      answers: { 200: { says: 'Mostly one', schema: z.object({ items: z.array(StockItemView) }) } },
    },
    async (ctx, { query }) => ({
      status: 200,
      body: { items: (await findByLabel(ctx, query.label)).map(viewItem) },
    }),
  ),
  get(
    {
      id: 'getStockItem',
      path: '/v1/stock/items/{id}',
      summary: 'One item, and for whom it is reserved',
      tag,
      scope: 'stock:read',
      params: IdParams,
      answers: {
        200: {
          says: 'The item',
          schema: StockItemView.extend({ reservations: z.array(ReservationView) }).meta({
            id: 'StockItemWithReservations',
          }),
        },
      },
    },
    async (ctx, { params }) => {
      const item = await mustShow(ctx, params.id);
      const held = await listReservations(ctx, { itemId: item.id, state: 'held', before: undefined, limit: 100 });
      return {
        status: 200,
        headers: { etag: `"${item.version}"` },
        body: { ...viewItem(item), reservations: held.map((one) => viewReservation(one, undefined)) },
      };
    },
  ),
  get(
    {
      id: 'listStockMovements',
      path: '/v1/stock/items/{id}/movements',
      summary: 'The ledger of an item, newest first; its sum is the stock',
      tag,
      scope: 'stock:read',
      params: IdParams,
      query: z.object({ cursor: Cursor, limit: Limit }),
      answers: { 200: { says: 'A page of it', schema: pageOf(MovementView).meta({ id: 'StockMovementPage' }) } },
    },
    async (ctx, { params, query }) => {
      await mustShow(ctx, params.id);
      const [before] = fromCursor(query.cursor, 1) ?? [];
      const rows = await listMovements(ctx, { itemId: params.id, before, limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.id]);
      const shelves = await findShelves(
        ctx,
        page.rows.flatMap((line) => [line.fromLocation, line.toLocation]),
      );
      const pathOf = (id: string | null): string | null => shelves.get(id ?? '')?.path ?? null;
      return { status: 200, body: { items: page.rows.map((line) => viewMovement(line, pathOf)), next: page.next } };
    },
  ),
  post(
    {
      id: 'receiveStock',
      path: '/v1/stock/receipts',
      summary: 'Put a piece, or so many of a lot, on a shelf',
      tag,
      scope: 'stock:write',
      body: ReceiptInput,
      answers: { 201: { says: 'Received: the item as it is now', schema: StockItemView } },
      isolation,
    },
    async (tx, { body }) => {
      const { item } = await receiveStock(tx, body);
      return { ...(await answer(tx, 201, item.id)), headers: { location: `/v1/stock/items/${item.id}` } };
    },
  ),
  post(
    {
      id: 'receiveManyStock',
      path: '/v1/stock/receipts/bulk',
      summary: 'Receive up to 1,000 items, as JSON or text/csv',
      tag,
      scope: 'stock:write',
      body: bulkBody('StockReceipt'),
      answers: { 200: { says: 'One result per item, in their order', schema: BulkAnswer } },
      isolation,
    },
    async (tx, { body, headers }) =>
      runBulk({
        ...{ body, headers, Item: ReceiptInput, numbers: ['quantity'] },
        keyOf: keyOfReceipt,
        save: async (input) => {
          const { item, isNew } = await receiveStock(tx, input);
          return { id: item.id, did: isNew ? 'created' : 'updated' };
        },
      }),
  ),
  post(
    {
      id: 'moveStock',
      path: '/v1/stock/items/{id}/move',
      summary: 'Move an item to another place or condition; of a counted bin, some of it',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z
        .strictObject({
          location_id: Id.nullish(),
          location: z.string().trim().min(1).max(1000).nullish().meta({ description: 'Its path instead' }),
          condition: Condition.nullish(),
          quantity: Quantity.nullish().meta({ description: 'Of a counted bin; left out: all that is free' }),
          reason: Reason.nullish(),
        })
        .refine(
          ({ location_id: id, location, condition }) =>
            [id, location, condition].some((said) => typeof said === 'string'),
          'say location, location_id or condition',
        ),
      answers: { 200: { says: 'The item where it is now', schema: StockItemView } },
      isolation,
    },
    async (tx, { params, body }) => {
      const { location_id: locationId, location, condition, quantity, reason = null } = body;
      const item = await moveStock(tx, { itemId: params.id, locationId, location, condition, quantity, reason });
      return answer(tx, 200, item.id);
    },
  ),
  post(
    {
      id: 'scrapStock',
      path: '/v1/stock/items/{id}/scrap',
      summary: 'Throw an item away',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({ quantity: Quantity.default(1), reason: Reason }),
      answers: { 200: { says: 'What is left of it', schema: StockItemView } },
      isolation,
    },
    async (tx, { params, body }) => answer(tx, 200, (await scrapStock(tx, { itemId: params.id, ...body })).id),
  ),
  post(
    {
      id: 'returnStock',
      path: '/v1/stock/items/{id}/return',
      summary: 'Send an item back to its vendor',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({
        quantity: Quantity.default(1),
        rma: z.string().trim().min(1).max(120).meta({ description: "The vendor's number for it" }),
        supplier: z.string().trim().min(1).max(150).nullish().meta({ description: 'Left out: who it came from' }),
        reason: Reason,
      }),
      answers: { 200: { says: 'On its way', schema: ReturnView } },
      isolation,
    },
    async (tx, { params, body }) => {
      const { quantity, rma, supplier = null, reason } = body;
      const sent = await returnStock(tx, { itemId: params.id, quantity, rma, supplier, reason });
      return { status: 200, body: viewReturn(sent, await showItem(tx, sent.itemId)) };
    },
  ),
];

/** Pieces by their label; counted bins by what makes them the same bin. */
function keyOfReceipt(input: ReceiptInput): string {
  const label = [input.serial?.trim().toUpperCase(), input.barcode, input.component_id];
  if (label.some(Boolean)) return JSON.stringify(['piece', ...label, input.kind ?? null, input.manufacturer ?? null]);
  return JSON.stringify(['bin', input.lot, input.location_id ?? input.location, input.condition]);
}

async function mustShow(ctx: Ctx, id: string): Promise<ShownItem> {
  const item = await showItem(ctx, id);
  if (!item) throw new HubError('not-found', `There is no stock item ${id}`);
  return item;
}

async function answer(ctx: Ctx, status: number, id: string) {
  return { status, body: viewItem(await mustShow(ctx, id)) };
}
