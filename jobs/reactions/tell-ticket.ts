import {
  ticketAlertCleared,
  ticketClosedUnproven,
  ticketCommented,
  ticketFlappingFound,
  ticketGathered,
  ticketLinked,
  ticketMoved,
  ticketNamed,
  ticketPriorityRaised,
  ticketReopened,
  ticketRepairProven,
  ticketSymptomRepeated,
} from '#src/tickets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { tellTicketJob } from '../catalogue-tickets.ts';

/** Each of them left something to be told. */
export const tellTicket: Reaction = {
  name: 'tell-ticket',
  on: [
    ticketLinked.type,
    ticketMoved.type,
    ticketNamed.type,
    ticketReopened.type,
    ticketSymptomRepeated.type,
    ticketPriorityRaised.type,
    ticketAlertCleared.type,
    ticketFlappingFound.type,
    ticketGathered.type,
    ticketCommented.type,
    ticketRepairProven.type,
    ticketClosedUnproven.type,
  ],
  job: tellTicketJob,
  input: ({ subject }) => ({ ticketId: subject.id }),
};
