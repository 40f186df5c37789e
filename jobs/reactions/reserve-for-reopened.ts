import type { Reaction } from '#src/journal/job.ts';
import { ticketMoved, ticketReopened } from '#src/tickets/events.ts';
import { isOpen, TicketState } from '#src/tickets/model.ts';
import { reserveForReopenedJob } from '../catalogue-tickets.ts';

/** The fault is there again, or somebody says that it was never mended: the part is wanted again. */
export const reserveForReopened: Reaction = {
  name: 'reserve-for-reopened',
  on: [ticketReopened.type, ticketMoved.type],
  job: reserveForReopenedJob,
  input: ({ id, type, subject, data }) => {
    const isAgain = type === ticketReopened.type || (isState(data['from'], false) && isState(data['to'], true));
    return isAgain ? { ticketId: subject.id, eventId: id } : undefined;
  },
};

function isState(said: unknown, open: boolean): boolean {
  const state = TicketState.safeParse(said);
  return state.success && isOpen(state.data) === open;
}
