import {
  stockReservationExpired,
  stockReservationNotRenewed,
  stockReservationReleased,
  stockReserved,
} from '#src/stock/events.ts';
import type { EventType } from '#src/core/event.ts';
import type { Reaction } from '#src/journal/job.ts';
import { noteSpareJob } from '../catalogue-tickets.ts';

const TOLD: readonly EventType[] = [
  stockReserved,
  stockReservationReleased,
  stockReservationExpired,
  stockReservationNotRenewed,
];

export const noteSpare: Reaction = {
  name: 'note-spare',
  on: TOLD.map(({ type }) => type),
  job: noteSpareJob,
  input: ({ id, type, data }) => {
    const told = TOLD.find((event) => event.type === type);
    const read = told?.Data.safeParse(data);
    if (told === undefined || read?.success !== true) return undefined;
    return { ticketId: data['ticketId'], eventId: id, text: told.sentence(read.data) };
  },
};
