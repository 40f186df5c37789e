import { assetAddressRequested } from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { allocateAddressJob } from '../catalogue.ts';

export const allocateRequestedAddress: Reaction = {
  name: 'allocate-requested-address',
  on: [assetAddressRequested.type],
  job: allocateAddressJob,
  input: ({ id, subject, data }) => ({ assetId: subject.id, requestId: id, ...data }),
};
