import { reconcileAsset } from './reconcile-device.ts';
import { findAssetByRecord } from '#src/assets/reads.ts';
import { handle } from '#src/journal/job-ctx.ts';
import { matchRecordJob } from '../catalogue.ts';

/** The system of record says that a device changed. Ours: compare. Not ours: nothing to do. */
export const matchRecordTask = handle(matchRecordJob, async (ctx, { recordId }) => {
  const asset = await findAssetByRecord(ctx, recordId);
  if (!asset) return { outcome: 'no server of ours' };
  return reconcileAsset(ctx, asset.id);
});
