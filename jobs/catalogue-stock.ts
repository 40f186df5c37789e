import { z } from 'zod';
import { defineJob } from '#src/journal/job.ts';

export const expireReservationsJob = defineJob({
  name: 'expire-reservations',
  Input: z.strictObject({}),
  attempts: 5,
  timeLimitMs: 300_000,
  dedupe: () => 'all',
  subject: () => ({ type: 'adapter', id: 'stock' }),
});

export const reserveForWaitingJob = defineJob({
  name: 'reserve-for-waiting',
  /** The datacenter's name. */
  Input: z.strictObject({ site: z.string() }),
  attempts: 5,
  timeLimitMs: 300_000,
  dedupe: ({ site }) => site,
  subject: () => ({ type: 'adapter', id: 'stock' }),
});

export const stockJobTypes = [expireReservationsJob, reserveForWaitingJob] as const;
