import { z } from 'zod';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { closeReturn } from './commands/return-stock.ts';
import { ReceiptInput } from './model.ts';
import { showItem, showItems } from './item-reads.ts';
import { listReturns } from './return-store.ts';
import { ReturnView, viewReturn } from './views.ts';

const tag = 'Stock';
const isolation = 'read committed' as const;

export const stockReturnRoutes: Route[] = [
  get(
    {
      id: 'listStockReturns',
      path: '/v1/stock/returns',
      summary: 'What was sent back to vendors, latest first',
      tag,
      scope: 'stock:read',
      query: z.object({
        state: z.enum(['sent', 'replaced', 'credited', 'refused']).optional(),
        item_id: Id.optional(),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(ReturnView).meta({ id: 'StockReturnPage' }) } },
    },
    async (ctx, { query }) => {
      const { state, item_id: itemId, limit } = query;
      const before = fromTimeCursor(query.cursor);
      const rows = await listReturns(ctx.db, { state, itemId, before, limit: limit + 1 });
      const page = toPage(rows, limit, (last) => [last.sentAt, last.id]);
      const items = await showItems(
        ctx,
        page.rows.map((sent) => sent.itemId),
      );
      return {
        status: 200,
        body: { items: page.rows.map((sent) => viewReturn(sent, items.get(sent.itemId))), next: page.next },
      };
    },
  ),
  post(
    {
      id: 'closeStockReturn',
      path: '/v1/stock/returns/{id}/close',
      summary: 'What the vendor did with it; a replacement is received with it',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z
        .strictObject({
          outcome: z.enum(['replaced', 'credited', 'refused']),
          replacement: ReceiptInput.nullish(),
        })
        .superRefine(({ outcome, replacement }, ctx) => {
          const isThere = replacement !== undefined && replacement !== null;
          if (isThere === (outcome === 'replaced')) return;
          const message = isThere ? 'comes only with outcome replaced' : 'say what came for it';
          ctx.addIssue({ code: 'custom', path: ['replacement'], message });
        }),
      answers: { 200: { says: 'Closed', schema: ReturnView } },
      isolation,
    },
    async (tx, { params, body }) => {
      const closed = await closeReturn(tx, {
        ...{ returnId: params.id, outcome: body.outcome, replacement: body.replacement ?? null },
      });
      return { status: 200, body: viewReturn(closed, await showItem(tx, closed.itemId)) };
    },
  ),
];
