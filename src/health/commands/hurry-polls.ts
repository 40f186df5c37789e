import type { TxCtx } from '../../core/ctx.ts';
import { hurryPoll } from '../poll-queue-store.ts';

/** A BMC writes its log after it has told of the event, or while it does. */
const WRITES_MS = 2_000;

/** Something happened to a server, or may have: its health and logs are looked at now, where they are looked at at all. */
export async function hurryPolls(tx: TxCtx, { assetId }: { assetId: string }): Promise<void> {
  const dueAt = new Date(tx.now().getTime() + WRITES_MS);
  for (const kind of ['health', 'logs'] as const) await hurryPoll(tx.db, { assetId, kind }, dueAt);
}
