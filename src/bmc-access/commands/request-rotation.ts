import { findAsset } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { bmcRotationRequested } from '../events.ts';
import { mustBeReachable } from '../model.ts';
import { lockAccess, saveAccess } from '../store.ts';

export interface RotationWish {
  assetId: string;
  /** The account to log in as from then on, made where it is not there; null: the one that is used already. */
  userName: string | null;
  disableOld: boolean;
  reason: string;
}

/**
 * Records that the BMC shall get a new password; a job sets it.
 * @returns the event's id: the cause of that job
 * @throws HubError not-found | conflict
 */
export async function requestRotation(tx: TxCtx, wish: RotationWish): Promise<{ eventId: string }> {
  const { assetId, userName, disableOld, reason } = wish;
  mustBeReachable(await findAsset(tx, assetId), assetId);
  await lockAccess(tx.db, assetId);
  await saveAccess(tx.db, assetId, { askedAt: tx.now().toISOString() });
  const data = { userName, disableOld, reason };
  return { eventId: await append(tx, bmcRotationRequested, { subject: { type: 'asset', id: assetId }, data }) };
}
