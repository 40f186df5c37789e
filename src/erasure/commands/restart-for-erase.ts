import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { eraseRestarted } from '../events.ts';
import { type Erasure, type KeptHandle, lockErasure, updateErasure } from '../store.ts';

/**
 * @param restartedFor for whom it is, where it is not for its own request
 * @throws HubError conflict where it was announced before (it may have gone out, and must not go out twice), or has ended
 */
export async function announceRestart(tx: TxCtx, { id, serial }: Erasure, restartedFor: string | null): Promise<void> {
  const now = await lockErasure(tx.db, id);
  if (now === undefined || now.endedAt !== null || now.handle === null)
    throw new HubError('conflict', `${serial}: its erasure is over, and nothing more is sent`);
  if (now.handle.restartAnnouncedAt !== undefined)
    throw new HubError('conflict', `${serial}: the server was restarted for it before, and is not restarted again`);
  const whose = restartedFor === null ? {} : { restartedFor };
  const handle: KeptHandle = { ...now.handle, ...whose, restartAnnouncedAt: tx.now().toISOString() };
  await updateErasure(tx.db, id, { handle });
}

/** The BMC refused: the server goes on as before. */
export async function takeBackRestart(tx: TxCtx, all: readonly Erasure[]): Promise<void> {
  for (const { id } of all) {
    const now = await lockErasure(tx.db, id);
    if (!now?.handle) continue;
    const { restartAnnouncedAt: _, restartedFor: __, ...handle }: KeptHandle = now.handle;
    await updateErasure(tx.db, id, { handle });
  }
}

/**
 * Said once per request, and once where the boot was somebody else's.
 * @param how what the BMC took, and for whom where not for this request; null: not known
 */
export async function tellRestart(
  tx: TxCtx,
  all: readonly Erasure[],
  { resetType, sentFor }: { resetType: string | null; sentFor: string | null },
): Promise<void> {
  const [first] = all;
  if (first === undefined) return;
  const { assetId, requestId } = first;
  const drives = all.map(({ slot, serial }) => ({ slot, serial }));
  const once = sentFor === null ? requestId : `${requestId}-other`;
  const data = { requestId, drives, resetType, sentFor };
  await append(tx, eraseRestarted, { subject: { type: 'asset', id: assetId }, once, data });
}
