import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import {
  findPlace,
  holdLocation,
  holdLocationAt,
  inTheWay,
  type Location,
  type Place,
  whyNotWithin,
} from '../../locations/reads.ts';
import { assetsInRack } from '../reads.ts';

export interface WantedPlace {
  /** null: not a new server. */
  assetId: string | null;
  position: number | null;
  heightU: number;
  /** Servers that go elsewhere in the same transaction. */
  leaving?: ReadonlySet<string> | undefined;
}

/**
 * May this stand there? The location's row is locked from here to the end of the transaction, so that what is true now stays true:
 * nobody else is given the same units.
 *
 * @throws HubError invalid where it is no place for it; conflict where the location is archived or a unit is taken, naming by whom
 */
export async function checkPlace(tx: TxCtx, location: Location, wanted: WantedPlace): Promise<Place> {
  if (location.archivedAt !== null)
    throw conflictAt('/location_id', `${location.name} is archived: bring it back first, with archived: false`);
  const { position, heightU, assetId, leaving } = wanted;
  if (position !== null && location.heightU === null)
    throw invalidAt('/position', `${location.name} is a ${location.type}: only racks have units; leave it out`);
  if (position !== null && location.heightU !== null) {
    const fault = whyNotWithin({ name: location.name, heightU: location.heightU }, { position, heightU });
    if (fault !== undefined) throw invalidAt('/position', fault);
    const standing = (await assetsInRack(tx, location.id)).filter(({ id }) => !leaving?.has(id));
    const other = inTheWay(standing, { id: assetId, position, heightU });
    if (other) {
      const message = `${other.name ?? other.serial ?? other.id} is in the way: it fills ${other.heightU} U from U${other.position} of ${location.name}`;
      throw conflictAt('/position', message, { other: other.id });
    }
  }
  const place = await findPlace(tx, location.id);
  if (!place) throw new HubError('internal', `location ${location.id} is locked and not there`);
  return place;
}

/** The location that is meant, locked; null where none is. @throws HubError invalid where there is no such location */
export async function locationOf(
  tx: TxCtx,
  said: { location_id?: string | null | undefined; location?: string | undefined },
): Promise<Location | null> {
  const { location_id: id, location: path } = said;
  if (typeof id === 'string') {
    const location = await holdLocation(tx, id);
    if (location) return location;
    throw invalidAt('/location_id', `there is no location ${id}: create it first`);
  }
  if (path === undefined) return null;
  const location = await holdLocationAt(tx, path);
  if (location) return location;
  throw invalidAt('/location', `there is no location at ${path}: create it first`);
}

/**
 * What the place says as text. Where there is no record of the server elsewhere, that is what its `site` and `rack` are; with one, these
 * stay what the system of record says.
 */
export function placeTexts(place: Place | null): { site: string | null; rack: string | null } {
  return { site: place?.site ?? null, rack: place?.type === 'rack' ? place.name : null };
}

export function invalidAt(field: string, message: string): HubError {
  return new HubError('invalid', `${field}: ${message}`, { fields: [{ field, message }] });
}

export function conflictAt(field: string, message: string, extra: Record<string, unknown> = {}): HubError {
  return new HubError('conflict', message, { fields: [{ field, message }], extra });
}
