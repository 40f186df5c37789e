import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { assetAddressRequested } from '../events.ts';
import { lockAsset } from '../store.ts';

/** @returns the event's id: the cause of the job that does it, and what the address is asked for by, once */
export async function requestAddress(
  tx: TxCtx,
  want: { assetId: string; prefix: string; dnsName: string | null },
): Promise<{ eventId: string }> {
  const asset = await lockAsset(tx.db, want.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${want.assetId}`);
  if (asset.recordId === null)
    throw new HubError('conflict', 'It is not in the system of record yet: an address has to sit on its BMC there');
  const { prefix, dnsName } = want;
  return {
    eventId: await append(tx, assetAddressRequested, {
      subject: { type: 'asset', id: asset.id },
      data: { prefix, dnsName },
    }),
  };
}
