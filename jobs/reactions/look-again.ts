import { assetStateChanged } from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { ticketMoved } from '#src/tickets/events.ts';
import { lookAgainJob } from '../catalogue-tickets.ts';

/** A ticket that explained alerts ends, or a server is in another state. */
export const lookAgain: Reaction = {
  name: 'look-again',
  on: [ticketMoved.type, assetStateChanged.type],
  job: lookAgainJob,
  input: ({ type, subject, data }) => {
    if (type === assetStateChanged.type) return { of: 'asset', id: subject.id };
    return data['to'] === 'DONE' || data['to'] === 'WONT_FIX' ? { of: 'ticket', id: subject.id } : undefined;
  },
};
