import type { TxCtx } from '../../core/ctx.ts';
import { findPlaces, findStandings, holdLocation, NOWHERE, type Place, type Standing } from '../../locations/reads.ts';
import { checkPlace, conflictAt, invalidAt } from './check-place.ts';

/** Where a system of record says that a server is, by our ids. `undefined`: it does not say; null: nowhere. */
export interface RecordPlace {
  site?: string | null | undefined;
  /** Room or building within the site. */
  area?: string | null | undefined;
  rack?: string | null | undefined;
  position?: number | null | undefined;
}

/** The innermost of them is where it stands. What is not said stays, as far as it is still within what is said. */
export function spotOf(current: Standing, says: RecordPlace): string | null {
  const movesSite = says.site !== undefined && says.site !== current.siteId;
  const movesArea = movesSite || (says.area !== undefined && says.area !== current.areaId);
  const site = says.site === undefined ? current.siteId : says.site;
  const keptArea = movesSite ? null : current.areaId;
  const area = says.area === undefined ? keptArea : says.area;
  const keptRack = movesArea ? null : current.rackId;
  const rack = says.rack === undefined ? keptRack : says.rack;
  return rack ?? area ?? site;
}

/**
 * May it stand there? The location is locked from here on.
 *
 * @throws HubError invalid or conflict: the units are another one's here, or the rack is in another site here than there
 */
export async function checkRecordPlace(
  tx: TxCtx,
  spot: string | null,
  want: {
    says: RecordPlace;
    assetId: string | null;
    position: number | null;
    heightU: number;
    leaving?: ReadonlySet<string> | undefined;
  },
): Promise<Place | null> {
  const { says, assetId, position, heightU, leaving } = want;
  if (spot === null) {
    if (position !== null) throw invalidAt('/position', 'it stands in no rack here, so it has no unit');
    return null;
  }
  const location = await holdLocation(tx, spot);
  if (!location) throw invalidAt('/rack', `there is no location ${spot} any more`);
  const place = await checkPlace(tx, location, { assetId, position, heightU, leaving });
  const standing = (await findStandings(tx, [spot])).get(spot) ?? NOWHERE;
  for (const [field, said, is] of [
    ['site', says.site, standing.siteId],
    ['location', says.area, standing.areaId],
  ] as const) {
    if (said === undefined || said === is) continue;
    const names = await findPlaces(tx, said === null ? [] : [said]);
    const where = said === null ? 'in no room or building' : `in ${names.get(said)?.path ?? said}`;
    throw conflictAt(`/${field}`, `${place.path} is somewhere else here, and ${where} there: move that first`);
  }
  return place;
}
