import {
  assetBmcCredentialsChanged,
  assetBmcMoved,
  assetDiscovered,
  assetInspectionRequested,
} from '#src/assets/events.ts';
import { updateCompleted, updateFailed } from '#src/firmware/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { inspectAssetJob } from '../catalogue.ts';

/** A server that appeared, appeared elsewhere, whose firmware was changed, or that somebody wants looked at, is looked into. */
export const inspectDiscoveredAsset: Reaction = {
  name: 'inspect-discovered-asset',
  on: [
    assetDiscovered.type,
    assetBmcMoved.type,
    assetBmcCredentialsChanged.type,
    assetInspectionRequested.type,
    updateCompleted.type,
    updateFailed.type,
  ],
  job: inspectAssetJob,
  // A BMC that lost its address cannot be asked; an update without a step changed nothing.
  input: ({ subject, data }) =>
    data['to'] === null || isEmpty(data['steps'] ?? data['done']) ? undefined : { assetId: subject.id },
};

const isEmpty = (steps: unknown): boolean => Array.isArray(steps) && steps.length === 0;
