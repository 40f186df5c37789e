import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { assetPlacementChanged, assetRecorded } from '../events.ts';
import { type Asset, lockAsset, updateAsset } from '../store.ts';

export interface Recorded {
  assetId: string;
  /** Title of the system of record. */
  system: string;
  recordId: string;
  recordUrl: string;
  /** Names of the fields that were written now; empty when nothing differed. */
  changes: string[];
  /** Where the system of record says it is: it wins for the place and the name. `undefined`: it does not say. */
  place: {
    name?: string | undefined;
    site?: string | undefined;
    rack?: string | null | undefined;
    position?: number | null | undefined;
  };
}

/** The system of record and the hub agree about this server now. Nothing new, no event. */
export async function noteRecorded(tx: TxCtx, recorded: Recorded): Promise<void> {
  const asset = await lockAsset(tx.db, recorded.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${recorded.assetId}`);
  const subject = { type: 'asset' as const, id: asset.id };
  const now = tx.now().toISOString();
  const { place } = recorded;
  const from = { site: asset.site, rack: asset.rack, position: asset.position };
  const to = {
    site: place.site ?? asset.site,
    rack: place.rack === undefined ? asset.rack : place.rack,
    position: place.position === undefined ? asset.position : place.position,
  };
  const firstTime = asset.recordId !== recorded.recordId;
  const changes: Partial<Asset> = {};
  if (firstTime || recorded.changes.length > 0)
    Object.assign(changes, { recordId: recorded.recordId, recordUrl: recorded.recordUrl, recordedAt: now });
  if (place.name !== undefined && place.name !== asset.name) changes.name = place.name;
  if (from.site !== to.site || from.rack !== to.rack || from.position !== to.position) Object.assign(changes, to);
  if (Object.keys(changes).length === 0) return;
  await updateAsset(tx.db, asset.id, { ...changes, updatedAt: now });
  if (firstTime || recorded.changes.length > 0) {
    const { recordId, recordUrl, system } = recorded;
    await append(tx, assetRecorded, {
      subject,
      data: { recordId, recordUrl, system, changes: recorded.changes.length > 0 ? recorded.changes : ['linked'] },
    });
  }
  if (changes.site !== undefined || changes.rack !== undefined || changes.position !== undefined) {
    await append(tx, assetPlacementChanged, { subject, data: { from, to, system: recorded.system } });
  }
}
