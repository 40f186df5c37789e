import { findAsset } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import type { EraseMethod } from '../../ports/drive-erase.ts';
import { eraseRequested } from '../events.ts';
import { mustBeErasable, type NamedDrive } from '../model.ts';
import { insertErasure } from '../store.ts';

/**
 * Records that drives shall be erased, each named by its place and serial; a job does it.
 * @throws HubError not-found | conflict | invalid
 */
export async function requestErase(
  tx: TxCtx,
  want: { assetId: string; drives: NamedDrive[]; method: EraseMethod | null; reason: string | null },
): Promise<{ requestId: string; eventId: string }> {
  const { assetId, drives, method } = want;
  mustBeErasable(await findAsset(tx, assetId), assetId, want.reason);
  const reason = want.reason ?? 'decommissioning';
  const requestId = newId();
  const requestedAt = tx.now().toISOString();
  for (const { slot, serial } of drives) {
    const row = { id: newId(), requestId, assetId, slot, serial, method, reason, requestedBy: tx.actor, requestedAt };
    if (!(await insertErasure(tx.db, row)))
      throw new HubError('conflict', `Drive ${serial} is being erased already: wait for its end`);
  }
  const data = { requestId, reason, method, drives };
  const eventId = await append(tx, eraseRequested, { subject: { type: 'asset', id: assetId }, data });
  return { requestId, eventId };
}
