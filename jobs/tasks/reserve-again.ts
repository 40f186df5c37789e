import { tx } from '#src/core/tx.ts';
import { reserveAgain } from '#src/stock/commands/reserve-again.ts';
import { isOpen } from '#src/tickets/model.ts';
import { findTicket } from '#src/tickets/reads.ts';
import { lockTicket } from '#src/tickets/store.ts';
import { reserveAgainJob } from '../catalogue-tickets.ts';
import { handle } from '../job-ctx.ts';
import { wishOf } from '../spare-for-ticket.ts';

/** A spare for a ticket that is still open when the time of the one before is over. */
export const reserveAgainTask = handle(reserveAgainJob, async (ctx, { ticketId, reservationId }) => {
  const known = await findTicket(ctx, ticketId);
  if (!known) return { outcome: 'it was not kept for a ticket of ours' };
  const wish = await wishOf(ctx, known);
  if (wish === undefined) return { outcome: 'nothing is to be replaced' };
  return tx(
    ctx,
    async (inside) => {
      const ticket = await lockTicket(inside.db, ticketId);
      if (!ticket || !isOpen(ticket.state)) return { outcome: 'its ticket is closed' };
      if (ticket.proof !== null) return { outcome: 'a new part was seen' };
      return {
        ...(await reserveAgain(inside, { ...wish, reservationId, since: ticket.reopenedAt ?? ticket.openedAt })),
      };
    },
    { isolation: 'read committed' },
  );
});
