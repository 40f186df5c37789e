import { pollRequested } from '#src/health/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { pollHealthJob } from '../catalogue.ts';

export const pollHealthAsAsked: Reaction = {
  name: 'poll-health-as-asked',
  on: [pollRequested.type],
  job: pollHealthJob,
  input: ({ subject }) => ({ assetId: subject.id }),
};
