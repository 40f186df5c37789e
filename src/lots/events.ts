import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

export const lotCreated = defineEvent({
  type: 'lot.created',
  version: 1,
  topic: 'lots.created',
  Data: z.object({ code: z.string(), kind: z.string(), title: z.string(), origin: z.enum(['rule', 'person']) }),
  sentence: (data) =>
    `Lot ${data.code} (${data.title}) ${data.origin === 'rule' ? 'was met for the first time' : 'was made by a person'}`,
});

export const lotChanged = defineEvent({
  type: 'lot.changed',
  version: 1,
  topic: 'lots.changed',
  Data: z.object({ code: z.string(), title: z.string(), notes: z.string().nullable() }),
  sentence: (data) => `Lot ${data.code} is now called ${data.title}`,
});

export const componentReclassified = defineEvent({
  type: 'component.reclassified',
  version: 1,
  topic: 'components.reclassified',
  Data: z.object({
    /** Codes; null: unclassified. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** The rule that says so, or `person`; null where no rule does any more. */
    rule: z.string().nullable(),
    missing: z.array(z.string()),
    reason: z.string().nullable(),
  }),
  sentence: (data) => {
    const why = data.reason === null ? '' : `: ${data.reason}`;
    if (data.to === null) return `No longer of lot ${data.from}: not known is ${data.missing.join(', ')}${why}`;
    const by = data.rule === 'person' ? 'chosen by a person' : `by rule ${data.rule}`;
    return `Lot ${data.from ?? '(none)'} → ${data.to}, ${by}${why}`;
  },
});
