import { tx } from '#src/core/tx.ts';
import { noteOnce } from '#src/tickets/commands/comment-ticket.ts';
import type { Note } from '#src/tickets/note-store.ts';
import { handle } from '../job-ctx.ts';
import { noteSpareJob, tellTicketJob } from '../catalogue-tickets.ts';

/** What became of a ticket's spare, as a comment outside. */
export const noteSpareTask = handle(noteSpareJob, async (ctx, { ticketId, eventId, text }) => {
  const isNew = await tx(ctx, (inside) => noteOnce(inside, { ticketId, source: eventId, note: toNote(text) }));
  if (isNew) await ctx.enqueue(tellTicketJob, { ticketId });
  return { outcome: isNew ? 'noted' : 'noted already' };
});

function toNote(text: string): Note {
  return { kind: 'comment', body: { paragraphs: [`Spare: ${text}.`] } };
}
