import { findAsset } from '#src/assets/reads.ts';
import { tx } from '#src/core/tx.ts';
import { recordAnswer, recordSilence } from '#src/health/commands/record-poll.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { pollHealthJob } from '../catalogue.ts';
import { handle } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';

/** Asks a BMC how its server is, and keeps the answer; or that there was none, which says nothing of the server. */
export const pollHealthTask = handle(pollHealthJob, async (ctx, { assetId }) => {
  const asset = await findAsset(ctx, assetId);
  if (!asset || asset.state === 'DECOMMISSIONED' || asset.bmcAddress === null) return { outcome: 'nothing to poll' };
  const target = targetOf(ctx, asset);
  try {
    const report = await ctx.adapters.use('bmcHealth').readHealth(target, ctx.signal);
    await tx(ctx, (inside) => recordAnswer(inside, ctx.settings.health, { assetId, report }), {
      isolation: 'read committed',
    });
    const { power, system, complete, requests } = report;
    return { outcome: 'answered', power, system, complete, requests, sensors: report.sensors.length };
  } catch (error) {
    // A worker that stops says nothing of the BMC.
    if (!(error instanceof AdapterError) || ctx.signal.aborted) throw error;
    await tx(
      ctx,
      (inside) => recordSilence(inside, ctx.settings.health, { assetId, why: error.message, kind: error.kind }),
      {
        isolation: 'read committed',
      },
    );
    // Not thrown: a BMC that is away would keep this job waiting, and the next poll asks anyway.
    return { outcome: 'no answer', kind: error.kind, why: error.message };
  }
});
