import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { isDuplicate } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { locationCreated } from '../events.ts';
import { DEPTH_AT_MOST, type LocationInput, pathOf, whyNotIn } from '../model.ts';
import { findPlace, holdLocationAt } from '../reads.ts';
import { insertLocation, type Location, lockLocation, lockLocationNamed } from '../store.ts';

/** @throws HubError invalid where it cannot be in its parent; conflict where the parent is archived, or the name or code is taken */
export async function createLocation(tx: TxCtx, input: LocationInput): Promise<Location> {
  return addLocation(tx, input, await parentOf(tx, input));
}

/** `parent` is locked, so that it is not archived at the same moment. */
export async function addLocation(tx: TxCtx, input: LocationInput, parent: Location | null): Promise<Location> {
  const misplaced = whyNotIn(input.type, parent?.type ?? null);
  if (misplaced !== undefined) throw invalidAt('/parent_id', misplaced);
  if (parent !== null && parent.archivedAt !== null)
    throw new HubError('conflict', `${parent.name} is archived: bring it back first, with archived: false`);
  const taken = await lockLocationNamed(tx.db, parent?.id ?? null, input.name);
  if (taken) throw nameTaken(taken);
  const way = parent === null ? undefined : await findPlace(tx, parent.id);
  if (way && way.ids.length >= DEPTH_AT_MOST) throw invalidAt('/parent_id', tooDeep());
  const now = tx.now().toISOString();
  const isRack = input.type === 'rack';
  const location: Location = {
    id: newId(),
    parentId: parent?.id ?? null,
    type: input.type,
    name: input.name,
    code: input.code ?? null,
    heightU: isRack ? (input.height_u ?? 42) : null,
    unitsFrom: isRack ? (input.units_from ?? 'bottom') : null,
    widthInches: input.width_inches ?? null,
    aisle: input.aisle ?? null,
    shelf: input.shelf ?? null,
    address: input.address ?? null,
    timeZone: input.time_zone ?? null,
    notes: input.notes ?? null,
    archivedAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  try {
    await insertLocation(tx.db, location);
  } catch (error) {
    if (isDuplicate(error)) throw codeTaken(location.code, error);
    throw error;
  }
  await append(tx, locationCreated, {
    subject: { type: 'location', id: location.id },
    related: parent === null ? [] : [{ type: 'location', id: parent.id }],
    data: { type: location.type, path: pathOf(way ? [way.path, location.name] : [location.name]) },
  });
  return location;
}

/** @throws HubError invalid where there is none */
export async function parentOf(
  tx: TxCtx,
  input: Pick<LocationInput, 'parent' | 'parent_id'>,
): Promise<Location | null> {
  const { parent_id: id, parent: path } = input;
  if (typeof id === 'string') {
    const parent = await lockLocation(tx.db, id);
    if (parent) return parent;
    throw invalidAt('/parent_id', `there is no location ${id}: create it first`);
  }
  if (typeof path !== 'string') return null;
  const parent = await holdLocationAt(tx, path);
  if (parent) return parent;
  throw invalidAt('/parent', `there is no location at ${path}: create it first, or in the same request`);
}

export function invalidAt(field: string, message: string): HubError {
  return new HubError('invalid', `${field}: ${message}`, { fields: [{ field, message }] });
}

export function tooDeep(): string {
  return `locations go ${DEPTH_AT_MOST} levels deep: put it higher up`;
}

export function nameTaken(taken: Location): HubError {
  const remedy = taken.archivedAt === null ? 'change that one' : 'it is archived: bring it back with archived: false';
  const message = `there is ${taken.name} already here (${taken.id}); ${remedy}`;
  return new HubError('conflict', message, { fields: [{ field: '/name', message }], extra: { other: taken.id } });
}

export function codeTaken(code: string | null, cause: unknown): HubError {
  const message = `another location beside it has the code ${code} already: see /v1/locations?archived=any&code=`;
  return new HubError('conflict', message, { fields: [{ field: '/code', message }], cause });
}
