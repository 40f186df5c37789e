import { findAssetByRecord } from '#src/assets/reads.ts';
import { handle } from '#src/journal/job-ctx.ts';
import { matchRecordJob, reconcileDeviceJob } from '../catalogue.ts';

/**
 * The system of record says that a device changed. Ours: compare, in the one job that does so (two at once would race for the same
 * addresses). Not ours: nothing to do.
 */
export const matchRecordTask = handle(matchRecordJob, async (ctx, { recordId }) => {
  const asset = await findAssetByRecord(ctx, recordId);
  if (!asset) return { outcome: 'no server of ours' };
  await ctx.enqueue(reconcileDeviceJob, { assetId: asset.id });
  return { outcome: 'to be compared', assetId: asset.id };
});
