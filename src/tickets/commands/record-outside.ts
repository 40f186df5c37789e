import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import type { TicketRecord } from '../../ports/tickets.ts';
import { ticketAssigned } from '../events.ts';
import { judgeOutside, wayTo } from '../judge-outside.ts';
import { addNote, dropMoves, lastMove } from '../note-store.ts';
import { lockTicket, type SlaGoal, type Ticket, updateTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';
import { moveTicket } from './move-ticket.ts';

/** How the counterpart stands now: taken over where it moved, and told again where we did. @throws HubError not-found */
export async function recordOutside(
  tx: TxCtx,
  read: { ticketId: string; system: string; record: TicketRecord; sla: SlaGoal[] | null },
): Promise<{ winner: 'nobody' | 'ours' | 'theirs'; state: Ticket['state'] }> {
  const ticket = await lockTicket(tx.db, read.ticketId);
  if (!ticket) throw new HubError('not-found', `There is no ticket ${read.ticketId}`);
  const { record } = read;
  const at = tx.now().toISOString();
  const last = await lastMove(tx.db, ticket.id);
  const judged = judgeOutside({ ...ticket, pending: last !== undefined && last.settledAt === null }, record);
  await updateTicket(tx.db, ticket.id, {
    ...{ outsideStatus: record.status, outsideCategory: record.statusCategory, outsideUpdatedAt: record.updatedAt },
    ...{ externalKey: record.key, externalUrl: record.url, assignee: record.assignee, resolution: record.resolution },
    ...{ syncedAt: at, ...(read.sla === null ? {} : { sla: read.sla }) },
  });
  if (record.assignee !== ticket.assignee) {
    const about = { subject: { type: 'ticket', id: ticket.id } as const, related: await subjectsOf(tx, ticket) };
    await append(tx, ticketAssigned, { ...about, data: { summary: ticket.summary, assignee: record.assignee } });
  }
  if (judged.winner === 'theirs') return { winner: 'theirs', state: await follow(tx, ticket, judged.to, read) };
  // A move that their workflow refused is not tried again by itself.
  const isTold = last !== undefined && last.kind === 'move' && last.body.to === ticket.state;
  if (judged.winner === 'ours' && !isTold) {
    const resolution = ticket.state === 'WONT_FIX' ? "Won't Do" : null;
    await addNote(tx.db, ticket.id, { kind: 'move', body: { to: ticket.state, resolution } }, at);
  }
  return { winner: judged.winner, state: ticket.state };
}

async function follow(
  tx: TxCtx,
  ticket: Ticket,
  to: Ticket['state'],
  { system, record }: { system: string; record: TicketRecord },
): Promise<Ticket['state']> {
  const resolution = record.resolution === null ? '' : ` (${record.resolution})`;
  const reason = `${record.key} in ${system} is ${record.status}${resolution}`;
  await dropMoves(tx.db, ticket.id, 'they moved it later', tx.now().toISOString());
  let { state } = ticket;
  for (const move of wayTo(ticket.state, to))
    ({ state } = await moveTicket(tx, { ticketId: ticket.id, move, reason, fromOutside: true }));
  return state;
}

/** Its counterpart is not shown any more: deleted, moved to where we may not look, or the account lost a permission. Nothing is concluded. */
export async function noteGone(tx: TxCtx, ticketId: string): Promise<void> {
  await updateTicket(tx.db, ticketId, { syncedAt: tx.now().toISOString() });
}

/** A move of ours was made there. */
export async function noteMoved(tx: TxCtx, ticketId: string, record: TicketRecord): Promise<void> {
  await updateTicket(tx.db, ticketId, {
    ...{ outsideStatus: record.status, outsideCategory: record.statusCategory, outsideUpdatedAt: record.updatedAt },
    resolution: record.resolution,
  });
}
