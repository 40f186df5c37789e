import { recordInspection, whyStranger } from '#src/assets/commands/record-inspection.ts';
import { countByKind } from '#src/assets/inventory-body.ts';
import { mayInspect } from '#src/assets/model.ts';
import { type Asset, findAsset } from '#src/assets/reads.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { writeReport } from '#src/formats/agent/write-report.ts';
import { handle, type JobCtx } from '../job-ctx.ts';
import type { BmcTarget, InventoryReport } from '#src/ports/hardware-inventory.ts';
import { reportToReading } from '#src/ports/inventory-to-reading.ts';
import { inspectAssetJob } from '../catalogue.ts';

/** Reads everything that the BMC can tell, and keeps it. */
export const inspectAssetTask = handle(inspectAssetJob, async (ctx, { assetId }) => {
  const asset = await findAsset(ctx, assetId);
  if (!asset || !mayInspect(asset.state)) return { outcome: 'nothing to inspect' };
  const target = targetOf(ctx, asset);
  await ctx.progress({ step: 'reading', from: target.url });
  const report = await ctx.adapters.use('hardwareInventory').read(target, ctx.signal);
  // What another machine says must not enter this one's history.
  if (whyStranger(asset, report) === undefined) await ctx.bundles.takeDocument(ctx, asDocument(assetId, report));
  const { changed } = await tx(ctx, (inside) => recordInspection(inside, { assetId, report }));
  return {
    outcome: changed ? 'changed' : 'unchanged',
    requests: report.requests,
    components: countByKind(report.components),
    warnings: report.warnings,
  };
});

/** What was read, as the hub keeps it: in its own format, with the id that the hub knows the server by. */
function asDocument(assetId: string, report: InventoryReport): Buffer {
  const reading = reportToReading(report);
  return writeReport({ ...reading, source: report.source, host: { ...reading.host, assetId } });
}

/** @throws HubError invalid where no credentials are known, saying where to set them */
function targetOf(ctx: JobCtx, asset: Asset): BmcTarget {
  if (asset.bmcAddress === null) throw new HubError('conflict', 'its BMC has no known address yet');
  const { scheme, port, username, password } = ctx.settings.bmc;
  const own = asset.bmcUsername !== null && asset.bmcPasswordSealed !== null;
  const credentials = own
    ? { username: asset.bmcUsername ?? '', password: ctx.seal.open(asset.bmcPasswordSealed ?? '') }
    : { username: username ?? '', password: password ?? '' };
  if (credentials.username === '') {
    throw new HubError(
      'invalid',
      'no BMC credentials: set REDFISH_USERNAME and REDFISH_PASSWORD, or bmc_username and bmc_password of the expected machine',
    );
  }
  const address = asset.bmcAddress.includes(':') ? `[${asset.bmcAddress}]` : asset.bmcAddress;
  const host = port === null ? address : `${address}:${port}`;
  return { url: `${scheme}://${host}`, ...credentials, fingerprint256: asset.bmcFingerprint256 };
}
