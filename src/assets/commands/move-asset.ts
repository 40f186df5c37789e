import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { assertMove } from '../../core/moves.ts';
import { append } from '../../events/append.ts';
import { assetStateChanged } from '../events.ts';
import { lifecycle, type LifecycleMove, type LifecycleState } from '../model.ts';
import { lockAsset, updateAsset } from '../store.ts';

/** @throws HubError not-found; conflict, naming the moves that are possible; forbidden for moves that only the hub makes */
export async function moveAsset(
  tx: TxCtx,
  want: { assetId: string; move: LifecycleMove; reason: string | null },
): Promise<{ state: LifecycleState }> {
  const asset = await lockAsset(tx.db, want.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${want.assetId}`);
  const to = assertMove(lifecycle, want.move, asset.state);
  if (lifecycle.moves[want.move].by === 'hub') {
    throw new HubError(
      'forbidden',
      `"${want.move}" is made by the hub when it has seen that it is so; ask for an inspection instead`,
    );
  }
  const now = tx.now().toISOString();
  await updateAsset(tx.db, asset.id, { state: to, stateReason: want.reason, stateSince: now, updatedAt: now });
  await append(tx, assetStateChanged, {
    subject: { type: 'asset', id: asset.id },
    data: { move: want.move, from: asset.state, to, reason: want.reason },
  });
  return { state: to };
}
