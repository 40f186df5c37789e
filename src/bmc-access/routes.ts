import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import { command, get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams } from '../core/schemas.ts';
import type { Seal } from '../core/seal.ts';
import { tx } from '../core/tx.ts';
import { certificateRoutes } from './certificate-routes.ts';
import { requestRotation } from './commands/request-rotation.ts';
import { revealPassword } from './commands/reveal-password.ts';
import { findBmcAccess } from './reads.ts';
import { BmcAccessView, RevealedView, viewAccess, viewRevealed } from './views.ts';

const tag = 'BMC access';
const Reason = z.string().trim().min(1).max(500);
/** What every vendor takes for the name of an account. */
export const AccountName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{2,15}$/, '3 to 16 letters, digits, dashes and underscores, a letter first');

export function bmcAccessRoutes(seal: Seal): Route[] {
  return [
    get(
      {
        id: 'getBmcAccess',
        path: '/v1/assets/{id}/bmc-access',
        summary: 'How the hub logs in at the BMC of a server, without the password',
        tag,
        scope: 'assets:read',
        params: IdParams,
        answers: { 200: { says: 'As it is now', schema: BmcAccessView } },
      },
      async (ctx, { params }) => {
        const asset = await findAsset(ctx, params.id);
        if (!asset) throw new HubError('not-found', `There is no asset ${params.id}`);
        return { status: 200, body: viewAccess(asset, await findBmcAccess(ctx, params.id)) };
      },
    ),
    post(
      {
        id: 'rotateBmcPassword',
        path: '/v1/assets/{id}/bmc-access/rotations',
        summary: 'Give the BMC a new password that nobody else has, or an account of the hub’s own',
        tag,
        scope: 'assets:write',
        params: IdParams,
        body: z.strictObject({
          username: AccountName.nullish().meta({
            description:
              'The account to log in as from then on, made where it is not there. Left out: the one that is used already',
          }),
          disable_old: z
            .boolean()
            .default(false)
            .meta({ description: 'Switch the account used before off, once the new one works' }),
          reason: Reason,
        }),
        answers: { 202: { says: 'On its way', schema: Accepted } },
      },
      async (tx_, { params, body }) => {
        const { username, disable_old: disableOld, reason } = body;
        const { eventId } = await requestRotation(tx_, {
          ...{ assetId: params.id, userName: username ?? null, disableOld, reason },
        });
        return accepted(eventId);
      },
    ),
    // No Idempotency-Key: its answer would be kept, and the password in it.
    command(
      {
        id: 'revealBmcPassword',
        path: '/v1/assets/{id}/bmc-access/reveals',
        summary: 'Show the password of the BMC; who saw it and why stands on the timeline',
        tag,
        scope: 'assets:secrets',
        params: IdParams,
        body: z.strictObject({ reason: Reason }),
        answers: { 200: { says: 'In the clear', schema: RevealedView } },
      },
      async (ctx, { params, body }) => {
        const revealed = await tx(ctx, (inside) =>
          revealPassword(inside, seal, { assetId: params.id, reason: body.reason }),
        );
        return { status: 200, body: viewRevealed(revealed), headers: { 'cache-control': 'no-store' } };
      },
    ),
    ...certificateRoutes,
  ];
}
