import { z } from 'zod';

export const Id = z.uuid().meta({ description: 'UUID' });
export const IdParams = z.object({ id: Id });
export const Time = z.string().meta({ description: 'ISO 8601 in UTC', format: 'date-time' });
export const Nullable = { text: z.string().nullable(), number: z.number().nullable(), time: Time.nullable() };

/** What was asked for is on its way: the jobs that do it have this cause. */
export const Accepted = z
  .object({ event_id: z.string(), jobs: z.string().meta({ description: 'Address of the list of jobs that do it' }) })
  .meta({ id: 'Accepted' });

export function accepted(eventId: string): {
  status: 202;
  body: z.infer<typeof Accepted>;
  headers: Record<string, string>;
} {
  const jobs = `/v1/jobs?cause=${eventId}`;
  return { status: 202, body: { event_id: eventId, jobs }, headers: { location: jobs } };
}
