import { assetValidated } from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { hardenAssetJob } from '../catalogue.ts';

export const hardenValidatedAsset: Reaction = {
  name: 'harden-validated-asset',
  on: [assetValidated.type],
  job: hardenAssetJob,
  input: (event) => ({ assetId: event.subject.id }),
};
