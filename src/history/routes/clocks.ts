import { z } from 'zod';
import type { Clocks } from '../reads.ts';

const Moment = z.iso.datetime({ offset: true, error: 'an ISO 8601 time with its zone, e.g. 2026-05-03T12:00:00Z' });
/** A day alone means its end: what was there on 3 May includes what came on 3 May. */
const DayOrMoment = z
  .union([Moment, z.iso.date().transform((day) => `${day}T23:59:59.999999Z`)], {
    error: 'an ISO 8601 time with its zone (2026-05-03T12:00:00Z), or a day (2026-05-03: until its end, UTC)',
  })
  .optional();

export const AsOf = DayOrMoment.meta({
  description: 'What was so at this time in the world; a day means its end (UTC)',
});
export const KnownAt = DayOrMoment.meta({
  description: 'As it was known at this time, without what became known later; a day means its end (UTC)',
});
export const Since = z
  .union([Moment, z.iso.date().transform((day) => `${day}T00:00:00.000000Z`)])
  .optional()
  .meta({ description: 'Only what happened from then on; a day means its beginning (UTC)' });

export function clocksOf(query: { as_of?: string | undefined; known_at?: string | undefined }): Clocks {
  return { asOf: inUtc(query.as_of) ?? null, knownAt: inUtc(query.known_at) ?? null };
}

/** With microseconds, where there are any. */
export function inUtc(time: string | undefined): string | undefined {
  if (time === undefined || time.endsWith('Z')) return time;
  return new Date(time).toISOString();
}
