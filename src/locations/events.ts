import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { LocationType } from './model.ts';

const Change = z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() });
const Path = z.string().meta({ description: 'Names from the top down, e.g. "ams1 / room 2"' });

export const locationCreated = defineEvent({
  type: 'location.created',
  version: 1,
  topic: 'locations.created',
  Data: z.object({ type: LocationType, path: Path }),
  sentence: (data) => `Location ${data.path} added (${data.type})`,
});

export const locationUpdated = defineEvent({
  type: 'location.updated',
  version: 1,
  topic: 'locations.updated',
  Data: z.object({ path: Path, changes: z.array(Change) }),
  sentence: (data) =>
    `Location ${data.path} changed: ${data.changes
      .map(({ field, from, to }) => `${field} from ${from ?? 'none'} to ${to ?? 'none'}`)
      .join(', ')}`,
});

export const locationMoved = defineEvent({
  type: 'location.moved',
  version: 1,
  topic: 'locations.moved',
  Data: z.object({ from: Path, to: Path }),
  sentence: (data) => `Location ${data.from} is ${data.to} now, with all that is in it`,
});

export const locationArchived = defineEvent({
  type: 'location.archived',
  version: 1,
  topic: 'locations.archived',
  Data: z.object({ path: Path }),
  sentence: (data) => `Location ${data.path} archived`,
});

export const locationRestored = defineEvent({
  type: 'location.restored',
  version: 1,
  topic: 'locations.restored',
  Data: z.object({ path: Path }),
  sentence: (data) => `Location ${data.path} brought back from the archive`,
});
