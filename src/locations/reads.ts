import type { Knex } from 'knex';
import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx, TxCtx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { type LocationType, PATH_SEPARATOR, pathOf } from './model.ts';
import { type Location, lockLocation, lockLocationNamed, toLocation } from './store.ts';
import { type InRack, inTheWay, whyNotWithin } from './units.ts';

// What other areas may use of a rack's units.
export { inTheWay, whyNotWithin };
export type { InRack, Location };
export {
  AREA_TYPES,
  findStandings,
  locationsById,
  locationsIn,
  locationsWith,
  NOWHERE,
  pageOfLocations,
  racksNamed,
  type Standing,
} from './standing-reads.ts';

/** A location with the way to it. */
export interface Place {
  id: string;
  type: LocationType;
  name: string;
  /** `ams1 / room 2 / rack 12`. */
  path: string;
  /** Name of the site that it is in, or is. */
  site: string | null;
  /** Ids from the top down, its own last. */
  ids: string[];
}

export const LOCATION_ORDER: SortColumns<Location> = {
  name: { column: 'locations.name', kind: 'text', of: (location) => location.name },
  code: { column: 'locations.code', kind: 'text', of: (location) => location.code },
  created_at: { column: 'locations.created_at', kind: 'time', of: (location) => location.createdAt },
  updated_at: { column: 'locations.updated_at', kind: 'time', of: (location) => location.updatedAt },
};

export async function findLocation(ctx: Ctx, id: string): Promise<Location | undefined> {
  const [row] = await ctx.db('locations').where({ id }).select('*');
  return row ? toLocation(row) : undefined;
}

/** Locked until the transaction ends: whoever puts something there does it alone. */
export async function holdLocation(tx: TxCtx, id: string): Promise<Location | undefined> {
  return lockLocation(tx.db, id);
}

/** The one of a name in its parent, archived or not, locked; where there is none, the name is held. */
export async function holdLocationNamed(
  tx: TxCtx,
  parentId: string | null,
  name: string,
): Promise<Location | undefined> {
  return lockLocationNamed(tx.db, parentId, name);
}

/** The one at a path such as "ams1 / room 2", locked. */
export async function holdLocationAt(tx: TxCtx, path: string): Promise<Location | undefined> {
  let found: Location | undefined;
  for (const name of path.split(PATH_SEPARATOR)) {
    found = await lockLocationNamed(tx.db, found?.id ?? null, name.trim());
    if (!found) return undefined;
  }
  return found;
}

/** By id; those that are not there are left out. */
export async function findPlaces(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Place>> {
  if (ids.length === 0) return new Map();
  const wanted = [...new Set(ids)];
  const [rows] = await ctx.db.raw(
    `WITH RECURSIVE up (leaf, id, parent_id, type, name, depth) AS (
       SELECT id, id, parent_id, type, name, 0 FROM locations WHERE id IN (${wanted.map(() => '?').join(', ')})
       UNION ALL
       SELECT up.leaf, locations.id, locations.parent_id, locations.type, locations.name, up.depth + 1
       FROM up JOIN locations ON locations.id = up.parent_id
     ) SELECT leaf, id, type, name FROM up ORDER BY leaf, depth DESC`,
    wanted,
  );
  const ways = Map.groupBy(rows as { leaf: string; id: string; type: LocationType; name: string }[], (row) => row.leaf);
  const places = new Map<string, Place>();
  for (const [id, way] of ways) {
    const self = way.at(-1);
    if (!self) continue;
    const site = way.find(({ type }) => type === 'site')?.name ?? null;
    const path = pathOf(way.map(({ name }) => name));
    places.set(id, { id, type: self.type, name: self.name, path, site, ids: way.map((step) => step.id) });
  }
  return places;
}

export async function findPlace(ctx: Ctx, id: string): Promise<Place | undefined> {
  return (await findPlaces(ctx, [id])).get(id);
}

/** The ids of a location and of all that is in it, as a subquery. */
export function withinLocation(ctx: Ctx, id: string): Knex.Raw {
  return ctx.db.raw(
    `(WITH RECURSIVE down (id) AS (
       SELECT id FROM locations WHERE id = ?
       UNION ALL
       SELECT locations.id FROM down JOIN locations ON locations.parent_id = down.id
     ) SELECT id FROM down)`,
    [id],
  );
}

/** The ids of a location and of all that is in it. */
export async function idsWithin(ctx: Ctx, id: string): Promise<string[]> {
  const rows: { id: string }[] = await ctx
    .db('locations')
    .whereRaw('id IN ?', [withinLocation(ctx, id)])
    .orderBy('id')
    .select('id');
  return rows.map((row) => String(row.id));
}

/** In use, of one type and name, wherever they are; at most `limit`. */
export async function locationsNamed(
  ctx: Ctx,
  want: { type: LocationType; name: string; limit: number },
): Promise<Location[]> {
  const rows = await ctx
    .db('locations')
    .where({ type: want.type, name: want.name })
    .whereNull('archived_at')
    .orderBy('id')
    .limit(want.limit)
    .select('*');
  return rows.map(toLocation);
}

export async function listLocations(
  ctx: Ctx,
  want: {
    type?: LocationType | undefined;
    /** null: those at the top. */
    parentId?: string | null | undefined;
    /** It, and all that is in it. */
    within?: string | undefined;
    code?: string | undefined;
    /** Beginning of its name or code. */
    q?: string | undefined;
    archived: 'true' | 'false' | 'any';
    order: Order<Location>;
    limit: number;
  },
): Promise<Location[]> {
  const query = ctx.db('locations').limit(want.limit);
  if (want.type) void query.where('locations.type', want.type);
  if (want.parentId === null) void query.whereNull('locations.parent_id');
  else if (want.parentId !== undefined) void query.where('locations.parent_id', want.parentId);
  if (want.within !== undefined) void query.whereRaw('locations.id IN ?', [withinLocation(ctx, want.within)]);
  if (want.code) void query.where('locations.code', want.code);
  if (want.archived === 'false') void query.whereNull('locations.archived_at');
  if (want.archived === 'true') void query.whereNotNull('locations.archived_at');
  if (want.q) {
    const beginning = `${want.q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    void query.where((any) => {
      // People do not type the case that the label has.
      for (const column of ['locations.name', 'locations.code'])
        void any.orWhereRaw('?? COLLATE utf8mb4_general_ci LIKE ?', [column, beginning]);
    });
  }
  inOrder(query, 'locations.id', want.order);
  return (await query.select('locations.*')).map(toLocation);
}

/** Whoever names a place has its id, its site's name, `site/rack`, or the whole way to it; several matches are none. Archived ones are not there. */
export async function findPlacesByNames(ctx: Ctx, names: readonly string[]): Promise<Map<string, Place>> {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return new Map();
  const ids = wanted.filter((name) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name));
  const ways = new Map(wanted.filter((name) => !ids.includes(name)).map((name) => [name, stepsOf(name)]));
  const leaves = [...new Set([...ways.values()].flatMap((steps) => steps.at(-1) ?? []))];
  const rows: { id: string }[] = await inParts(leaves, (part) =>
    ctx.db('locations').whereIn('name', part).whereNull('archived_at').select('id'),
  );
  const places = await findPlaces(ctx, [...ids.map((id) => id.toLowerCase()), ...rows.map(({ id }) => String(id))]);
  const found = new Map<string, Place>();
  for (const id of ids) {
    const place = places.get(id.toLowerCase());
    if (place !== undefined) found.set(id, place);
  }
  const candidates = rows.flatMap(({ id }) => places.get(String(id)) ?? []);
  for (const [name, steps] of ways) {
    const [only, ...others] = candidates.filter((place) => isNamed(place, steps));
    if (only !== undefined && others.length === 0) found.set(name, only);
  }
  return found;
}

function stepsOf(name: string): string[] {
  return name.split('/').map((step) => step.trim());
}

/** One word is a site, wherever it is, or a place that is in nothing; two are a site and what is somewhere in it; else the whole way. */
function isNamed(place: Place, steps: readonly string[]): boolean {
  const own = stepsOf(place.path);
  if (own.join('/') === steps.join('/')) return true;
  const [first, second] = steps;
  if (second === undefined) return place.type === 'site' && place.name === first;
  return steps.length === 2 && place.site === first && place.name === second;
}
