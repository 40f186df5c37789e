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
