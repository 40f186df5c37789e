import { z } from 'zod';
import type { TimelineEntry } from './reads.ts';
import { Nullable, Time } from '../core/schemas.ts';

export const TimelineEntryView = z
  .object({
    id: z.string(),
    type: z.string(),
    timestamp: Time.meta({ description: 'When it happened' }),
    sentence: z.string(),
    actor: z.string(),
    cause: Nullable.text,
    data: z.record(z.string(), z.unknown()),
    recorded_at: Time.meta({ description: 'When we came to know it' }),
  })
  .meta({ id: 'TimelineEntry' });

export function viewTimelineEntry(entry: TimelineEntry): z.infer<typeof TimelineEntryView> {
  const { id, type, timestamp, sentence, actor, cause, data, recordedAt } = entry;
  return { id, type, timestamp, sentence, actor, cause, data, recorded_at: recordedAt };
}
