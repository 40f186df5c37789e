import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { whyNot } from '../../core/moves.ts';
import { append } from '../../events/append.ts';
import type { InventoryReport } from '../../ports/hardware-inventory.ts';
import { assetInspected, assetValidated, assetValidationFailed } from '../events.ts';
import { countByKind, inventoryBody, inventoryHash } from '../inventory-body.ts';
import { lifecycle } from '../model.ts';
import { type Asset, lockAsset, updateAsset } from '../store.ts';

/**
 * Learns from what the BMC said and, where the server waits for it, validates it against what was expected. What was seen stands in the
 * history, which has it from the bundle that it was kept in. An inventory that says nothing new adds no event.
 */
export async function recordInspection(
  tx: TxCtx,
  seen: { assetId: string; report: InventoryReport },
): Promise<{ changed: boolean }> {
  const asset = await lockAsset(tx.db, seen.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${seen.assetId}`);
  const { report } = seen;
  const stranger = whyStranger(asset, report);
  if (stranger !== undefined) {
    // What another machine says must not enter this one's history.
    await noteFault(tx, asset, stranger);
    return { changed: false };
  }
  const body = inventoryBody(report);
  const hash = inventoryHash(body);
  const changed = hash !== asset.inventoryHash;
  const subject = { type: 'asset' as const, id: asset.id };
  const { site, rack, position } = asset;
  if (changed) {
    await append(tx, assetInspected, {
      subject,
      occurredAt: report.collectedAt,
      data: {
        source: report.source,
        inventoryHash: hash,
        components: countByKind(report.components),
        warnings: report.warnings.length,
        requests: report.requests,
        site,
        rack,
        position,
      },
    });
  }
  const now = tx.now().toISOString();
  const learnt: Partial<Asset> = {
    inventoryHash: hash,
    inspectedAt: report.collectedAt,
    manufacturer: report.system.manufacturer ?? asset.manufacturer,
    model: report.system.model ?? asset.model,
    systemUuid: report.system.uuid ?? asset.systemUuid,
    serial: asset.serial ?? serialOf(report),
    bmcFingerprint256: asset.bmcFingerprint256 ?? report.fingerprint256,
    updatedAt: now,
  };
  if (whyNot(lifecycle, 'validate', asset.state) !== undefined) {
    await updateAsset(tx.db, asset.id, learnt);
    return { changed };
  }
  const fault = whyNotValid(asset, report);
  if (fault === undefined) {
    await updateAsset(tx.db, asset.id, { ...learnt, state: 'PHYSICAL_VALIDATED', stateReason: null, stateSince: now });
    await append(tx, assetValidated, { subject, data: { serial: learnt.serial ?? null, site, rack, position } });
    return { changed };
  }
  await updateAsset(tx.db, asset.id, learnt);
  await noteFault(tx, asset, fault);
  return { changed };
}

async function noteFault(tx: TxCtx, asset: Asset, fault: string): Promise<void> {
  const reason = fault.slice(0, 500);
  if (asset.stateReason === reason) return;
  await updateAsset(tx.db, asset.id, { stateReason: reason, updatedAt: tx.now().toISOString() });
  await append(tx, assetValidationFailed, { subject: { type: 'asset', id: asset.id }, data: { reason } });
}

/** The number on the sticker: Dell prints the service tag, which Redfish shows as SKU, and reports the board's serial as the system's. */
export function serialOf(report: InventoryReport): string | null {
  const { manufacturer, sku, serial } = report.system;
  if (manufacturer !== null && /^dell/i.test(manufacturer) && sku !== null) return sku;
  return serial;
}

/** Why what answered is not this server: the serial that is expected or known, or the UUID, is another one. */
export function whyStranger(
  asset: Pick<Asset, 'serial' | 'systemUuid'>,
  report: Pick<InventoryReport, 'system'>,
): string | undefined {
  const { serial, sku, uuid } = report.system;
  if (
    asset.serial !== null &&
    (serial ?? sku) !== null &&
    !sameText(asset.serial, serial) &&
    !sameText(asset.serial, sku)
  ) {
    return `expected serial ${asset.serial}, the BMC says ${serial ?? 'none'}${sku === null ? '' : ` (SKU ${sku})`}: another machine answers at this address, or the expectation is wrong`;
  }
  if (asset.serial === null && asset.systemUuid !== null && uuid !== null && !sameText(asset.systemUuid, uuid)) {
    return `known by the system UUID ${asset.systemUuid}, the BMC says ${uuid}: another machine answers at this address, or its board was changed`;
  }
  return undefined;
}

/** Unknown is not right: what the BMC does not say, a person has to look at. */
function whyNotValid(asset: Asset, report: InventoryReport): string | undefined {
  if (report.components.length === 0)
    return 'the BMC showed no components; it may still be starting. Ask for another inspection';
  if (asset.serial !== null && report.system.serial === null && report.system.sku === null) {
    return `expected serial ${asset.serial}, the BMC does not say any: look at the label, and validate it by hand`;
  }
  return undefined;
}

function sameText(a: string, b: string | null): boolean {
  return b !== null && a.trim().toUpperCase() === b.trim().toUpperCase();
}
