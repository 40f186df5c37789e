import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { assetInspectionRequested } from '../events.ts';
import { mayInspect } from '../model.ts';
import { lockAsset } from '../store.ts';

/** @returns the event's id: the cause of the job that does it */
export async function requestInspection(
  tx: TxCtx,
  want: { assetId: string; reason: string },
): Promise<{ eventId: string }> {
  const asset = await lockAsset(tx.db, want.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${want.assetId}`);
  if (!mayInspect(asset.state))
    throw new HubError('conflict', `A server that is ${asset.state} is not inspected any more`);
  if (asset.bmcAddress === null) throw new HubError('conflict', 'Its BMC has not appeared yet: no address is known');
  return {
    eventId: await append(tx, assetInspectionRequested, {
      subject: { type: 'asset', id: asset.id },
      data: { reason: want.reason },
    }),
  };
}
