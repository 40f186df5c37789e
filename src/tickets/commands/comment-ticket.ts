import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { ticketCommented } from '../events.ts';
import { addNote, isNoted, type Note } from '../note-store.ts';
import { lockTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';
import { tell } from './count-alert.ts';

/** @returns when. @throws HubError not-found */
export async function commentTicket(tx: TxCtx, want: { ticketId: string; text: string }): Promise<string> {
  const ticket = await lockTicket(tx.db, want.ticketId);
  if (!ticket) throw new HubError('not-found', `There is no ticket ${want.ticketId}`);
  await append(tx, ticketCommented, {
    subject: { type: 'ticket', id: ticket.id },
    related: await subjectsOf(tx, ticket),
    data: { summary: ticket.summary, text: want.text },
  });
  await tell(tx, ticket, want.text, `(${tx.actor})`);
  return tx.now().toISOString();
}

/** What something else says on a ticket, once. @returns whether it is news. @throws HubError not-found */
export async function noteOnce(tx: TxCtx, want: { ticketId: string; source: string; note: Note }): Promise<boolean> {
  const { ticketId, source, note } = want;
  if (!(await lockTicket(tx.db, ticketId))) throw new HubError('not-found', `There is no ticket ${ticketId}`);
  if (await isNoted(tx.db, ticketId, source)) return false;
  await addNote(tx.db, ticketId, note, tx.now().toISOString(), source);
  return true;
}
