import { tx } from '#src/core/tx.ts';
import { releaseReservation } from '#src/stock/commands/settle-reservation.ts';
import { lockTicket } from '#src/tickets/store.ts';
import { handle } from '../job-ctx.ts';
import { releaseSpareJob } from '../catalogue-tickets.ts';

export const releaseSpareTask = handle(releaseSpareJob, async (ctx, { ticketId }) => {
  const reason = 'its ticket will not be fixed';
  return tx(
    ctx,
    async (inside) => {
      const ticket = await lockTicket(inside.db, ticketId);
      if (ticket?.state !== 'WONT_FIX') return { outcome: 'it is open again' };
      return { ...(await releaseReservation(inside, { ticketId, reason })) };
    },
    { isolation: 'read committed' },
  );
});
