import { tx } from '#src/core/tx.ts';
import { releaseReservation } from '#src/stock/commands/settle-reservation.ts';
import { findTicket } from '#src/tickets/reads.ts';
import { handle } from '../job-ctx.ts';
import { releaseSpareJob } from '../catalogue-tickets.ts';

export const releaseSpareTask = handle(releaseSpareJob, async (ctx, { ticketId }) => {
  const ticket = await findTicket(ctx, ticketId);
  if (ticket?.state !== 'WONT_FIX') return { outcome: 'it is open again' };
  const reason = 'its ticket will not be fixed';
  return tx(ctx, (inside) => releaseReservation(inside, { ticketId, reason }), { isolation: 'read committed' });
});
