import { externalTicketChanged } from '#src/observations/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { syncTicketJob } from '../catalogue-tickets.ts';

export const syncChangedTicket: Reaction = {
  name: 'sync-changed-ticket',
  on: [externalTicketChanged.type],
  job: syncTicketJob,
  input: ({ data }) => ({ system: data['adapter'], externalId: data['ticketId'] }),
};
