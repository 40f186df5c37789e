import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import type { HubObject } from '#src/drift/hub-side.ts';
import {
  findStandings,
  type Location,
  locationsById,
  locationsWith,
  NOWHERE,
  pageOfLocations,
  type Standing,
} from '#src/locations/reads.ts';
import type { LocationType } from '#src/locations/model.ts';

/** How locations of some types are shown to another system. */
export interface PlaceKind {
  types: readonly LocationType[];
  /** Undefined: not one that other systems know, e.g. a store that is in no site. */
  values(location: Location, standing: Standing, parent: Standing): Record<string, unknown> | undefined;
}

/** As many as are left of a page of locations; an empty one is the end. */
export async function placeDigests(
  ctx: Ctx,
  kind: PlaceKind,
  after: string | null,
  limit: number,
): Promise<{ id: string; digest: string }[]> {
  for (let last = after; ;) {
    const page = await pageOfLocations(ctx, { types: kind.types, after: last, limit });
    const objects = await shown(ctx, kind, page);
    if (page.length === 0 || objects.length > 0)
      return objects.map(({ id, values }) => ({ id, digest: JSON.stringify(values) }));
    last = page.at(-1)?.id ?? null;
  }
}

export async function readPlaces(ctx: Ctx, kind: PlaceKind, ids: readonly string[]): Promise<HubObject[]> {
  return shown(ctx, kind, await locationsById(ctx, { types: kind.types, ids }));
}

export async function findPlacesBy(
  ctx: Ctx,
  kind: PlaceKind,
  field: string,
  values: readonly string[],
): Promise<HubObject[]> {
  if (field !== 'name' && field !== 'code') throw cannotFind(kind.types.join(' or '), field, ['name', 'code']);
  return shown(ctx, kind, await locationsWith(ctx, { types: kind.types, field, values }));
}

export function cannotFind(what: string, field: string, fields: readonly string[]): HubError {
  return new HubError(
    'invalid',
    `a ${what} cannot be found by "${field}": a mapping's \`match\` begins with one of ${fields.join(', ')}`,
  );
}

async function shown(ctx: Ctx, kind: PlaceKind, locations: readonly Location[]): Promise<HubObject[]> {
  const standings = await findStandings(
    ctx,
    locations.flatMap(({ id, parentId }) => (parentId === null ? [id] : [id, parentId])),
  );
  return locations.flatMap((location) => {
    const of = (id: string | null): Standing => (id === null ? NOWHERE : (standings.get(id) ?? NOWHERE));
    const values = kind.values(location, of(location.id), of(location.parentId));
    return values === undefined ? [] : [{ id: location.id, parentId: null, label: location.name, values }];
  });
}
