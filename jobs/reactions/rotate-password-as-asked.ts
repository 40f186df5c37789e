import { bmcRotationRequested } from '#src/bmc-access/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { rotateBmcPasswordJob } from '../catalogue.ts';

export const rotatePasswordAsAsked: Reaction = {
  name: 'rotate-password-as-asked',
  on: [bmcRotationRequested.type],
  job: rotateBmcPasswordJob,
  input: ({ id, subject, data }) => ({
    ...{ assetId: subject.id, requestId: id, userName: data['userName'], disableOld: data['disableOld'] },
  }),
};
