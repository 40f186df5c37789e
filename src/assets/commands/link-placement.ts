import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { findPlaces, holdLocation, type Location, locationsNamed } from '../../locations/reads.ts';
import { lockAsset, type PlacedAsset, updateAsset } from '../store.ts';
import { checkPlace } from './check-place.ts';
import { tellPlaced } from './update-asset.ts';

export interface Linked {
  did: 'linked' | 'unchanged' | 'unknown';
  locationId: string | null;
  /** Why it is not in the rack that is named, or nowhere at all; null where all is well. */
  reason: string | null;
}

/**
 * Puts a server where the system of record says that it is: into the rack of that name in the site of that name, or, where there is no
 * such rack, several, or its units are another one's here, into the site. Where no site has the name, it stays as it is. The same again
 * changes nothing.
 */
export async function linkPlacement(tx: TxCtx, want: { assetId: string }): Promise<Linked> {
  const asset = await lockAsset(tx.db, want.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${want.assetId}`);
  const stay = (reason: string): Linked => ({ did: 'unknown', locationId: asset.locationId, reason });
  if (asset.site === null) return stay('nobody says in which site it is');
  const [site, second] = await locationsNamed(tx, { type: 'site', name: asset.site, limit: 2 });
  if (!site) return stay(`there is no site ${asset.site}`);
  if (second) return stay(`there are several sites ${asset.site}`);
  const { location, reason } = await spotIn(tx, asset, site);
  const locationId = location.id;
  if (locationId === asset.locationId) return { did: 'unchanged', locationId, reason };
  const updatedAt = tx.now().toISOString();
  await updateAsset(tx.db, asset.id, { locationId, updatedAt });
  await tellPlaced(tx, asset, { ...asset, locationId });
  return { did: 'linked', locationId, reason };
}

async function spotIn(
  tx: TxCtx,
  asset: PlacedAsset,
  site: Location,
): Promise<{ location: Location; reason: string | null }> {
  const inSite = (reason: string | null) => ({ location: site, reason });
  if (asset.rack === null) return inSite(null);
  const racks = await locationsNamed(tx, { type: 'rack', name: asset.rack, limit: RACKS_AT_MOST });
  const ways = await findPlaces(
    tx,
    racks.map(({ id }) => id),
  );
  const [rack, second] = racks.filter(({ id }) => ways.get(id)?.ids.includes(site.id));
  if (!rack) return inSite(`there is no rack ${asset.rack} in ${site.name}`);
  if (second) return inSite(`there are several racks ${asset.rack} in ${site.name}`);
  const held = await holdLocation(tx, rack.id);
  try {
    await checkPlace(tx, held ?? rack, { assetId: asset.id, position: asset.position, heightU: asset.heightU });
  } catch (error) {
    // The record is right about the site; about the units, a person has to look.
    if (error instanceof HubError && (error.kind === 'conflict' || error.kind === 'invalid'))
      return inSite(error.message);
    throw error;
  }
  return { location: rack, reason: null };
}

/** As many sites may each have a rack of the same name. */
const RACKS_AT_MOST = 500;
