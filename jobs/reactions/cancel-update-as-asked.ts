import { cancelRequested } from '#src/firmware/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { cancelUpdateJob } from '../catalogue.ts';

export const cancelUpdateAsAsked: Reaction = {
  name: 'cancel-update-as-asked',
  on: [cancelRequested.type],
  job: cancelUpdateJob,
  input: ({ subject, data }) => ({
    assetId: subject.id,
    updateId: data['updateId'],
    by: data['by'],
    reason: data['reason'],
  }),
};
