import { z } from 'zod';
import { defineJob } from '#src/journal/job.ts';
import { TicketPriority } from '#src/tickets/model.ts';

const SubjectType = z.enum(['asset', 'location']);
const OfTicket = z.strictObject({ ticketId: z.string() });
const ticket = (input: { ticketId: string }) => ({ type: 'ticket' as const, id: input.ticketId });

export const openTicketJob = defineJob({
  name: 'open-ticket',
  Input: z.strictObject({
    alertId: z.string(),
    subjectType: SubjectType,
    subjectId: z.string(),
    symptom: z.string(),
    type: z.string(),
    component: z.string().nullable(),
    serial: z.string().nullable(),
    priority: TicketPriority,
    reason: z.string(),
    occurredAt: z.string(),
    repeat: z.boolean(),
    rule: z.string().nullable(),
    template: z.string().nullable(),
    assigneeGroup: z.string().nullable(),
  }),
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.alertId,
  subject: (input) => ({ type: input.subjectType, id: input.subjectId }),
});

export const clearAlertJob = defineJob({
  name: 'clear-alert',
  Input: z.strictObject({
    eventId: z.string(),
    subjectType: SubjectType,
    subjectId: z.string(),
    symptom: z.string(),
    rule: z.string().nullable(),
    type: z.string(),
    component: z.string().nullable(),
    reason: z.string(),
    occurredAt: z.string(),
  }),
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.eventId,
  subject: (input) => ({ type: input.subjectType, id: input.subjectId }),
});

export const createIssueJob = defineJob({
  name: 'create-issue',
  Input: OfTicket,
  attempts: 5,
  timeLimitMs: 120_000,
  dedupe: (input) => input.ticketId,
  subject: ticket,
});

export const tellTicketJob = defineJob({
  name: 'tell-ticket',
  Input: OfTicket,
  attempts: 5,
  timeLimitMs: 300_000,
  dedupe: (input) => input.ticketId,
  subject: ticket,
});

export const syncTicketJob = defineJob({
  name: 'sync-ticket',
  Input: z.strictObject({ system: z.string(), externalId: z.string() }),
  attempts: 5,
  timeLimitMs: 120_000,
  dedupe: (input) => `${input.system}/${input.externalId}`,
  subject: (input) => ({ type: 'adapter', id: input.system }),
});

export const sweepTicketsJob = defineJob({
  name: 'sweep-tickets',
  Input: z.strictObject({}),
  attempts: 5,
  timeLimitMs: 600_000,
  dedupe: () => 'all',
  subject: () => ({ type: 'adapter', id: 'tickets' }),
});

export const noteSpareJob = defineJob({
  name: 'note-spare',
  Input: z.strictObject({ ticketId: z.string(), eventId: z.string(), text: z.string() }),
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.eventId,
  subject: ticket,
});

export const lookAgainJob = defineJob({
  name: 'look-again',
  Input: z.strictObject({ of: z.enum(['ticket', 'asset']), id: z.string() }),
  attempts: 5,
  timeLimitMs: 300_000,
  dedupe: (input) => `${input.of}/${input.id}`,
  subject: (input) => ({ type: input.of, id: input.id }),
});

export const releaseSpareJob = defineJob({
  name: 'release-spare',
  Input: OfTicket,
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.ticketId,
  subject: ticket,
});

export const reserveAgainJob = defineJob({
  name: 'reserve-again',
  Input: z.strictObject({ ticketId: z.string(), reservationId: z.string() }),
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.reservationId,
  subject: ticket,
});

export const reserveForReopenedJob = defineJob({
  name: 'reserve-for-reopened',
  Input: z.strictObject({ ticketId: z.string(), eventId: z.string() }),
  attempts: 5,
  timeLimitMs: 30_000,
  dedupe: (input) => input.eventId,
  subject: ticket,
});

export const checkRepairJob = defineJob({
  name: 'check-repair',
  Input: z.strictObject({ assetId: z.string() }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.assetId,
  subject: (input) => ({ type: 'asset', id: input.assetId }),
});

export const recordTicketFailureJob = defineJob({
  name: 'record-ticket-failure',
  Input: OfTicket,
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.ticketId,
  subject: ticket,
});

export const recordAlertFailureJob = defineJob({
  name: 'record-alert-failure',
  Input: z.strictObject({
    alertId: z.string(),
    assetId: z.string(),
    symptom: z.string(),
    serial: z.string(),
    reason: z.string(),
    occurredAt: z.string(),
  }),
  attempts: 5,
  timeLimitMs: 60_000,
  dedupe: (input) => input.alertId,
  subject: (input) => ({ type: 'asset', id: input.assetId }),
});

export const syncCasesJob = defineJob({
  name: 'sync-cases',
  Input: z.strictObject({ syncId: z.string(), source: z.string() }),
  attempts: 5,
  // Tens of thousands of cases; it goes on where it stood.
  timeLimitMs: 3_600_000,
  dedupe: (input) => input.syncId,
  subject: (input) => ({ type: 'adapter', id: input.source }),
});

/** What happens from an alert to a closed ticket. */
export const ticketJobTypes = [
  openTicketJob,
  clearAlertJob,
  createIssueJob,
  tellTicketJob,
  syncTicketJob,
  sweepTicketsJob,
  noteSpareJob,
  releaseSpareJob,
  reserveAgainJob,
  reserveForReopenedJob,
  lookAgainJob,
  checkRepairJob,
  recordTicketFailureJob,
  recordAlertFailureJob,
  syncCasesJob,
] as const;
