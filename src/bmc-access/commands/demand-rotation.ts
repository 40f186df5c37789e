import type { TxCtx } from '../../core/ctx.ts';
import { lockAccess } from '../store.ts';
import { requestRotation } from './request-rotation.ts';

/** A BMC that demands it again so soon has not understood; then a person has to look. */
const AGAIN_HOURS = 24;

/** The BMC lets nobody do anything before its password is changed: so it gets one of ours. Asked for once a day. */
export async function demandRotation(tx: TxCtx, assetId: string): Promise<void> {
  const { askedAt } = await lockAccess(tx.db, assetId);
  if (askedAt !== null && tx.now().getTime() - Date.parse(askedAt) < AGAIN_HOURS * 3_600_000) return;
  const reason = 'it demands a new password before anything else';
  await requestRotation(tx, { assetId, userName: null, disableOld: false, reason });
}
