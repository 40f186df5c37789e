import { assetStateChanged, assetValidated } from '#src/assets/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { hardenAssetJob } from '../catalogue.ts';

/** A server that was validated, by what its BMC says or by an operator's word, is hardened. */
export const hardenValidatedAsset: Reaction = {
  name: 'harden-validated-asset',
  on: [assetValidated.type, assetStateChanged.type],
  job: hardenAssetJob,
  input: (event) => {
    const isValidated = event.type === assetValidated.type || event.data['to'] === 'PHYSICAL_VALIDATED';
    return isValidated ? { assetId: event.subject.id } : undefined;
  },
};
