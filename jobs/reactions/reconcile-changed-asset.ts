import { assetBmcMoved, assetHardened, assetInspected, assetStateChanged, assetValidated } from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { reconcileDeviceJob } from '../catalogue.ts';

/** What changed here and belongs into the system of record is compared with it. */
export const reconcileChangedAsset: Reaction = {
  name: 'reconcile-changed-asset',
  on: [assetInspected.type, assetValidated.type, assetHardened.type, assetBmcMoved.type, assetStateChanged.type],
  job: reconcileDeviceJob,
  input: (event) => ({ assetId: event.subject.id }),
};
