import type { Schedule } from './schedules.ts';
import { sweepTicketsJob } from './catalogue-tickets.ts';

/** What nobody tells of is looked for: counterparts that changed, repairs that nobody saw, books that are old. */
export function ticketSchedules(settings: { TICKET_SYNC_MS: number }): readonly Schedule[] {
  const ms = settings.TICKET_SYNC_MS === 0 ? 900_000 : settings.TICKET_SYNC_MS;
  return [{ name: 'sweep-tickets', job: sweepTicketsJob, input: {}, every: { ms } }];
}
