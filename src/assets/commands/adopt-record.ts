import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { Subject } from '../../core/event.ts';
import { append } from '../../events/append.ts';
import { findStandings, NOWHERE } from '../../locations/reads.ts';
import { assetPlacementChanged } from '../events.ts';
import { findAsset } from '../reads.ts';
import { lockAsset, type PlacedAsset, updateAsset } from '../store.ts';
import { AssetChanges } from './asset-input.ts';
import { conflictAt, invalidAt, placeTexts } from './check-place.ts';
import { checkRecordPlace, type RecordPlace, spotOf } from './record-place.ts';
import { applyChanges, tellPlaced } from './update-asset.ts';

/** What a system of record says of a server. `undefined`: nothing; null: it is empty. */
export interface RecordSays extends RecordPlace {
  name?: string | null | undefined;
  serial?: string | null | undefined;
  assetTag?: string | null | undefined;
  manufacturer?: string | null | undefined;
  model?: string | null | undefined;
}

/**
 * Takes over what the system of record says; the same again changes nothing. What it has been seen to be, nobody else decides.
 *
 * `leaving`: servers that go elsewhere in this transaction, and are not in the way. @throws HubError not-found; invalid or conflict, saying why
 * it cannot be so: then nothing has changed
 */
export async function adoptRecord(
  tx: TxCtx,
  want: { assetId: string; system: string; says: RecordSays; leaving?: ReadonlySet<string> | undefined },
): Promise<void> {
  const { assetId, system, says, leaving } = want;
  const seen = await findAsset(tx, assetId);
  if (!seen) throw new HubError('not-found', `There is no asset ${assetId}`);
  const spot = spotOf(await standingOf(tx, seen), says);
  const isPlaced = [says.site, says.area, says.rack, says.position].some((said) => said !== undefined);
  const stays = spot === seen.locationId ? seen.position : null;
  const position = says.position === undefined ? stays : says.position;
  // The rack before the server, as everybody locks them.
  const place = isPlaced
    ? await checkRecordPlace(tx, spot, { says, assetId, position, heightU: seen.heightU, leaving })
    : undefined;
  const known = await lockAsset(tx.db, assetId);
  if (!known) throw new HubError('not-found', `There is no asset ${assetId}`);
  if (known.locationId !== seen.locationId || known.position !== seen.position)
    throw new HubError('conflict', 'It was moved here in the same moment: look at it again');
  refuseWhatWasSeen(known, says);
  const changed = await applyChanges(tx, known, factsOf(says));
  if (place === undefined) return;
  await move(tx, changed, { ...placeTexts(place), position, locationId: spot }, system);
}

/** @throws HubError invalid where one is too long, or no text that could be kept */
export function factsOf(says: RecordSays): AssetChanges {
  const { name, serial, assetTag, manufacturer, model } = says;
  const read = AssetChanges.safeParse({ name, serial, asset_tag: assetTag, manufacturer, model });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw invalidAt(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'cannot be kept here');
}

async function standingOf(tx: TxCtx, { locationId }: PlacedAsset) {
  return locationId === null ? NOWHERE : ((await findStandings(tx, [locationId])).get(locationId) ?? NOWHERE);
}

/** A look into the server says it again, and would say it after every adoption. */
function refuseWhatWasSeen(known: PlacedAsset, says: Pick<RecordSays, 'manufacturer' | 'model'>): void {
  if (known.inspectedAt === null) return;
  for (const field of ['manufacturer', 'model'] as const) {
    const said = says[field];
    if (said === undefined || said === known[field]) continue;
    throw conflictAt(
      `/${field}`,
      `the server itself says that it is ${known[field] ?? 'nothing'}: mend the device type there`,
    );
  }
}

async function move(
  tx: TxCtx,
  known: PlacedAsset,
  to: Pick<PlacedAsset, 'site' | 'rack' | 'position' | 'locationId'>,
  system: string,
): Promise<void> {
  const spoken = (asset: Pick<PlacedAsset, 'site' | 'rack' | 'position'>) => ({
    site: asset.site,
    rack: asset.rack,
    position: asset.position,
  });
  const isTold = (['site', 'rack', 'position'] as const).some((field) => known[field] !== to[field]);
  if (!isTold && to.locationId === known.locationId) return;
  await updateAsset(tx.db, known.id, { ...to, updatedAt: tx.now().toISOString() });
  if (!isTold) {
    // It stands where it always stood, in words; now the location is known as such.
    await tellPlaced(tx, known, { ...known, ...to });
    return;
  }
  const related = [...new Set([known.locationId, to.locationId])].flatMap((id): Subject[] =>
    id === null ? [] : [{ type: 'location', id }],
  );
  await append(tx, assetPlacementChanged, {
    subject: { type: 'asset', id: known.id },
    related,
    data: { from: spoken(known), to: spoken(to), system },
  });
}
