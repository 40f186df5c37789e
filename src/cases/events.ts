import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

/** As people call them. */
const WORDS: Readonly<Record<string, string>> = { asset: 'server', component: 'part' };
const Named = z.object({ source: z.string(), key: z.string(), summary: z.string() });

export const caseSyncRequested = defineEvent({
  type: 'case.sync_requested',
  version: 1,
  topic: 'cases.sync_requested',
  Data: z.object({ syncId: z.string(), source: z.string(), query: z.string() }),
  sentence: (data) => `Cases are to be imported from ${data.source}: ${data.query}`,
});

export const caseLinked = defineEvent({
  type: 'case.linked',
  version: 1,
  topic: 'cases.linked',
  Data: Named.extend({ status: z.string(), why: z.string(), confidence: z.number() }),
  sentence: (data) => `Case ${data.key} in ${data.source} is about it: ${data.summary} (${data.status}; ${data.why})`,
});

export const caseMoved = defineEvent({
  type: 'case.moved',
  version: 1,
  topic: 'cases.moved',
  Data: Named.extend({ from: z.string(), to: z.string() }),
  sentence: (data) => `Case ${data.key} in ${data.source}: ${data.from} → ${data.to}`,
});

export const caseLinkCorrected = defineEvent({
  type: 'case.link_corrected',
  version: 1,
  topic: 'cases.link_corrected',
  Data: Named.extend({
    subjectType: z.string(),
    subjectId: z.string(),
    subjectName: z.string().nullable().default(null).meta({ description: 'What people call it' }),
    isRight: z.boolean(),
  }),
  sentence: (data) =>
    `Case ${data.key} in ${data.source} is ${data.isRight ? '' : 'not '}about ${WORDS[data.subjectType] ?? data.subjectType} ${data.subjectName ?? data.subjectId}`,
});
