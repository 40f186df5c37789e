import { ticketMoved, ticketRepairProven } from '#src/tickets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { recordTicketFailureJob } from '../catalogue-tickets.ts';

/** Closed as done, opened again after that, or seen replaced. */
export const recordFailureOfTicket: Reaction = {
  name: 'record-failure-of-ticket',
  on: [ticketMoved.type, ticketRepairProven.type],
  job: recordTicketFailureJob,
  input: ({ type, subject, data }) =>
    type === ticketRepairProven.type || data['to'] === 'DONE' || data['from'] === 'DONE'
      ? { ticketId: subject.id }
      : undefined,
};
