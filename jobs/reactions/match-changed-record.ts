import { recordChanged } from '#src/observations/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { matchRecordJob } from '../catalogue.ts';

/** Something about a device changed in the system of record: find whose it is. */
export const matchChangedRecord: Reaction = {
  name: 'match-changed-record',
  on: [recordChanged.type],
  job: matchRecordJob,
  input: (event) => {
    const device = event.data['objectType'] === 'dcim.device' ? event.data['objectId'] : event.data['deviceId'];
    return typeof device === 'string' ? { recordId: device } : undefined;
  },
};
