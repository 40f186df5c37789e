import type { Reaction } from '#src/journal/job.ts';
import { stockReservationExpired } from '#src/stock/events.ts';
import { reserveAgainJob } from '../catalogue-tickets.ts';

/** What is still to be repaired needs its part still. */
export const reserveAgain: Reaction = {
  name: 'reserve-again',
  on: [stockReservationExpired.type],
  job: reserveAgainJob,
  input: ({ data }) => ({ ticketId: data['ticketId'], reservationId: data['reservationId'] }),
};
