import { z } from 'zod';
import { type Asking, askPage } from './probe-ask.ts';
import { LISTS } from './probe-needs.ts';

/** Behind a bulk write NetBox queues webhooks for as long as 80 s; this is longer. */
const SETTLED = 3 * 60_000;

const Rule = z.object({ enabled: z.boolean(), object_types: z.array(z.string()), created: z.string().nullable() });
const Change = z.object({
  id: z.number(),
  time: z.string(),
  changed_object_type: z.string(),
  changed_object_id: z.number(),
});

export interface HeardChange {
  /** When it happened, by NetBox's clock. */
  at: string;
  objectType: string;
  objectId: number;
}

/**
 * The last change of which NetBox must have sent a webhook by now: after the event rule was made, of a type that it names, and not of
 * the last minutes. Undefined where there is none, or the token may not look.
 */
export async function lastHeardChange(asking: Asking, tag: string, now: Date): Promise<HeardChange | undefined> {
  const fields = 'id,enabled,object_types,created';
  const rules = await askPage(asking, LISTS['extras.eventrule'] ?? '', { name: tag, fields });
  const rule = typeof rules === 'string' ? undefined : Rule.safeParse(rules.results[0]).data;
  if (!rule?.enabled || rule.created === null) return undefined;
  const [from, until] = [Date.parse(rule.created), now.getTime() - SETTLED];
  const changes = await askPage(asking, LISTS['core.objectchange'] ?? '', {
    time_after: rule.created,
    time_before: new Date(until).toISOString(),
    ordering: '-id',
    // What the rule does not name stands in the log as well.
    limit: 200,
    fields: 'id,time,changed_object_type,changed_object_id',
  });
  if (typeof changes === 'string') return undefined;
  for (const row of changes.results) {
    const change = Change.safeParse(row).data;
    if (!change || !rule.object_types.includes(change.changed_object_type)) continue;
    // A filter that this NetBox does not know is ignored.
    const at = Date.parse(change.time);
    if (!(at > from && at < until)) continue;
    return { at: change.time, objectType: change.changed_object_type, objectId: change.changed_object_id };
  }
  return undefined;
}
