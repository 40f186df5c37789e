import { bmcAdopted, bmcSighted } from '#src/arrivals/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { recogniseBmcJob } from '../catalogue.ts';

/** A BMC that got an address, or that an operator says something about, is looked up. */
export const recogniseSightedBmc: Reaction = {
  name: 'recognise-sighted-bmc',
  on: [bmcSighted.type, bmcAdopted.type],
  job: recogniseBmcJob,
  input: (event) => ({ bmcId: event.subject.id, mac: event.data['mac'] }),
};
