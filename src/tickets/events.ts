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
