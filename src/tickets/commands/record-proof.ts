import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { ticketClosedUnproven, ticketRepairProven } from '../events.ts';
import { saveLinks } from '../link-store.ts';
import { lockTicket, type Proof, type Ticket, updateTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';
import { tell } from './count-alert.ts';

/** A new part was seen where the ticket wanted one. @returns the ticket, and whether that is news. @throws HubError not-found */
export async function recordProof(
  tx: TxCtx,
  { ticketId, proof }: { ticketId: string; proof: Proof },
): Promise<{ ticket: Ticket; isNew: boolean }> {
  const ticket = await lockTicket(tx.db, ticketId);
  if (!ticket) throw new HubError('not-found', `There is no ticket ${ticketId}`);
  if (ticket.proof !== null) return { ticket, isNew: false };
  const changes = { proof, provenAt: tx.now().toISOString(), unproven: false };
  await updateTicket(tx.db, ticketId, changes);
  const link = { subject: { type: 'component', id: proof.newComponentId } as const, confidence: 1 };
  await saveLinks(tx.db, [{ ticketId, ...link, foundBy: tx.actor, createdAt: tx.now().toISOString() }]);
  const { newComponentId: _, ...said } = proof;
  const data = { summary: ticket.summary, ...said };
  await append(tx, ticketRepairProven, {
    ...{ subject: { type: 'ticket', id: ticketId }, related: await subjectsOf(tx, ticket), data },
    occurredAt: proof.seenAt,
  });
  await tell(tx, ticket, `Replaced: ${ticketRepairProven.sentence(data)}.`);
  return { ticket: { ...ticket, ...changes }, isNew: true };
}

/** Somebody said that it is done, and no new part was seen in time. @returns false where that is known, or not so any more */
export async function flagUnproven(tx: TxCtx, ticketId: string, hours: number): Promise<boolean> {
  const ticket = await lockTicket(tx.db, ticketId);
  if (!ticket || ticket.state !== 'DONE' || ticket.proof !== null || ticket.unproven) return false;
  await updateTicket(tx.db, ticketId, { unproven: true });
  await append(tx, ticketClosedUnproven, {
    subject: { type: 'ticket', id: ticketId },
    related: await subjectsOf(tx, ticket),
    data: { summary: ticket.summary, hours },
  });
  await tell(tx, ticket, `Done, and no new part was seen within ${hours} hours.`);
  return true;
}
