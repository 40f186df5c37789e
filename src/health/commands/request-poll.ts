import { findAsset } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { pollRequested } from '../events.ts';

/**
 * Records that somebody wants to know how a server is; a job asks its BMC.
 * @returns the event's id: the cause of that job
 * @throws HubError not-found | conflict
 */
export async function requestPoll(
  tx: TxCtx,
  { assetId, reason }: { assetId: string; reason: string },
): Promise<{ eventId: string }> {
  const asset = await findAsset(tx, assetId);
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${assetId}`);
  if (asset.state === 'DECOMMISSIONED')
    throw new HubError('conflict', 'A decommissioned server is not asked anything any more');
  if (asset.bmcAddress === null) throw new HubError('conflict', 'Its BMC has not appeared yet: no address is known');
  return { eventId: await append(tx, pollRequested, { subject: { type: 'asset', id: assetId }, data: { reason } }) };
}
