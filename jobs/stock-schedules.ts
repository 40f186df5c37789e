import { expireReservationsJob } from './catalogue-stock.ts';
import type { Schedule } from './schedules.ts';

const EVERY_MS = 60_000;

/** Reservations whose time is over. */
export function stockSchedules(): Schedule[] {
  return [{ name: 'stock-reservations', job: expireReservationsJob, input: {}, every: { ms: EVERY_MS } }];
}
