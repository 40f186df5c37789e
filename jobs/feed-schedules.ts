import { readFeedsJob } from './catalogue-feeds.ts';
import type { Schedule } from './schedules.ts';

/** Which PDUs and switches feed which server. */
export function feedSchedules({ FEEDS_READ_MS: ms }: { FEEDS_READ_MS: number }): readonly Schedule[] {
  return ms === 0 ? [] : [{ name: 'read-feeds', job: readFeedsJob, input: {}, every: { ms } }];
}
