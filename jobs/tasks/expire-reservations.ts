import { expireReservations } from '#src/stock/commands/expire-reservations.ts';
import { expireReservationsJob } from '../catalogue-stock.ts';
import { handle } from '../job-ctx.ts';

/** Parts that were kept for a ticket longer than allowed are free for others. */
export const expireReservationsTask = handle(expireReservationsJob, async (ctx) => ({
  expired: await expireReservations(ctx),
}));
