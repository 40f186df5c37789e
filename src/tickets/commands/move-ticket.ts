import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { assertMove } from '../../core/moves.ts';
import { append } from '../../events/append.ts';
import { ticketMoved } from '../events.ts';
import { ticketLife, type TicketMove } from '../model.ts';
import { linksOf } from '../link-store.ts';
import { lockTicket, type Ticket, updateTicket } from '../store.ts';

/** @throws HubError not-found; conflict, naming the moves that are possible */
export async function moveTicket(
  tx: TxCtx,
  want: { ticketId: string; move: TicketMove; reason: string | null },
): Promise<Ticket> {
  const ticket = await lockTicket(tx.db, want.ticketId);
  if (!ticket) throw new HubError('not-found', `There is no ticket ${want.ticketId}`);
  const state = assertMove(ticketLife, want.move, ticket.state);
  const closedAt = state === 'DONE' || state === 'WONT_FIX' ? tx.now().toISOString() : null;
  await updateTicket(tx.db, ticket.id, { state, closedAt });
  const parts = (await linksOf(tx.db, ticket.id)).filter(({ subject }) => subject.type === 'component');
  await append(tx, ticketMoved, {
    subject: { type: 'ticket', id: ticket.id },
    related: [{ type: 'asset', id: ticket.assetId }, ...parts.map(({ subject }) => subject)],
    data: { summary: ticket.summary, from: ticket.state, to: state, reason: want.reason },
  });
  return { ...ticket, state, closedAt };
}
