import { findAsset } from '#src/assets/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { leaveBmcJob } from '../catalogue.ts';
import { handle } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';

/** Takes back what the hub asked the BMC of a decommissioned server to tell it. One that is unplugged already has forgotten it, or tells nobody. */
export const leaveBmcTask = handle(leaveBmcJob, async (ctx, { assetId }) => {
  const asset = await findAsset(ctx, assetId);
  if (asset?.state !== 'DECOMMISSIONED') return { outcome: 'it is not decommissioned' };
  if (asset.bmcAddress === null) return { outcome: 'its BMC has no address' };
  if (!ctx.adapters.has('bmcEvents')) return { outcome: 'nothing speaks to BMCs' };
  try {
    const wish = { destination: '', subject: assetId };
    const removed = await ctx.adapters.use('bmcEvents').removeSubscriptions(targetOf(ctx, asset), wish, ctx.signal);
    return { outcome: removed === 0 ? 'it told the hub nothing' : 'it tells the hub nothing any more', removed };
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'unreachable') throw error;
    return { outcome: 'its BMC does not answer', why: error.message };
  }
});
