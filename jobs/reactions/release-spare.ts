import type { Reaction } from '#src/journal/job.ts';
import { ticketMoved } from '#src/tickets/events.ts';
import { releaseSpareJob } from '../catalogue-tickets.ts';

/** What will not be repaired needs no part. */
export const releaseSpare: Reaction = {
  name: 'release-spare',
  on: [ticketMoved.type],
  job: releaseSpareJob,
  input: ({ subject, data }) => (data['to'] === 'WONT_FIX' ? { ticketId: subject.id } : undefined),
};
