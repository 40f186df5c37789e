import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { eraseRestarted } from '../events.ts';
import { type Erasure, type KeptHandle, lockErasure, updateErasure } from '../store.ts';

/** @throws HubError conflict where it was announced before (it may have gone out, and must not go out twice), or one of them has ended */
export async function announceRestart(tx: TxCtx, all: readonly Erasure[]): Promise<void> {
  const restartAnnouncedAt = tx.now().toISOString();
  for (const { id, serial } of all) {
    const now = await lockErasure(tx.db, id);
    if (now === undefined || now.endedAt !== null || now.handle === null)
      throw new HubError('conflict', `${serial}: its erasure is over, and nothing more is sent`);
    if (now.handle.restartAnnouncedAt !== undefined)
      throw new HubError('conflict', `${serial}: the server was restarted for it before, and is not restarted again`);
    await updateErasure(tx.db, id, { handle: { ...now.handle, restartAnnouncedAt } });
  }
}

/** The BMC refused: the server goes on as before. */
export async function takeBackRestart(tx: TxCtx, all: readonly Erasure[]): Promise<void> {
  for (const { id } of all) {
    const now = await lockErasure(tx.db, id);
    if (!now?.handle) continue;
    const { restartAnnouncedAt: _, ...handle }: KeptHandle = now.handle;
    await updateErasure(tx.db, id, { handle });
  }
}

/** Said once per request. */
export async function tellRestart(tx: TxCtx, all: readonly Erasure[], resetType: string | null): Promise<void> {
  const [first] = all;
  if (first === undefined) return;
  const { assetId, requestId } = first;
  const drives = all.map(({ slot, serial }) => ({ slot, serial }));
  const data = { requestId, drives, resetType };
  await append(tx, eraseRestarted, { subject: { type: 'asset', id: assetId }, once: requestId, data });
}
