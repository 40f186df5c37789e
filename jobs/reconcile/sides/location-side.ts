import type { HubSide } from '#src/drift/hub-side.ts';
import { AREA_TYPES, locationsIn } from '#src/locations/reads.ts';
import { changePlace, makePlace, parentThere, withPlace } from './place-changes.ts';
import { findPlacesBy, placeDigests, type PlaceKind, readPlaces } from './place-objects.ts';

const AREAS: PlaceKind = {
  types: AREA_TYPES,
  values: ({ name, code }, { siteId }, parent) =>
    siteId === null ? undefined : { name, code, site: siteId, parent: parent.areaId },
};

/** Buildings, rooms and stores within a site. What is new there is a room: that may stand in whatever holds it there. */
export const locationSide: HubSide = {
  name: 'location',
  parent: null,
  digests: (ctx, after, limit) => placeDigests(ctx, AREAS, after, limit),
  read: (ctx, ids) => readPlaces(ctx, AREAS, ids),
  readOf: async () => [],
  find: (ctx, field, values) => findPlacesBy(ctx, AREAS, field, values),
  // Sites and rooms hold both.
  referring: (ctx, _side, ids) => locationsIn(ctx, { types: AREA_TYPES, parentIds: ids }),
  adopt: (tx, id, values, _from, along) => changePlace(tx, id, withPlace(values, along, 'parent'), 'parent'),
  create: (tx, _parent, values) => makePlace(tx, 'room', parentThere(values, 'parent'), values),
};
