import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { noteOnce } from '#src/tickets/commands/comment-ticket.ts';
import { spareLines } from '#src/tickets/draft.ts';
import { findTicket } from '#src/tickets/reads.ts';
import { reserveForReopenedJob, tellTicketJob } from '../catalogue-tickets.ts';
import { handle } from '../job-ctx.ts';
import { reserveIfWanted, toFacts, wishOf } from '../spare-for-ticket.ts';

/** A ticket that was opened again wants a part again. What is kept is told by its own event; that there is none is told here. */
export const reserveForReopenedTask = handle(reserveForReopenedJob, async (ctx, { ticketId, eventId }) => {
  const ticket = await findTicket(ctx, ticketId);
  if (!ticket) throw new HubError('not-found', `there is no ticket ${ticketId}`);
  const wish = await wishOf(ctx, ticket);
  if (wish === undefined) return { outcome: 'nothing is to be replaced' };
  const spare = await reserveIfWanted(ctx, wish, 'its ticket was opened again');
  if (spare === undefined) return { outcome: 'it wants none, or holds one' };
  if (spare.outcome === 'reserved') return { outcome: 'reserved', why: spare.why };
  const paragraphs = spareLines(toFacts(spare));
  const note = { kind: 'comment', body: { paragraphs } } as const;
  const isNew = await tx(ctx, (inside) => noteOnce(inside, { ticketId, source: eventId, note }));
  if (isNew) await ctx.enqueue(tellTicketJob, { ticketId });
  return { outcome: 'none', why: spare.why };
});
