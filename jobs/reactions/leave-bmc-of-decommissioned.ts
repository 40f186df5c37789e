import { assetStateChanged } from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { leaveBmcJob } from '../catalogue.ts';

/** Where it goes next, nobody wants its events to come here. */
export const leaveBmcOfDecommissioned: Reaction = {
  name: 'leave-bmc-of-decommissioned',
  on: [assetStateChanged.type],
  job: leaveBmcJob,
  input: ({ subject, data }) => (data['to'] === 'DECOMMISSIONED' ? { assetId: subject.id } : undefined),
};
