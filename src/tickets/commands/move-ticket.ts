import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { assertMove } from '../../core/moves.ts';
import { append } from '../../events/append.ts';
import { ticketMoved } from '../events.ts';
import { isOpen, ticketLife, type TicketMove } from '../model.ts';
import { afterProof } from '../after-proof.ts';
import { addNote } from '../note-store.ts';
import { lockLatest, lockTicket, type Ticket, updateTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';

/**
 * @param want.fromOutside what is moved there already is not moved there again
 * @throws HubError not-found; conflict, naming the moves that are possible
 */
export async function moveTicket(
  tx: TxCtx,
  want: { ticketId: string; move: TicketMove; reason: string | null; fromOutside?: boolean },
): Promise<Ticket> {
  const ticket = await lockTicket(tx.db, want.ticketId);
  if (!ticket) throw new HubError('not-found', `There is no ticket ${want.ticketId}`);
  const state = assertMove(ticketLife, want.move, ticket.state);
  if (isOpen(state) && !isOpen(ticket.state)) await mustBeAlone(tx, ticket);
  const at = tx.now().toISOString();
  const changes = {
    ...{ state, stateAt: at, stateBy: tx.actor, closedAt: isOpen(state) ? null : at },
    ...(want.move === 'reopen'
      ? { unproven: false, explainedBy: null, reopened: ticket.reopened + 1, reopenedAt: at, ...afterProof(ticket, at) }
      : {}),
  } as const;
  await updateTicket(tx.db, ticket.id, changes);
  await append(tx, ticketMoved, {
    subject: { type: 'ticket', id: ticket.id },
    related: await subjectsOf(tx, ticket),
    data: { summary: ticket.summary, from: ticket.state, to: state, reason: want.reason },
  });
  if (want.fromOutside !== true) {
    const by = want.reason === null ? '' : ` ${want.reason}`;
    await addNote(
      tx.db,
      ticket.id,
      { kind: 'comment', body: { paragraphs: [`${ticket.state} → ${state}.${by}`] } },
      at,
    );
    const resolution = state === 'WONT_FIX' ? "Won't Do" : null;
    await addNote(tx.db, ticket.id, { kind: 'move', body: { to: state, resolution } }, at);
  }
  return { ...ticket, ...changes };
}

/** @throws HubError conflict where another ticket of the same fault is open */
async function mustBeAlone(tx: TxCtx, ticket: Ticket): Promise<void> {
  const subject = { type: ticket.subjectType, id: ticket.assetId ?? ticket.locationId ?? '' };
  const other = await lockLatest(tx.db, { subject, type: ticket.type, component: ticket.component });
  if (other === undefined || other.id === ticket.id || !isOpen(other.state)) return;
  const message = `The ticket ${other.id} is open for the same fault: go on there`;
  throw new HubError('conflict', message, { extra: { ticket: other.id } });
}
