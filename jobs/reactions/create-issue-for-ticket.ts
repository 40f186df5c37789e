import { ticketOpened } from '#src/tickets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { createIssueJob } from '../catalogue-tickets.ts';

export const createIssueForTicket: Reaction = {
  name: 'create-issue-for-ticket',
  on: [ticketOpened.type],
  job: createIssueJob,
  input: (event) => ({ ticketId: event.subject.id }),
};
