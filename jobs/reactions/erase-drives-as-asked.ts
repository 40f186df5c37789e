import { eraseRequested } from '#src/erasure/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { eraseDrivesJob } from '../catalogue.ts';

export const eraseDrivesAsAsked: Reaction = {
  name: 'erase-drives-as-asked',
  on: [eraseRequested.type],
  job: eraseDrivesJob,
  input: ({ subject, data }) => ({ assetId: subject.id, requestId: data['requestId'] }),
};
