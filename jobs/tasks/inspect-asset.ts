import { recordInspection, whyStranger } from '#src/assets/commands/record-inspection.ts';
import { countByKind } from '#src/assets/inventory-body.ts';
import { mayInspect } from '#src/assets/model.ts';
import { findAsset } from '#src/assets/reads.ts';
import { demandRotation } from '#src/bmc-access/commands/demand-rotation.ts';
import { tx } from '#src/core/tx.ts';
import { writeReport } from '#src/formats/agent/write-report.ts';
import { handle } from '../job-ctx.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { InventoryReport } from '#src/ports/hardware-inventory.ts';
import { reportToReading } from '#src/ports/inventory-to-reading.ts';
import { inspectAssetJob } from '../catalogue.ts';
import { reportFirmware } from '../report-firmware.ts';
import { targetOf } from './bmc-target.ts';

/** Reads everything that the BMC can tell, and keeps it. */
export const inspectAssetTask = handle(inspectAssetJob, async (ctx, { assetId }) => {
  const asset = await findAsset(ctx, assetId);
  if (!asset || !mayInspect(asset.state)) return { outcome: 'nothing to inspect' };
  const target = targetOf(ctx, asset);
  await ctx.progress({ step: 'reading', from: target.url });
  const report = await ctx.adapters
    .use('hardwareInventory')
    .read(target, ctx.signal)
    .catch(async (error: unknown) => {
      if (demandsNewPassword(error)) await tx(ctx, (inside) => demandRotation(inside, assetId));
      throw error;
    });
  // What another machine says must not enter this one's history.
  if (whyStranger(asset, report) === undefined) await ctx.bundles.takeDocument(ctx, asDocument(assetId, report));
  const { changed } = await tx(ctx, (inside) => recordInspection(inside, { assetId, report }));
  const symptoms = await reportFirmware(ctx, (await findAsset(ctx, assetId)) ?? asset);
  return {
    outcome: changed ? 'changed' : 'unchanged',
    requests: report.requests,
    components: countByKind(report.components),
    warnings: report.warnings,
    symptoms,
  };
});

function demandsNewPassword(error: unknown): boolean {
  return error instanceof AdapterError && error.detail?.['passwordChangeRequired'] === true;
}

/** What was read, as the hub keeps it: in its own format, with the id that the hub knows the server by. */
function asDocument(assetId: string, report: InventoryReport): Buffer {
  const reading = reportToReading(report);
  return writeReport({ ...reading, source: report.source, host: { ...reading.host, assetId } });
}
