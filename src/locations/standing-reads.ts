import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import type { LocationType } from './model.ts';
import { type Location, toLocation } from './store.ts';

/** What of a site holds racks without being one: halls, rooms, cages, stores. */
export const AREA_TYPES = ['building', 'room', 'warehouse', 'repair-centre'] as const satisfies readonly LocationType[];

/** What a location is in, by the three levels that other systems know. */
export interface Standing {
  siteId: string | null;
  /** The innermost one within the site. */
  areaId: string | null;
  rackId: string | null;
}

export const NOWHERE: Standing = { siteId: null, areaId: null, rackId: null };

/** Of each location, itself included: a rack stands in itself. Those that are not there are left out. */
export async function findStandings(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Standing>> {
  const rows = await inParts([...new Set(ids)], async (part) => {
    const [found] = await ctx.db.raw(
      `WITH RECURSIVE up (leaf, id, parent_id, type, depth) AS (
         SELECT id, id, parent_id, type, 0 FROM locations WHERE id IN (${part.map(() => '?').join(', ')})
         UNION ALL
         SELECT up.leaf, locations.id, locations.parent_id, locations.type, up.depth + 1
         FROM up JOIN locations ON locations.id = up.parent_id
       ) SELECT leaf, id, type FROM up ORDER BY leaf, depth`,
      part,
    );
    return found as { leaf: string; id: string; type: LocationType }[];
  });
  const standings = new Map<string, Standing>();
  for (const [leaf, way] of Map.groupBy(rows, (row) => row.leaf)) {
    const site = way.findIndex(({ type }) => type === 'site');
    const within = site < 0 ? [] : way.slice(0, site);
    standings.set(leaf, {
      siteId: way[site]?.id ?? null,
      areaId: within.find(({ type }) => (AREA_TYPES as readonly string[]).includes(type))?.id ?? null,
      rackId: way.find(({ type }) => type === 'rack')?.id ?? null,
    });
  }
  return standings;
}

/** In use, by id. */
export async function pageOfLocations(
  ctx: Ctx,
  want: { types: readonly LocationType[]; after: string | null; limit: number },
): Promise<Location[]> {
  const query = ctx.db('locations').whereIn('type', want.types).whereNull('archived_at');
  if (want.after !== null) void query.where('id', '>', want.after);
  return (await query.orderBy('id').limit(want.limit).select('*')).map(toLocation);
}

/** In use; those of other types are left out. */
export async function locationsById(
  ctx: Ctx,
  want: { types: readonly LocationType[]; ids: readonly string[] },
): Promise<Location[]> {
  const rows = await inParts([...new Set(want.ids)], (part) =>
    ctx.db('locations').whereIn('type', want.types).whereIn('id', part).whereNull('archived_at').select('*'),
  );
  return rows.map(toLocation);
}

/** In use, wherever they are. Two systems hardly agree on upper and lower case. */
export async function locationsWith(
  ctx: Ctx,
  want: { types: readonly LocationType[]; field: 'name' | 'code'; values: readonly string[] },
): Promise<Location[]> {
  const rows = await inParts([...new Set(want.values)], (part) =>
    ctx
      .db('locations')
      .whereIn('type', want.types)
      .whereNull('archived_at')
      .whereRaw(`?? COLLATE utf8mb4_general_ci IN (${part.map(() => '?').join(', ')})`, [want.field, ...part])
      .orderBy('id')
      .select('*'),
  );
  return rows.map(toLocation);
}

/** Racks in use of these names, each with the site that it is in. */
export async function racksNamed(
  ctx: Ctx,
  names: readonly string[],
): Promise<{ id: string; name: string; siteId: string | null }[]> {
  const racks: { id: string; name: string }[] = await inParts([...new Set(names)], (part) =>
    ctx.db('locations').where({ type: 'rack' }).whereIn('name', part).whereNull('archived_at').select('id', 'name'),
  );
  const standings = await findStandings(
    ctx,
    racks.map(({ id }) => String(id)),
  );
  return racks.map(({ id, name }) => ({ id: String(id), name, siteId: standings.get(String(id))?.siteId ?? null }));
}

/** Ids of those in use that are directly in one of these. */
export async function locationsIn(
  ctx: Ctx,
  want: { types: readonly LocationType[]; parentIds: readonly string[] },
): Promise<string[]> {
  const rows: { id: string }[] = await inParts([...new Set(want.parentIds)], (part) =>
    ctx.db('locations').whereIn('type', want.types).whereIn('parent_id', part).whereNull('archived_at').select('id'),
  );
  return rows.map(({ id }) => String(id));
}
