import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { caseSyncRequested } from '../events.ts';
import { insertSync } from '../sync-store.ts';

/** Records that cases shall be imported; a job reads them. @returns the event's id: the cause of that job */
export async function requestSync(
  tx: TxCtx,
  { source, query }: { source: string; query: string },
): Promise<{ eventId: string; syncId: string }> {
  const syncId = newId();
  await insertSync(tx.db, {
    ...{ id: syncId, source, query, page: null, pages: 0, created: 0, updated: 0, unchanged: 0 },
    ...{ askedBy: tx.actor, askedAt: tx.now().toISOString(), finishedAt: null },
  });
  const eventId = await append(tx, caseSyncRequested, {
    subject: { type: 'adapter', id: source },
    data: { syncId, source, query },
  });
  return { eventId, syncId };
}
