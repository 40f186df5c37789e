import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { assetAddressAllocated } from '../events.ts';
import { lockAsset } from '../store.ts';

/** An address has been set aside for its BMC. Where the BMC really is, only its appearance tells. */
export async function noteAddress(
  tx: TxCtx,
  allocated: { assetId: string; system: string; prefix: string; address: string; recordId: string },
): Promise<void> {
  const { assetId, ...data } = allocated;
  if (!(await lockAsset(tx.db, assetId))) throw new HubError('not-found', `There is no asset ${assetId}`);
  await append(tx, assetAddressAllocated, { subject: { type: 'asset', id: assetId }, data });
}
