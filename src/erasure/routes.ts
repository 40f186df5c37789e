import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams } from '../core/schemas.ts';
import { cancelErase } from './commands/cancel-erase.ts';
import { requestErase } from './commands/request-erase.ts';
import { EraseMethodName, NamedDrive } from './model.ts';
import { erasuresOf, listErasures } from './reads.ts';
import { ErasureView, viewErasure } from './views.ts';

const tag = 'Erasure';

export const erasureRoutes: Route[] = [
  post(
    {
      id: 'eraseDrives',
      path: '/v1/assets/{id}/erasures',
      summary: 'Erase drives of a server, each named by its slot and serial',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({
        drives: z
          .array(NamedDrive)
          .min(1)
          .max(200)
          .refine((list) => new Set(list.map(({ serial }) => serial)).size === list.length, {
            message: 'each serial once',
          }),
        method: EraseMethodName.nullish().meta({
          description:
            'Default drive-secure-erase. The others erase all drives, and each of those has to be named; hpe-secure-system-erase restarts the server',
        }),
        reason: z.string().trim().min(1).max(500).nullish().meta({
          description: 'Required unless the server is DECOMMISSIONING',
        }),
      }),
      answers: { 202: { says: 'On its way', schema: Accepted } },
    },
    async (tx, { params, body }) => {
      const { drives, method, reason } = body;
      const want = { assetId: params.id, drives, method: method ?? null, reason: reason ?? null };
      const { eventId } = await requestErase(tx, want);
      return accepted(eventId);
    },
  ),
  get(
    {
      id: 'listErasures',
      path: '/v1/assets/{id}/erasures',
      summary: 'Drives of a server that were, are or shall be erased, latest first',
      tag,
      scope: 'assets:read',
      params: IdParams,
      query: z.object({ cursor: Cursor, limit: Limit }),
      answers: { 200: { says: 'A page of them', schema: pageOf(ErasureView).meta({ id: 'ErasurePage' }) } },
    },
    async (ctx, { params, query }) => {
      if (!(await findAsset(ctx, params.id))) throw new HubError('not-found', `There is no asset ${params.id}`);
      const before = fromTimeCursor(query.cursor);
      const rows = await listErasures(ctx, { assetId: params.id, before, limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.requestedAt, last.id]);
      return { status: 200, body: { items: page.rows.map(viewErasure), next: page.next } };
    },
  ),
  post(
    {
      id: 'cancelErasure',
      path: '/v1/erasure-requests/{id}/cancel',
      summary: 'Erase no drive of a request of which nothing was sent yet; what was sent cannot be called back (409)',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({
        reason: z.string().trim().min(1).max(500),
        serials: z.array(NamedDrive.shape.serial).min(1).max(200).nullish().meta({
          description:
            'Of the drives, to the letter: all of them or none is cancelled. Left out: all of which nothing was sent',
        }),
      }),
      answers: {
        200: {
          says: 'All drives of the request',
          schema: z.object({ items: z.array(ErasureView) }).meta({ id: 'ErasureRequest' }),
        },
      },
    },
    async (tx, { params, body }) => {
      const { reason, serials } = body;
      await cancelErase(tx, { requestId: params.id, serials: serials ?? null, reason });
      return { status: 200, body: { items: (await erasuresOf(tx, params.id)).map(viewErasure) } };
    },
  ),
];
