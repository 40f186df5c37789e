import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams } from '../core/schemas.ts';
import { cancelUpdate } from './commands/cancel-update.ts';
import { requestUpdate } from './commands/request-update.ts';
import { WantedComponent } from './model.ts';
import { findUpdate, hopsOf, listUpdates } from './reads.ts';
import { FirmwareUpdateView, viewUpdate } from './views.ts';

const tag = 'Firmware';

export const firmwareRoutes: Route[] = [
  post(
    {
      id: 'updateFirmware',
      path: '/v1/assets/{id}/firmware-updates',
      summary:
        'Bring components of a server to the versions that are named, one after the other; or all of it to the baseline',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({
        components: z
          .array(WantedComponent)
          .min(1)
          .max(50)
          .refine((list) => new Set(list.map(({ component }) => component)).size === list.length, {
            message: 'each component once',
          })
          .nullish()
          .meta({ description: 'Left out: everything to the baseline that the firmware policy has for such a server' }),
        may_reset: z.boolean().default(false).meta({
          description: 'Whether the server, or its BMC, may be restarted where an image waits for that',
        }),
        reason: z.string().trim().min(1).max(500),
      }),
      answers: { 202: { says: 'On its way', schema: Accepted } },
    },
    async (tx, { params, body }) => {
      const { components, may_reset: mayReset, reason } = body;
      const wanted = components ?? [];
      const { eventId } = await requestUpdate(tx, { assetId: params.id, wanted, mayReset, reason });
      return accepted(eventId);
    },
  ),
  get(
    {
      id: 'listFirmwareUpdates',
      path: '/v1/assets/{id}/firmware-updates',
      summary: 'Firmware updates of a server, latest first',
      tag,
      scope: 'assets:read',
      params: IdParams,
      query: z.object({ cursor: Cursor, limit: Limit }),
      answers: {
        200: { says: 'A page of them', schema: pageOf(FirmwareUpdateView).meta({ id: 'FirmwareUpdatePage' }) },
      },
    },
    async (ctx, { params, query }) => {
      if (!(await findAsset(ctx, params.id))) throw new HubError('not-found', `There is no asset ${params.id}`);
      const before = fromTimeCursor(query.cursor);
      const rows = await listUpdates(ctx, { assetId: params.id, before, limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.requestedAt, last.id]);
      const items = await Promise.all(page.rows.map(async (row) => viewUpdate(row, await hopsOf(ctx, row.id))));
      return { status: 200, body: { items, next: page.next } };
    },
  ),
  get(
    {
      id: 'getFirmwareUpdate',
      path: '/v1/firmware-updates/{id}',
      summary: 'One firmware update with its steps',
      tag,
      scope: 'assets:read',
      params: IdParams,
      answers: { 200: { says: 'The update', schema: FirmwareUpdateView } },
    },
    async (ctx, { params }) => {
      const update = await findUpdate(ctx, params.id);
      if (!update) throw new HubError('not-found', `There is no firmware update ${params.id}`);
      return { status: 200, body: viewUpdate(update, await hopsOf(ctx, update.id)) };
    },
  ),
  post(
    {
      id: 'cancelFirmwareUpdate',
      path: '/v1/firmware-updates/{id}/cancel',
      summary:
        'Send nothing more of an update. A step that a BMC has taken already goes to its end first (409), unless it stands in a queue of the BMC’s (202)',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
      answers: {
        200: { says: 'The update, ended', schema: FirmwareUpdateView },
        202: { says: 'The BMC is asked to let go of it; its job says how that went', schema: Accepted },
      },
    },
    async (tx, { params, body }) => {
      const eventId = await cancelUpdate(tx, { updateId: params.id, reason: body.reason });
      if (eventId !== null) return accepted(eventId);
      const update = await findUpdate(tx, params.id);
      if (!update) throw new HubError('not-found', `There is no firmware update ${params.id}`);
      return { status: 200, body: viewUpdate(update, await hopsOf(tx, update.id)) };
    },
  ),
];
