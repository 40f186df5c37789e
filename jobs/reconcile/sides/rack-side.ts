import type { HubSide } from '#src/drift/hub-side.ts';
import { locationsIn } from '#src/locations/reads.ts';
import { changePlace, makePlace, parentThere, withPlace } from './place-changes.ts';
import { findPlacesBy, placeDigests, type PlaceKind, readPlaces } from './place-objects.ts';

const RACKS: PlaceKind = {
  types: ['rack'],
  values: ({ name, code, heightU, unitsFrom, widthInches }, { siteId, areaId }) => {
    if (siteId === null) return undefined;
    const size = { height_u: heightU, units_from: unitsFrom, width_inches: widthInches };
    return { name, code, site: siteId, location: areaId, ...size };
  },
};

export const rackSide: HubSide = {
  name: 'rack',
  parent: null,
  digests: (ctx, after, limit) => placeDigests(ctx, RACKS, after, limit),
  read: (ctx, ids) => readPlaces(ctx, RACKS, ids),
  readOf: async () => [],
  find: (ctx, field, values) => findPlacesBy(ctx, RACKS, field, values),
  // Sites and rooms hold both.
  referring: (ctx, _side, ids) => locationsIn(ctx, { types: ['rack'], parentIds: ids }),
  adopt: (tx, id, values, _from, along) => changePlace(tx, id, withPlace(values, along, 'location'), 'location'),
  create: (tx, _parent, values) => makePlace(tx, 'rack', parentThere(values, 'location'), values),
};
