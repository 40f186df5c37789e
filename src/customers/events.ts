import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

const Change = z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() });

export const customerCreated = defineEvent({
  type: 'customer.created',
  version: 1,
  topic: 'customers.created',
  Data: z.object({ name: z.string(), externalId: z.string().nullable() }),
  sentence: (data) => `Customer ${data.name} added`,
});

export const customerUpdated = defineEvent({
  type: 'customer.updated',
  version: 1,
  topic: 'customers.updated',
  Data: z.object({ name: z.string(), changes: z.array(Change) }),
  sentence: (data) => `Customer ${data.name} changed: ${told(data.changes)}`,
});

export const customerArchived = defineEvent({
  type: 'customer.archived',
  version: 1,
  topic: 'customers.archived',
  Data: z.object({ name: z.string() }),
  sentence: (data) => `Customer ${data.name} archived`,
});

export const customerRestored = defineEvent({
  type: 'customer.restored',
  version: 1,
  topic: 'customers.restored',
  Data: z.object({ name: z.string() }),
  sentence: (data) => `Customer ${data.name} brought back from the archive`,
});

export const projectCreated = defineEvent({
  type: 'project.created',
  version: 1,
  topic: 'projects.created',
  Data: z.object({ name: z.string(), code: z.string().nullable(), customer: z.string() }),
  sentence: (data) => `Project ${data.name} of ${data.customer} added`,
});

export const projectUpdated = defineEvent({
  type: 'project.updated',
  version: 1,
  topic: 'projects.updated',
  Data: z.object({ name: z.string(), changes: z.array(Change) }),
  sentence: (data) => `Project ${data.name} changed: ${told(data.changes)}`,
});

export const projectArchived = defineEvent({
  type: 'project.archived',
  version: 1,
  topic: 'projects.archived',
  Data: z.object({ name: z.string() }),
  sentence: (data) => `Project ${data.name} archived`,
});

export const projectRestored = defineEvent({
  type: 'project.restored',
  version: 1,
  topic: 'projects.restored',
  Data: z.object({ name: z.string() }),
  sentence: (data) => `Project ${data.name} brought back from the archive`,
});

function told(changes: z.infer<typeof Change>[]): string {
  return changes.map(({ field, from, to }) => `${field} from ${from ?? 'none'} to ${to ?? 'none'}`).join(', ');
}
