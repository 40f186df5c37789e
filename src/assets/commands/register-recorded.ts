import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { NOWHERE } from '../../locations/reads.ts';
import { assetRegistered } from '../events.ts';
import type { LifecycleState } from '../model.ts';
import { lockAssetRecordedAs } from '../recorded-store.ts';
import { insertAsset, type PlacedAsset } from '../store.ts';
import { factsOf, type RecordSays } from './adopt-record.ts';
import { invalidAt, placeTexts } from './check-place.ts';
import { refuseTaken } from './create-asset.ts';
import { checkRecordPlace, spotOf } from './record-place.ts';

/**
 * A server that the system of record has and the hub does not know. Once per record. @returns its id
 * @throws HubError invalid; conflict where its serial, tag or units are another one's
 */
export async function registerRecorded(
  tx: TxCtx,
  want: { recordId: string; recordUrl: string; state: LifecycleState; says: RecordSays },
): Promise<string> {
  const { recordId, recordUrl, state, says } = want;
  const { name = null, serial = null, asset_tag: assetTag = null, manufacturer = null, model = null } = factsOf(says);
  const position = says.position ?? null;
  if (name === null && serial === null && assetTag === null)
    throw invalidAt('/name', 'it has no name, no serial and no asset tag there: it could not be found again');
  const spot = spotOf(NOWHERE, says);
  const place = await checkRecordPlace(tx, spot, { says, assetId: null, position, heightU: 1 });
  const known = await lockAssetRecordedAs(tx.db, recordId);
  if (known) return known.id;
  await refuseTaken(tx, null, { serial, assetTag });
  const now = tx.now().toISOString();
  const asset: PlacedAsset = {
    ...{ id: newId(), name, serial, assetTag, manufacturer, model, systemUuid: null },
    ...placeTexts(place),
    ...{ position, projectId: null, locationId: spot, heightU: 1 },
    ...{ state, stateReason: null, stateSince: now },
    ...{ bmcMac: null, bmcAddress: null, bmcFingerprint256: null, bmcUsername: null, bmcPasswordSealed: null },
    ...{ inventoryHash: null, inspectedAt: null, recordId, recordUrl, recordedAt: now },
    ...{ createdAt: now, updatedAt: now, version: 1 },
  };
  await insertAsset(tx.db, asset);
  const { site, rack } = asset;
  await append(tx, assetRegistered, {
    subject: { type: 'asset', id: asset.id },
    related: spot === null ? [] : [{ type: 'location', id: spot }],
    data: { name, serial, state, origin: 'record', site, rack, position },
  });
  return asset.id;
}
