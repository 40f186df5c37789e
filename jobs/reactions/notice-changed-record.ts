import { recordChanged } from '#src/observations/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { noticeRecordJob } from '../catalogue.ts';

/** Something changed in a compared system, says its webhook. What belongs to a device is looked at with it. */
export const noticeChangedRecord: Reaction = {
  name: 'notice-changed-record',
  on: [recordChanged.type],
  job: noticeRecordJob,
  input: ({ data }) => {
    const { adapter, objectType, objectId, deviceId, deviceIds } = data;
    if (typeof deviceId === 'string') return { system: adapter, type: 'device', id: deviceId };
    const type = String(objectType).split('.').at(-1);
    const isConnecting = Array.isArray(deviceIds) && deviceIds.length > 0;
    return { system: adapter, type, id: objectId, ...(isConnecting ? { deviceIds: deviceIds.toSorted() } : {}) };
  },
};
