import { assetsIn, assetsInRack } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { isDuplicate } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { stockAt } from '../../stock/reads.ts';
import { locationArchived, locationMoved, locationRestored, locationUpdated } from '../events.ts';
import { DEPTH_AT_MOST, type LocationChanges, strayFields, whyNotIn } from '../model.ts';
import { findPlace } from '../reads.ts';
import {
  activeChildren,
  levelsBelow,
  type Location,
  lockLocation,
  lockLocationNamed,
  lockUpwards,
  updateLocationRow,
} from '../store.ts';
import { whyNotWithin } from '../units.ts';
import { codeTaken, invalidAt, nameTaken, tooDeep } from './create-location.ts';

/** @throws HubError not-found; invalid; conflict where it changed meanwhile, a name is taken, or it still holds something */
export async function updateLocation(
  tx: TxCtx,
  want: { id: string; changes: LocationChanges; version: number | undefined },
): Promise<Location> {
  const known = await lockLocation(tx.db, want.id);
  if (!known) throw new HubError('not-found', `There is no location ${want.id}`);
  if (want.version !== undefined && want.version !== known.version) {
    throw new HubError(
      'conflict',
      `It has changed meanwhile: version ${known.version}, not ${want.version}. Read it again`,
      { extra: { version: known.version } },
    );
  }
  return changeLocation(tx, known, want.changes);
}

/** `known` is locked. The same again changes nothing. */
export async function changeLocation(tx: TxCtx, known: Location, wanted: LocationChanges): Promise<Location> {
  const [stray] = strayFields(known.type, wanted);
  if (stray) throw invalidAt(`/${stray.field}`, stray.message);
  const fields = fieldsOf(known, wanted);
  const moves = wanted.parent_id !== undefined && wanted.parent_id !== known.parentId;
  const parentId = moves ? (wanted.parent_id ?? null) : known.parentId;
  const turns = wanted.archived !== undefined && wanted.archived !== (known.archivedAt !== null);
  if (Object.keys(fields).length === 0 && !moves && !turns) return known;
  if (moves) await refuseMove(tx, known, parentId);
  if (moves || fields.name !== undefined) {
    const taken = await lockLocationNamed(tx.db, parentId, fields.name ?? known.name);
    if (taken) throw nameTaken(taken);
  }
  if (fields.heightU !== undefined) await refuseLowering(tx, { ...known, ...fields });
  if (turns) await (wanted.archived ? refuseArchiving(tx, known) : refuseRestoring(tx, parentId));
  const now = tx.now().toISOString();
  const changes: Partial<Location> = {
    ...fields,
    ...(moves ? { parentId } : {}),
    ...(turns ? { archivedAt: wanted.archived ? now : null } : {}),
  };
  const before = (await findPlace(tx, known.id))?.path ?? known.name;
  try {
    await updateLocationRow(tx.db, known.id, { ...changes, updatedAt: now });
  } catch (error) {
    if (isDuplicate(error)) throw codeTaken(fields.code ?? known.code, error);
    throw error;
  }
  const after = (await findPlace(tx, known.id))?.path ?? known.name;
  const subject = { type: 'location' as const, id: known.id };
  if (Object.keys(fields).length > 0)
    await append(tx, locationUpdated, { subject, data: { path: after, changes: told(known, fields) } });
  if (moves) {
    const related = [known.parentId, parentId].flatMap((id) =>
      id === null ? [] : [{ type: 'location' as const, id }],
    );
    await append(tx, locationMoved, { subject, related, data: { from: before, to: after } });
  }
  if (turns)
    await append(tx, wanted.archived ? locationArchived : locationRestored, { subject, data: { path: after } });
  return { ...known, ...changes, updatedAt: now, version: known.version + 1 };
}

/** Fields that are said and differ: `undefined` leaves, `null` clears. */
function fieldsOf(known: Location, wanted: LocationChanges): Partial<Location> {
  const said = {
    name: wanted.name,
    code: wanted.code,
    heightU: wanted.height_u,
    unitsFrom: wanted.units_from,
    widthInches: wanted.width_inches,
    aisle: wanted.aisle,
    shelf: wanted.shelf,
    address: wanted.address,
    timeZone: wanted.time_zone,
    notes: wanted.notes,
  };
  return Object.fromEntries(
    Object.entries(said).filter(([field, value]) => value !== undefined && value !== known[field as keyof Location]),
  );
}

function told(known: Location, fields: Partial<Location>): { field: string; from: string | null; to: string | null }[] {
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return Object.entries(fields).map(([field, to]) => ({
    field,
    from: text(known[field as keyof Location]),
    to: text(to),
  }));
}

async function refuseMove(tx: TxCtx, known: Location, parentId: string | null): Promise<void> {
  const way = parentId === null ? [] : await lockUpwards(tx.db, parentId, known.id);
  const [parent] = way;
  if (parentId !== null && !parent) throw invalidAt('/parent_id', `there is no location ${parentId}`);
  if (way.some(({ id }) => id === known.id)) {
    const message = `${parent?.name} is in ${known.name} itself: a location cannot be inside of what it holds`;
    throw new HubError('conflict', message, { fields: [{ field: '/parent_id', message }] });
  }
  const misplaced = whyNotIn(known.type, parent?.type ?? null);
  if (misplaced !== undefined) throw invalidAt('/parent_id', misplaced);
  if (parent && parent.archivedAt !== null) throw archivedParent(parent);
  if (way.length + 1 + (await levelsBelow(tx.db, known.id)) > DEPTH_AT_MOST) throw invalidAt('/parent_id', tooDeep());
}

async function refuseLowering(tx: TxCtx, rack: Location): Promise<void> {
  const heightU = rack.heightU ?? 0;
  for (const one of await assetsInRack(tx, rack.id)) {
    const fault = whyNotWithin({ name: rack.name, heightU }, one);
    if (fault === undefined) continue;
    const message = `${one.name ?? one.serial ?? one.id} stands at U${one.position}: ${fault}. Move it first`;
    throw new HubError('conflict', message, { fields: [{ field: '/height_u', message }], extra: { other: one.id } });
  }
}

async function refuseArchiving(tx: TxCtx, known: Location): Promise<void> {
  const inside = [
    ...(await activeChildren(tx.db, known.id)),
    ...(await assetsIn(tx, { locationId: known.id })),
    ...(await stockAt(tx, known.id)),
  ];
  if (inside.length === 0) return;
  const message = `${known.name} holds ${inside.slice(0, 4).join(', ')}: move or archive what is in it first`;
  throw new HubError('conflict', message, { fields: [{ field: '/archived', message }] });
}

async function refuseRestoring(tx: TxCtx, parentId: string | null): Promise<void> {
  const parent = parentId === null ? undefined : await lockLocation(tx.db, parentId);
  if (parent && parent.archivedAt !== null) throw archivedParent(parent);
}

function archivedParent(parent: Location): HubError {
  return new HubError('conflict', `${parent.name} is archived: bring it back first, with archived: false`);
}
