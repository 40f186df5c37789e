import {
  assetBmcCredentialsChanged,
  assetBmcMoved,
  assetDiscovered,
  assetInspectionRequested,
} from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { inspectAssetJob } from '../catalogue.ts';

/** A server that appeared, appeared elsewhere, or that somebody wants looked at, is looked into. */
export const inspectDiscoveredAsset: Reaction = {
  name: 'inspect-discovered-asset',
  on: [assetDiscovered.type, assetBmcMoved.type, assetBmcCredentialsChanged.type, assetInspectionRequested.type],
  job: inspectAssetJob,
  // A BMC that lost its address cannot be asked.
  input: (event) => (event.data['to'] === null ? undefined : { assetId: event.subject.id }),
};
