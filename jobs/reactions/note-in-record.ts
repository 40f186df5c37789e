import { assetAddressAllocated, assetHardened, assetValidationFailed } from '#src/assets/events.ts';
import type { EventType } from '#src/core/event.ts';
import { componentFailed } from '#src/history/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import type { RecordNote } from '#src/ports/record-objects.ts';
import { ticketOpened } from '#src/tickets/events.ts';
import { noteInRecordJob } from '../catalogue.ts';

/** What whoever opens the device in the other system has to see there, too. */
const NOTED: readonly { event: EventType; kind: RecordNote['kind'] }[] = [
  { event: componentFailed, kind: 'warning' },
  { event: ticketOpened, kind: 'warning' },
  { event: assetValidationFailed, kind: 'danger' },
  { event: assetHardened, kind: 'success' },
  { event: assetAddressAllocated, kind: 'info' },
];

export const noteInRecord: Reaction = {
  name: 'note-in-record',
  on: NOTED.map(({ event }) => event.type),
  job: noteInRecordJob,
  input: ({ id, type, subject, related, data }) => {
    const noted = NOTED.find(({ event }) => event.type === type);
    const asset = [subject, ...related].find((one) => one.type === 'asset');
    const read = noted?.event.Data.safeParse(data);
    if (!noted || !asset || !read?.success) return undefined;
    return { assetId: asset.id, eventId: id, kind: noted.kind, text: noted.event.sentence(read.data) };
  },
};
