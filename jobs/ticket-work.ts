import type { Reaction } from '#src/journal/job.ts';
import type { JobHandler } from './job-ctx.ts';
import { checkRepair } from './reactions/check-repair.ts';
import { clearAlert } from './reactions/clear-alert.ts';
import { createIssueForTicket } from './reactions/create-issue-for-ticket.ts';
import { lookAgain } from './reactions/look-again.ts';
import { noteSpare } from './reactions/note-spare.ts';
import { openTicketForAlert } from './reactions/open-ticket-for-alert.ts';
import { recordFailureOfAlert } from './reactions/record-failure-of-alert.ts';
import { recordFailureOfTicket } from './reactions/record-failure-of-ticket.ts';
import { releaseSpare } from './reactions/release-spare.ts';
import { reserveAgain } from './reactions/reserve-again.ts';
import { reserveForReopened } from './reactions/reserve-for-reopened.ts';
import { reserveForWaiting } from './reactions/reserve-for-waiting.ts';
import { syncChangedTicket } from './reactions/sync-changed-ticket.ts';
import { tellTicket } from './reactions/tell-ticket.ts';
import { checkRepairTask } from './tasks/check-repair.ts';
import { clearAlertTask } from './tasks/clear-alert.ts';
import { syncCasesAsAsked } from './reactions/sync-cases-as-asked.ts';
import { createIssueTask } from './tasks/create-issue.ts';
import { lookAgainTask } from './tasks/look-again.ts';
import { noteSpareTask } from './tasks/note-spare.ts';
import { openTicketTask } from './tasks/open-ticket.ts';
import { recordAlertFailureTask } from './tasks/record-alert-failure.ts';
import { recordTicketFailureTask } from './tasks/record-ticket-failure.ts';
import { releaseSpareTask } from './tasks/release-spare.ts';
import { reserveAgainTask } from './tasks/reserve-again.ts';
import { reserveForReopenedTask } from './tasks/reserve-for-reopened.ts';
import { reserveForWaitingTask } from './tasks/reserve-for-waiting.ts';
import { sweepTicketsTask } from './tasks/sweep-tickets.ts';
import { syncTicketTask } from './tasks/sync-ticket.ts';
import { tellTicketTask } from './tasks/tell-ticket.ts';
import { syncCasesTask } from './tasks/sync-cases.ts';

/** From an alert to a closed ticket. */
export const ticketReactions: readonly Reaction[] = [
  openTicketForAlert,
  clearAlert,
  createIssueForTicket,
  tellTicket,
  syncChangedTicket,
  noteSpare,
  releaseSpare,
  reserveAgain,
  reserveForReopened,
  reserveForWaiting,
  lookAgain,
  checkRepair,
  recordFailureOfTicket,
  recordFailureOfAlert,
  syncCasesAsAsked,
];

export const ticketHandlers: readonly JobHandler[] = [
  openTicketTask,
  clearAlertTask,
  createIssueTask,
  tellTicketTask,
  syncTicketTask,
  sweepTicketsTask,
  noteSpareTask,
  releaseSpareTask,
  reserveAgainTask,
  reserveForReopenedTask,
  reserveForWaitingTask,
  lookAgainTask,
  checkRepairTask,
  recordTicketFailureTask,
  recordAlertFailureTask,
  syncCasesTask,
];
