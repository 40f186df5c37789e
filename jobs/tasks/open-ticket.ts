import { tx } from '#src/core/tx.ts';
import { handle } from '../job-ctx.ts';
import { openTicket } from '#src/tickets/commands/open-ticket.ts';
import { openTicketJob } from '../catalogue.ts';

export const openTicketTask = handle(openTicketJob, async (ctx, complaint) => {
  const { ticketId, opened } = await tx(ctx, (inside) => openTicket(inside, complaint));
  return { outcome: opened ? 'opened' : 'open already', ticketId };
});
