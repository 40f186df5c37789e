import { z } from 'zod';
import { HubError } from '../core/error.ts';
import { Cursor, fromCursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams } from '../core/schemas.ts';
import { readTimeline } from '../events/reads.ts';
import { TimelineEntryView, viewTimelineEntry } from '../events/timeline-view.ts';
import { moveAsset } from './commands/move-asset.ts';
import { requestInspection } from './commands/request-inspection.ts';
import { LifecycleMove, LifecycleState } from './model.ts';
import { findAsset, latestInventory, listAssets } from './reads.ts';
import { AssetView, InventoryView, viewAsset, viewInventory } from './views.ts';

const tag = 'Assets';
const AssetPage = pageOf(AssetView).meta({ id: 'AssetPage' });
const TimelinePage = pageOf(TimelineEntryView).meta({ id: 'TimelinePage' });
const Reason = z.string().trim().min(1).max(500);

export const assetRoutes: Route[] = [
  get(
    {
      id: 'listAssets',
      path: '/v1/assets',
      summary: 'List servers',
      tag,
      scope: 'assets:read',
      query: z.object({
        state: LifecycleState.optional(),
        site: z.string().max(100).optional(),
        rack: z.string().max(100).optional(),
        serial: z.string().max(100).optional(),
        q: z
          .string()
          .trim()
          .min(1)
          .max(100)
          .optional()
          .meta({ description: 'Beginning of a name, serial or asset tag, or the MAC or address of a BMC' }),
        stuck: z
          .enum(['true', 'false'])
          .optional()
          .meta({ description: 'true: only those that have been in their state for too long' }),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of servers', schema: AssetPage } },
    },
    async (ctx, { query }) => {
      const { cursor, limit, stuck, ...filter } = query;
      const [after] = fromCursor(cursor, 1) ?? [];
      const page = toPage(
        await listAssets(ctx, { ...filter, stuck: stuck === 'true', after, limit: limit + 1 }),
        limit,
        (last) => [last.id],
      );
      return { status: 200, body: { items: page.rows.map(viewAsset), next: page.next } };
    },
  ),
  get(
    {
      id: 'getAsset',
      path: '/v1/assets/{id}',
      summary: 'One server',
      tag,
      scope: 'assets:read',
      params: IdParams,
      answers: { 200: { says: 'The server', schema: AssetView } },
    },
    async (ctx, { params }) => {
      const asset = await findAsset(ctx, params.id);
      if (!asset) throw new HubError('not-found', `There is no asset ${params.id}`);
      return { status: 200, body: viewAsset(asset) };
    },
  ),
  get(
    {
      id: 'getAssetInventory',
      path: '/v1/assets/{id}/inventory',
      summary: 'What was last seen in a server',
      tag,
      scope: 'assets:read',
      params: IdParams,
      answers: { 200: { says: 'Its latest inventory', schema: InventoryView } },
    },
    async (ctx, { params }) => {
      const inventory = await latestInventory(ctx, params.id);
      if (!inventory) throw new HubError('not-found', `Nobody has looked into asset ${params.id} yet`);
      return { status: 200, body: viewInventory(inventory) };
    },
  ),
  get(
    {
      id: 'getAssetTimeline',
      path: '/v1/assets/{id}/timeline',
      summary: 'What happened to a server, newest first',
      tag,
      scope: 'assets:read',
      params: IdParams,
      query: z.object({ cursor: Cursor, limit: Limit }),
      answers: {
        200: { says: 'A page of its timeline; it never shifts because something newer happened', schema: TimelinePage },
      },
    },
    async (ctx, { params, query }) => {
      const before = fromTimeCursor(query.cursor);
      const rows = await readTimeline(ctx, { type: 'asset', id: params.id }, { limit: query.limit + 1, before });
      const page = toPage(rows, query.limit, (last) => [last.timestamp, last.id]);
      return { status: 200, body: { items: page.rows.map(viewTimelineEntry), next: page.next } };
    },
  ),
  post(
    {
      id: 'moveAsset',
      path: '/v1/assets/{id}/moves',
      summary: 'Move a server along its lifecycle',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({ move: LifecycleMove, reason: Reason.nullish() }),
      answers: { 200: { says: 'Moved', schema: z.object({ state: LifecycleState }) } },
    },
    async (tx, { params, body }) => ({
      status: 200,
      body: await moveAsset(tx, { assetId: params.id, move: body.move, reason: body.reason ?? null }),
    }),
  ),
  post(
    {
      id: 'inspectAsset',
      path: '/v1/assets/{id}/inspections',
      summary: 'Have a server looked into again',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({ reason: Reason.default('asked for') }),
      answers: { 202: { says: 'On its way', schema: Accepted } },
    },
    async (tx, { params, body }) => {
      const { eventId } = await requestInspection(tx, { assetId: params.id, reason: body.reason });
      return accepted(eventId);
    },
  ),
];
