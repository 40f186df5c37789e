import {
  assetBmcMoved,
  assetHardened,
  assetInspected,
  assetPlaced,
  assetRegistered,
  assetStateChanged,
  assetUpdated,
  assetValidated,
} from '#src/assets/events.ts';
import { assetHistoryChanged } from '#src/history/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { noticeAssetJob } from '../catalogue.ts';

/** What changed here is compared with the systems that know it. Not what was taken over from one of them a moment ago. */
export const noticeChangedAsset: Reaction = {
  name: 'notice-changed-asset',
  on: [
    assetRegistered.type,
    assetInspected.type,
    assetValidated.type,
    assetHardened.type,
    assetBmcMoved.type,
    assetStateChanged.type,
    assetUpdated.type,
    assetPlaced.type,
    assetHistoryChanged.type,
  ],
  job: noticeAssetJob,
  input: (event) => (event.subject.type === 'asset' ? { assetId: event.subject.id } : undefined),
};
