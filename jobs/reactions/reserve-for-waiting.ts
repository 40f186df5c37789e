import type { Reaction } from '#src/journal/job.ts';
import {
  stockAdjusted,
  stockMoved,
  stockReceived,
  stockReservationExpired,
  stockReservationNotRenewed,
  stockReservationReleased,
} from '#src/stock/events.ts';
import { Condition, isUsable } from '#src/stock/model.ts';
import { reserveForWaitingJob } from '../catalogue-stock.ts';

/** Something usable lies in a datacenter that may not have been there, or is free again. */
export const reserveForWaiting: Reaction = {
  name: 'reserve-for-waiting',
  on: [
    stockReceived.type,
    stockMoved.type,
    stockAdjusted.type,
    stockReservationReleased.type,
    stockReservationExpired.type,
    stockReservationNotRenewed.type,
  ],
  job: reserveForWaitingJob,
  input: ({ data }) => {
    const { site } = data;
    const condition = Condition.safeParse(data['condition']);
    if (typeof site !== 'string' || !condition.success || !isUsable(condition.data)) return undefined;
    return { site };
  },
};
