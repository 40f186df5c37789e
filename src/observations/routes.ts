import { z } from 'zod';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { IdParams, Nullable, Time } from '../core/schemas.ts';
import { DeliveryState, listDeliveries } from './reads.ts';
import { reviveDelivery } from './store.ts';

const tag = 'Deliveries';

const DeliveryView = z
  .object({
    id: z.string(),
    adapter: z.string(),
    state: DeliveryState,
    reason: Nullable.text,
    attempts: z.int(),
    received_at: Time,
    handled_at: Nullable.time,
    bytes: z.int(),
  })
  .meta({ id: 'Delivery' });

export const deliveryRoutes: Route[] = [
  get(
    {
      id: 'listDeliveries',
      path: '/v1/deliveries',
      summary: 'List webhook deliveries, latest first, with what became of each',
      tag,
      scope: 'system:read',
      query: z.object({
        adapter: z.string().max(40).optional(),
        state: DeliveryState.optional(),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(DeliveryView).meta({ id: 'DeliveryPage' }) } },
    },
    async (ctx, { query }) => {
      const before = fromTimeCursor(query.cursor);
      const rows = await listDeliveries(ctx, {
        adapter: query.adapter,
        state: query.state,
        before,
        limit: query.limit + 1,
      });
      const page = toPage(rows, query.limit, (last) => [last.receivedAt, last.id]);
      const items = page.rows.map(({ receivedAt: received_at, handledAt: handled_at, ...delivery }) => ({
        ...delivery,
        received_at,
        handled_at,
      }));
      return { status: 200, body: { items, next: page.next } };
    },
  ),
  post(
    {
      id: 'replayDelivery',
      path: '/v1/deliveries/{id}/replay',
      summary: 'Handle a delivery again that failed or was not understood',
      tag,
      scope: 'jobs:write',
      params: IdParams,
      answers: { 202: { says: 'It waits to be handled', schema: z.object({ id: z.string() }) } },
    },
    async (tx, { params }) => {
      if (!(await reviveDelivery(tx.db, params.id, tx.now())))
        throw new HubError('conflict', 'Only a delivery that failed or was not understood is handled again');
      tx.afterCommit(() => tx.wake('deliveries'));
      return { status: 202, body: { id: params.id } };
    },
  ),
];
