import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { TicketState } from './model.ts';

export const ticketOpened = defineEvent({
  type: 'ticket.opened',
  version: 1,
  topic: 'tickets.opened',
  Data: z.object({
    ticketType: z.string(),
    component: z.string(),
    priority: z.string(),
    summary: z.string(),
    reason: z.string(),
  }),
  sentence: (data) => `Ticket opened: ${data.summary}: ${data.reason}`,
});

export const ticketLinked = defineEvent({
  type: 'ticket.linked',
  version: 1,
  topic: 'tickets.linked',
  Data: z.object({ key: z.string(), url: z.string(), system: z.string() }),
  sentence: (data) => `Ticket is ${data.key} in ${data.system}`,
});

export const ticketMoved = defineEvent({
  type: 'ticket.moved',
  version: 1,
  topic: 'tickets.moved',
  Data: z.object({ summary: z.string(), from: TicketState, to: TicketState, reason: z.string().nullable() }),
  sentence: (data) => `${data.summary}: ${data.from} → ${data.to}${data.reason ? `, ${data.reason}` : ''}`,
});

const About = z.object({ subjectType: z.string(), subjectId: z.string() });

export const ticketSubjectLinked = defineEvent({
  type: 'ticket.subject_linked',
  version: 1,
  topic: 'tickets.subject_linked',
  Data: About.extend({ confidence: z.number() }),
  sentence: (data) => `Ticket is about ${data.subjectType} ${data.subjectId}, too`,
});

export const ticketSubjectUnlinked = defineEvent({
  type: 'ticket.subject_unlinked',
  version: 1,
  topic: 'tickets.subject_unlinked',
  Data: About,
  sentence: (data) => `Ticket is not about ${data.subjectType} ${data.subjectId}`,
});

export const ticketReopened = defineEvent({
  type: 'ticket.reopened',
  version: 1,
  topic: 'tickets.reopened',
  Data: z.object({ summary: z.string(), why: z.string(), reason: z.string(), times: z.int() }),
  sentence: (data) => `Ticket opened again: ${data.summary}: ${data.why}: ${data.reason}`,
});

/** At most once an hour, however often it comes. */
export const ticketSymptomRepeated = defineEvent({
  type: 'ticket.symptom_repeated',
  version: 1,
  topic: 'tickets.symptom_repeated',
  Data: z.object({ summary: z.string(), reason: z.string(), occurrences: z.int(), at: z.string() }),
  sentence: (data) => `${data.summary}: again, ${data.occurrences} times by now: ${data.reason}`,
});

export const ticketPriorityRaised = defineEvent({
  type: 'ticket.priority_raised',
  version: 1,
  topic: 'tickets.priority_raised',
  Data: z.object({ summary: z.string(), from: z.string(), to: z.string(), reason: z.string() }),
  sentence: (data) => `${data.summary}: ${data.from} → ${data.to}: ${data.reason}`,
});

export const ticketAlertCleared = defineEvent({
  type: 'ticket.alert_cleared',
  version: 1,
  topic: 'tickets.alert_cleared',
  Data: z.object({ summary: z.string(), symptom: z.string(), reason: z.string(), at: z.string() }),
  sentence: (data) => `${data.summary}: ${data.symptom} is over since ${data.at}: ${data.reason}`,
});

export const ticketFlappingFound = defineEvent({
  type: 'ticket.flapping_found',
  version: 1,
  topic: 'tickets.flapping_found',
  Data: z.object({ summary: z.string(), times: z.int(), minutes: z.number() }),
  sentence: (data) =>
    `${data.summary}: comes and goes, ${data.times} times in ${data.minutes} minutes; no more is said of it for now`,
});

/** Which PDU or switch it is about was not known when it opened. */
export const ticketNamed = defineEvent({
  type: 'ticket.named',
  version: 1,
  topic: 'tickets.named',
  Data: z.object({ summary: z.string(), component: z.string(), reason: z.string() }),
  sentence: (data) => `Ticket is about ${data.component}: ${data.reason}`,
});

export const ticketGathered = defineEvent({
  type: 'ticket.gathered',
  version: 1,
  topic: 'tickets.gathered',
  Data: z.object({ summary: z.string(), alerts: z.int(), servers: z.int(), tickets: z.array(z.string()) }),
  sentence: (data) =>
    `${data.summary}: explains ${data.alerts} alert(s) of ${data.servers} server(s)${data.tickets.length === 0 ? '' : `, and ${data.tickets.length} ticket(s) that had opened before`}`,
});

/** About the server or place whose alert opened no ticket of its own. */
export const ticketSuppressed = defineEvent({
  type: 'ticket.suppressed',
  version: 1,
  topic: 'tickets.suppressed',
  Data: z.object({
    alert: z.string(),
    symptom: z.string(),
    ticketType: z.string(),
    component: z.string(),
    rule: z.string(),
    why: z.string(),
    until: z.string().nullable(),
    ticket: z.string().nullable(),
  }),
  sentence: (data) =>
    `No ${data.ticketType} ticket for ${data.symptom}${data.component ? ` on ${data.component}` : ''}: ${data.why}`,
});

export const ticketCommented = defineEvent({
  type: 'ticket.commented',
  version: 1,
  topic: 'tickets.commented',
  Data: z.object({ summary: z.string(), text: z.string() }),
  sentence: (data) => `${data.summary}: ${data.text}`,
});

export const ticketAssigned = defineEvent({
  type: 'ticket.assigned',
  version: 1,
  topic: 'tickets.assigned',
  Data: z.object({ summary: z.string(), assignee: z.string().nullable() }),
  sentence: (data) => `${data.summary}: ${data.assignee === null ? 'nobody has it now' : `${data.assignee} has it`}`,
});

export const ticketRepairProven = defineEvent({
  type: 'ticket.repair_proven',
  version: 1,
  topic: 'tickets.repair_proven',
  Data: z.object({
    summary: z.string(),
    slot: z.string(),
    oldSerial: z.string(),
    newSerial: z.string(),
    seenAt: z.string(),
    sources: z.array(z.string()),
  }),
  sentence: (data) =>
    `${data.summary}: ${data.slot} had ${data.oldSerial} and has ${data.newSerial}, seen at ${data.seenAt} (${data.sources.join(', ')})`,
});

export const ticketClosedUnproven = defineEvent({
  type: 'ticket.closed_unproven',
  version: 1,
  topic: 'tickets.closed_unproven',
  Data: z.object({ summary: z.string(), hours: z.number() }),
  sentence: (data) => `${data.summary}: done, and no new part was seen within ${data.hours} hours`,
});

const Window = z.object({ from: z.string(), until: z.string(), reason: z.string() });

export const maintenancePlanned = defineEvent({
  type: 'maintenance.planned',
  version: 1,
  topic: 'maintenance.planned',
  Data: Window,
  sentence: (data) => `Maintenance from ${data.from} until ${data.until}: ${data.reason}`,
});

export const maintenanceEnded = defineEvent({
  type: 'maintenance.ended',
  version: 1,
  topic: 'maintenance.ended',
  Data: Window,
  sentence: (data) => `Maintenance ended at ${data.until}, before its time: ${data.reason}`,
});
