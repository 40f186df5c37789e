import { followPlace } from '#src/assets/commands/follow-place.ts';
import type { TxCtx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import type { Along } from '#src/drift/hub-side.ts';
import { createLocation } from '#src/locations/commands/create-location.ts';
import { updateLocation } from '#src/locations/commands/update-location.ts';
import { LocationChanges, LocationInput, type LocationType } from '#src/locations/model.ts';
import { findLocation, findStandings, holdLocationNamed, NOWHERE } from '#src/locations/reads.ts';
import type { Value } from '#src/mapping/mapping.ts';

export type Said = Partial<Record<string, Value | undefined>>;

/** What of a value is kept under the name that it has here anyway. */
const KEPT = ['name', 'code', 'address', 'time_zone', 'height_u', 'units_from', 'width_inches'] as const;

/** Takes over what is said of a location. @param areaField the value that names the room or building that it is in */
export async function changePlace(tx: TxCtx, id: string, said: Said, areaField: string): Promise<void> {
  const parentId = await parentSaid(tx, id, said, areaField);
  const changes = checked(LocationChanges, {
    ...keptOf(said),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
  });
  const before = await findLocation(tx, id);
  const after = await updateLocation(tx, { id, changes, version: undefined });
  // One change here, whatever stands in it: the servers keep pointing at it, and only their words follow.
  if (before?.name !== after.name || before.parentId !== after.parentId) await followPlace(tx, id);
}

/** What both say of where it is already goes with what is said anew: another site alone would take it out of its room. */
export function withPlace(values: Said, along: Along | undefined, areaField: string): Said {
  const { site, [areaField]: area } = along?.beside ?? {};
  return values['site'] === undefined && values[areaField] === undefined
    ? values
    : { site, [areaField]: area, ...values };
}

/** Makes one that is there and not here; one that was archived here comes back, because there it never went. */
export async function makePlace(tx: TxCtx, type: LocationType, parentId: string | null, said: Said): Promise<string> {
  const name = typeof said['name'] === 'string' ? said['name'] : '';
  const archived = name === '' ? undefined : await holdLocationNamed(tx, parentId, name);
  if (archived?.type === type && archived.archivedAt !== null) {
    const changes = checked(LocationChanges, { ...keptOf(said), archived: false });
    return (await updateLocation(tx, { id: archived.id, changes, version: undefined })).id;
  }
  const input = { type, ...withoutNulls(keptOf(said)), ...(parentId === null ? {} : { parent_id: parentId }) };
  return (await createLocation(tx, checked(LocationInput, input))).id;
}

/**
 * The location that it is directly in: the room or building, or else the site. Where the room is not known here yet, it is put into the site,
 * and moved when it is.
 *
 * @throws HubError invalid where the site is not here (yet)
 */
export function parentThere(said: Said, areaField: string): string {
  const parent = said[areaField] ?? said['site'];
  if (typeof said['site'] === 'string' && typeof parent === 'string' && !isExpected(parent)) return parent;
  throw new HubError('invalid', 'the site or room that it is in is not here yet: it can be made once that is');
}

/** Stands for an object that is to be made here, too, and was not. */
export function isExpected(id: string): boolean {
  return id.startsWith('new:');
}

/** Undefined: it stays where it is. */
async function parentSaid(tx: TxCtx, id: string, said: Said, areaField: string): Promise<string | null | undefined> {
  const [area, site] = [said[areaField], said['site']];
  if (area === undefined && site === undefined) return undefined;
  const location = await findLocation(tx, id);
  if (!location) throw new HubError('not-found', `There is no location ${id}`);
  const current =
    location.parentId === null
      ? NOWHERE
      : ((await findStandings(tx, [location.parentId])).get(location.parentId) ?? NOWHERE);
  const siteId = site === undefined ? current.siteId : site;
  const areaId = area === undefined && siteId === current.siteId ? current.areaId : area;
  if ([siteId, areaId].some((one) => typeof one === 'string' && isExpected(one)))
    throw new HubError('invalid', 'the site or room that it is in is not here yet: it is moved once that is');
  if (typeof areaId === 'string') {
    const standing = (await findStandings(tx, [areaId])).get(areaId);
    if (standing?.siteId !== siteId)
      throw new HubError('conflict', 'what it is in there is in another site here: that has to be moved first');
    return areaId;
  }
  return typeof siteId === 'string' ? siteId : null;
}

function keptOf(said: Said): Record<string, unknown> {
  return Object.fromEntries(KEPT.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]])));
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

interface Checks<T> {
  safeParse(
    input: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
}

function checked<T>(schema: Checks<T>, input: unknown): T {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const fields = read.error.issues.map(({ path, message }) => ({ field: `/${path.map(String).join('/')}`, message }));
  throw new HubError('invalid', fields.map(({ field, message }) => `${field.slice(1)} ${message}`).join('; '), {
    fields,
  });
}
