import { z } from 'zod';
import { defineJob } from '#src/journal/job.ts';

export const readFeedsJob = defineJob({
  name: 'read-feeds',
  Input: z.strictObject({}),
  attempts: 3,
  // A fleet of ten thousand, a hundred servers at a time.
  timeLimitMs: 3_600_000,
  dedupe: () => 'all',
  subject: () => ({ type: 'adapter', id: 'feeds' }),
});

/** Servers of which something was noticed, by their ids in the system of record. */
export const readFeedsOfJob = defineJob({
  name: 'read-feeds-of',
  Input: z.strictObject({ system: z.string(), ids: z.array(z.string()), look: z.string() }),
  attempts: 3,
  timeLimitMs: 300_000,
  // Each look reads what was there when it looked: another one of the same servers is no substitute for it.
  dedupe: ({ look }) => look,
  subject: ({ system }) => ({ type: 'adapter', id: system }),
});

/** All of them, because something was moved of which nobody knows whom it feeds. */
export const readFeedsSoonJob = defineJob({
  name: 'read-feeds-soon',
  Input: z.strictObject({}),
  attempts: 3,
  timeLimitMs: 60_000,
  dedupe: () => 'all',
  subject: () => ({ type: 'adapter', id: 'feeds' }),
});

export const feedJobTypes = [readFeedsJob, readFeedsOfJob, readFeedsSoonJob] as const;
