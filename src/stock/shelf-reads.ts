import type { Ctx } from '../core/ctx.ts';
import { findPlaces, idsWithin, locationsNamed, type Place } from '../locations/reads.ts';

/** Where something lies, in the words of the stock. */
export interface Shelf {
  locationId: string;
  path: string;
  site: string | null;
  siteId: string | null;
  /** The warehouse or repair centre that it is in, or is. */
  warehouse: string | null;
  /** What it is in within that: `A3 / 12`. */
  bin: string | null;
  /** Ids from the top down, its own last. */
  way: string[];
}

/** By the location's id; those that are not there are left out. */
export async function findShelves(ctx: Ctx, ids: readonly (string | null)[]): Promise<Map<string, Shelf>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const places = await findPlaces(ctx, wanted);
  const above = await findPlaces(ctx, [...new Set([...places.values()].flatMap((place) => place.ids))]);
  return new Map([...places].map(([id, place]) => [id, shelfOf(place, above)]));
}

function shelfOf(place: Place, above: Map<string, Place>): Shelf {
  const way = place.ids.flatMap((id) => above.get(id) ?? []);
  const store = way.findLastIndex(({ type }) => type === 'warehouse' || type === 'repair-centre');
  const within = way.slice(store + 1).filter(({ type }) => store >= 0 || type === 'room' || type === 'bin');
  return {
    locationId: place.id,
    path: place.path,
    site: place.site,
    siteId: way.find(({ type }) => type === 'site')?.id ?? null,
    warehouse: way[store]?.name ?? null,
    bin: within.length === 0 ? null : within.map(({ name }) => name).join(' / '),
    way: place.ids,
  };
}

/** Datacenters of a name: mostly one. */
export async function sitesNamed(ctx: Ctx, name: string): Promise<{ id: string; way: string[] }[]> {
  const sites = await locationsNamed(ctx, { type: 'site', name, limit: 5 });
  const places = await findPlaces(
    ctx,
    sites.map(({ id }) => id),
  );
  return sites.map(({ id }) => ({ id, way: places.get(id)?.ids ?? [id] }));
}

/** The ids of these and of all that is in them. */
export async function withinAll(ctx: Ctx, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) found.push(...(await idsWithin(ctx, id)));
  return [...new Set(found)];
}
