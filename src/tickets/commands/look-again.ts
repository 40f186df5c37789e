import type { TxCtx } from '../../core/ctx.ts';
import { takeUnsettled } from '../alert-store.ts';
import { insertHeld } from '../held-store.ts';
import type { Complaint } from '../model.ts';
import { heldAt, standingOf } from '../standing.ts';

/** So long servers have to say by themselves that it is over, once the cause is mended. */
const GRACE_MS = 15 * 60_000;
/** In one transaction. */
const AT_MOST = 1000;

/** What a ticket explained, by its end. */
const BY_TICKET = ['cause', 'being_repaired'];
/** What was suppressed because of the state that the server was in. */
const BY_STATE = ['state', 'maintenance', 'being_repaired'];

/**
 * What opened no ticket is looked at again when the reason for that is gone: a symptom that is told of once, and is still there, would be
 * lost otherwise. What is said to be over meanwhile opens nothing. @returns how many faults; there may be more until it is none
 */
export async function lookAgain(tx: TxCtx, want: { ticketId: string } | { assetId: string }): Promise<number> {
  const at = tx.now().toISOString();
  const rules = 'ticketId' in want ? BY_TICKET : BY_STATE;
  const complaints = await takeUnsettled(tx.db, want, { rules, at, limit: AT_MOST });
  const newest = new Map<string, Complaint>();
  for (const one of complaints.toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1)))
    newest.set([one.subject.id, one.type, one.component].join('/'), one);
  const dueAt = new Date(tx.now().getTime() + GRACE_MS).toISOString();
  for (const complaint of [...newest.values()].toSorted((a, b) => (a.alertId < b.alertId ? -1 : 1))) {
    const places = heldAt(await standingOf(tx, complaint.subject));
    await insertHeld(tx.db, complaint, { places, dueAt, at });
  }
  return newest.size;
}
