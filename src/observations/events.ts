import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

export const recordChanged = defineEvent({
  type: 'record.changed',
  version: 1,
  topic: 'records.changed',
  Data: z.object({
    adapter: z.string(),
    objectType: z.string(),
    objectId: z.string(),
    change: z.string(),
    deviceId: z.string().nullable(),
    /** Of a cable. Those that were logged before it was told have none. */
    deviceIds: z.array(z.string()).optional(),
    requestId: z.string().nullable(),
  }),
  sentence: (data) => `${data.adapter} says that ${data.objectType} ${data.objectId} was ${data.change}`,
});

export const playbookRunChanged = defineEvent({
  type: 'playbook-run.changed',
  version: 1,
  topic: 'playbooks.changed',
  Data: z.object({ adapter: z.string(), runId: z.string() }),
  sentence: (data) => `${data.adapter} says that run ${data.runId} moved`,
});

export const externalTicketChanged = defineEvent({
  type: 'external-ticket.changed',
  version: 1,
  topic: 'tickets.changed',
  Data: z.object({ adapter: z.string(), ticketId: z.string(), ticketKey: z.string().nullable() }),
  sentence: (data) => `${data.adapter} says that ${data.ticketKey ?? data.ticketId} changed`,
});
