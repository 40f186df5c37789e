import type { TxCtx } from '../../core/ctx.ts';
import { lockRestart, type Restart, saveRestart } from '../restart-store.ts';

/** Longer than any job may take to send one: whoever announced it is gone, and it went out long ago or never will. */
const OVER_MS = 15 * 60_000;

/**
 * Takes the lock of a server: whoever sends something that a restart would cut off, or a restart, takes it in the transaction that announces that.
 * @returns the restart that is being sent just now, by whomever
 */
export async function restartUnderWay(tx: TxCtx, assetId: string): Promise<Restart | null> {
  const restart = await lockRestart(tx.db, assetId);
  if (restart === null || tx.now().getTime() - Date.parse(restart.announcedAt) > OVER_MS) return null;
  return restart;
}

/** To be called under the lock, right before the request goes out. */
export async function claimRestart(tx: TxCtx, assetId: string, claim: string): Promise<void> {
  await saveRestart(tx.db, assetId, { claim, announcedAt: tx.now().toISOString() });
}

/** It was answered, refused, or cannot take effect any more. What somebody else has claimed since stays theirs. */
export async function settleRestart(tx: TxCtx, assetId: string, claim: string): Promise<void> {
  const restart = await lockRestart(tx.db, assetId);
  if (restart?.claim === claim) await saveRestart(tx.db, assetId, null);
}
