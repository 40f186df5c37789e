import { machineExpected } from '#src/arrivals/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { recogniseBmcJob } from '../catalogue.ts';

/** A machine that is expected only now may have been waiting as unexpected. */
export const recogniseExpectedBmc: Reaction = {
  name: 'recognise-expected-bmc',
  on: [machineExpected.type],
  job: recogniseBmcJob,
  input: (event) => {
    const waiting = event.related.find(({ type }) => type === 'bmc');
    return waiting ? { bmcId: waiting.id, mac: event.data['bmcMac'] } : undefined;
  },
};
