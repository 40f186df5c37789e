import {
  driftDecided,
  reconcileApproved,
  reconcileModeChanged,
  reconcileReleased,
  reconcileRequested,
} from '#src/drift/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { reconcileSystemJob } from '../catalogue.ts';

/** A person said something that the one job of a system has to act upon. */
export const reconcileDecided: Reaction = {
  name: 'reconcile-decided',
  on: [
    driftDecided.type,
    reconcileRequested.type,
    reconcileApproved.type,
    reconcileReleased.type,
    reconcileModeChanged.type,
  ],
  job: reconcileSystemJob,
  input: ({ data }) => ({ system: data['system'] }),
};
