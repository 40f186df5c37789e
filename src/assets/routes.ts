import { z } from 'zod';
import { BulkAnswer, bulkBody, runBulk, wantedVersion } from '../core/bulk.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { get, patch, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { Accepted, accepted, Id, IdParams } from '../core/schemas.ts';
import { AssetChanges, AssetInput } from './commands/asset-input.ts';
import { createAsset } from './commands/create-asset.ts';
import { moveAsset } from './commands/move-asset.ts';
import { requestAddress } from './commands/request-address.ts';
import { requestInspection } from './commands/request-inspection.ts';
import { keyOfAsset, saveAsset } from './commands/save-asset.ts';
import { changeAsset } from './commands/update-asset.ts';
import { LifecycleMove, LifecycleState } from './model.ts';
import { ASSET_ORDER, findAsset, listAssets, type PlacedAsset, withNames } from './reads.ts';
import { ASSET_COLUMNS, AssetView, viewAsset } from './views.ts';

const tag = 'Assets';
const AssetPage = pageOf(AssetView).meta({ id: 'AssetPage' });
const Reason = z.string().trim().min(1).max(500);

export const assetRoutes: Route[] = [
  get(
    {
      id: 'listAssets',
      path: '/v1/assets',
      summary: 'List servers, or export them as CSV',
      tag,
      scope: 'assets:read',
      query: z.object({
        state: LifecycleState.optional(),
        site: z.string().max(100).optional(),
        rack: z.string().max(100).optional(),
        serial: z.string().max(100).optional(),
        manufacturer: z.string().max(100).optional(),
        model: z.string().max(150).optional(),
        project_id: Id.optional(),
        location_id: Id.optional().meta({ description: 'There, or in anything that is in it' }),
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
        ...sortedQuery(ASSET_ORDER, 'id'),
      }),
      answers: { 200: { says: 'A page of servers', schema: AssetPage } },
    },
    async (ctx, { query }) => {
      const { project_id: projectId, location_id: locationId } = query;
      const filter = { ...query, projectId, locationId, stuck: query.stuck === 'true' };
      return answerSorted({
        ...{ columns: ASSET_ORDER, query, view: viewAsset, csv: ASSET_COLUMNS, file: 'servers.csv' },
        read: async (order, limit) => withNames(ctx, await listAssets(ctx, { ...filter, order, limit })),
      });
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
      return answer(ctx, 200, asset);
    },
  ),
  post(
    {
      id: 'createAsset',
      path: '/v1/assets',
      summary: 'Enter a server',
      tag,
      scope: 'assets:write',
      body: AssetInput,
      answers: { 201: { says: 'Entered', schema: AssetView } },
    },
    async (tx, { body }) => answer(tx, 201, await createAsset(tx, body)),
  ),
  patch(
    {
      id: 'updateAsset',
      path: '/v1/assets/{id}',
      summary: 'Change what a server is called, where it stands or whom it serves',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: AssetChanges,
      answers: { 200: { says: 'As it is now', schema: AssetView } },
    },
    async (tx, { params, body, headers }) => {
      const version = wantedVersion(headers, body.version);
      return answer(tx, 200, await changeAsset(tx, { id: params.id, changes: body, version }));
    },
  ),
  post(
    {
      id: 'saveAssets',
      path: '/v1/assets/bulk',
      summary: 'Enter or change up to 1,000 servers by serial, else asset tag, else name, as JSON or text/csv',
      tag,
      scope: 'assets:write',
      body: bulkBody('AssetInput'),
      answers: { 200: { says: 'One result per item, in their order', schema: BulkAnswer } },
    },
    async (tx, { body, headers }) =>
      runBulk({
        ...{ body, headers, Item: AssetInput, numbers: ['position', 'height_u'], keyOf: keyOfAsset },
        save: (item) => saveAsset(tx, item),
      }),
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
  post(
    {
      id: 'requestAddress',
      path: '/v1/assets/{id}/addresses',
      summary: 'Set the next free address of a management prefix aside for the BMC',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({
        prefix: z.string().trim().min(1).max(50).meta({ description: 'CIDR, or its id in the system of record' }),
        dns_name: z.string().trim().min(1).max(255).nullish(),
      }),
      answers: { 202: { says: 'On its way', schema: Accepted } },
    },
    async (tx, { params, body }) => {
      const { prefix, dns_name: dnsName = null } = body;
      const { eventId } = await requestAddress(tx, { assetId: params.id, prefix, dnsName });
      return accepted(eventId);
    },
  ),
];

async function answer(ctx: Ctx, status: number, asset: PlacedAsset) {
  const [shown] = await withNames(ctx, [asset]);
  const headers = { etag: `"${asset.version}"`, ...(status === 201 ? { location: `/v1/assets/${asset.id}` } : {}) };
  return { status, headers, body: viewAsset(shown ?? { ...asset, place: null, project: null }) };
}
