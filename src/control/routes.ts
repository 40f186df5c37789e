import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import type { TxCtx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams } from '../core/schemas.ts';
import { requestControl } from './commands/request-control.ts';
import { BootMode, BootTargetName, MediaType, PowerActionName, type Wanted } from './model.ts';
import { findControlState } from './reads.ts';
import { ControlView, viewControl } from './views.ts';

const tag = 'Control';
const Reason = z.string().trim().min(1).max(500);
const answers = { 202: { says: 'On its way', schema: Accepted } };

/** It is shown on the timeline and in the BMC's own log: nothing secret may stand in it. */
const Address = z
  .url({ protocol: /^(https?|nfs|cifs|smb)$/ })
  .max(1000)
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    message: 'the address must not carry a user name or password',
  });

async function ask(tx: TxCtx, assetId: string, wanted: Wanted, reason: string) {
  const { eventId } = await requestControl(tx, { assetId, wanted, reason });
  return accepted(eventId);
}

export const controlRoutes: Route[] = [
  get(
    {
      id: 'getControlState',
      path: '/v1/assets/{id}/control',
      summary: 'Power, next boot, virtual media and light of a server, as its BMC last said',
      tag,
      scope: 'assets:read',
      params: IdParams,
      answers: { 200: { says: 'As last said; null where nobody has asked yet', schema: ControlView } },
    },
    async (ctx, { params }) => {
      if (!(await findAsset(ctx, params.id))) throw new HubError('not-found', `There is no asset ${params.id}`);
      return { status: 200, body: viewControl(await findControlState(ctx, params.id)) };
    },
  ),
  post(
    {
      id: 'lookAtControlState',
      path: '/v1/assets/{id}/control/looks',
      summary: 'Have the BMC asked how the server stands',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({ reason: Reason.default('asked for') }),
      answers,
    },
    (tx, { params, body }) => ask(tx, params.id, { what: 'look' }, body.reason),
  ),
  post(
    {
      id: 'setPower',
      path: '/v1/assets/{id}/power',
      summary: 'Switch a server on or off, or restart it; nothing is sent where it is so already',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({ action: PowerActionName, reason: Reason }),
      answers,
    },
    (tx, { params, body }) => ask(tx, params.id, { what: 'power', action: body.action }, body.reason),
  ),
  post(
    {
      id: 'bootOnce',
      path: '/v1/assets/{id}/boot',
      summary: 'Choose where a server boots from, once, the next time it starts',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z
        .strictObject({
          target: BootTargetName,
          mode: BootMode.nullish(),
          http_uri: Address.nullish().meta({ description: 'For the target uefi-http' }),
          reason: Reason,
        })
        .refine((body) => (body.http_uri ?? null) === null || body.target === 'uefi-http', {
          path: ['http_uri'],
          message: 'goes with the target uefi-http only',
        }),
      answers,
    },
    (tx, { params, body }) => {
      const { target, mode, http_uri: httpUri, reason } = body;
      return ask(tx, params.id, { what: 'boot', target, mode: mode ?? null, httpUri: httpUri ?? null }, reason);
    },
  ),
  post(
    {
      id: 'changeMedia',
      path: '/v1/assets/{id}/media',
      summary: "Put an image into a server's virtual drive, or take all of them out",
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.discriminatedUnion('do', [
        z.strictObject({ do: z.literal('insert'), image: Address, type: MediaType.default('CD'), reason: Reason }),
        z.strictObject({ do: z.literal('eject'), reason: Reason }),
      ]),
      answers,
    },
    (tx, { params, body }) => {
      const wanted: Wanted =
        body.do === 'eject' ? { what: 'eject' } : { what: 'insert', image: body.image, type: body.type };
      return ask(tx, params.id, wanted, body.reason);
    },
  ),
  post(
    {
      id: 'identifyAsset',
      path: '/v1/assets/{id}/identify',
      summary: "Switch a server's identify light on or off",
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({ lit: z.boolean(), reason: Reason.default('asked for') }),
      answers,
    },
    (tx, { params, body }) => ask(tx, params.id, { what: 'light', lit: body.lit }, body.reason),
  ),
];
