import { updateRequested } from '#src/firmware/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { updateFirmwareJob } from '../catalogue.ts';

export const updateFirmwareAsAsked: Reaction = {
  name: 'update-firmware-as-asked',
  on: [updateRequested.type],
  job: updateFirmwareJob,
  input: ({ subject, data }) => ({ assetId: subject.id, updateId: data['updateId'] }),
};
