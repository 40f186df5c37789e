import { ticketMoved } from '#src/tickets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { recordTicketFailureJob } from '../catalogue.ts';

/** Closed as done, or opened again after that. */
export const recordFailureOfTicket: Reaction = {
  name: 'record-failure-of-ticket',
  on: [ticketMoved.type],
  job: recordTicketFailureJob,
  input: ({ subject, data }) =>
    data['to'] === 'DONE' || data['from'] === 'DONE' ? { ticketId: subject.id } : undefined,
};
