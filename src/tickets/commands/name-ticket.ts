import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { ticketNamed } from '../events.ts';
import { ticketSummary } from '../model.ts';
import { addNote } from '../note-store.ts';
import type { Standing } from '../standing.ts';
import { lockTicket, updateTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';

/** A ticket of a PDU or switch that opened without a name takes it, once; its counterpart gets the title. The places must be held. */
export async function nameTicket(
  tx: TxCtx,
  want: { ticketId: string; component: string; reason: string; subject: Standing['subject'] },
): Promise<void> {
  const ticket = await lockTicket(tx.db, want.ticketId);
  if (ticket === undefined || ticket.component !== '') return;
  const { component, reason, subject } = want;
  const summary = ticketSummary({ type: ticket.type, component, subject });
  await updateTicket(tx.db, ticket.id, { component, summary });
  const data = { summary, component, reason };
  await append(tx, ticketNamed, {
    ...{ subject: { type: 'ticket', id: ticket.id }, related: await subjectsOf(tx, ticket), data },
  });
  const body = { paragraphs: [`${ticketNamed.sentence(data)}.`], summary };
  await addNote(tx.db, ticket.id, { kind: 'comment', body }, tx.now().toISOString());
}
