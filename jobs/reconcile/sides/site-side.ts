import type { HubSide } from '#src/drift/hub-side.ts';
import { changePlace, makePlace } from './place-changes.ts';
import { findPlacesBy, placeDigests, type PlaceKind, readPlaces } from './place-objects.ts';

const SITES: PlaceKind = {
  types: ['site'],
  values: ({ name, code, address, timeZone }) => ({ name, code, address, time_zone: timeZone }),
};

/** Sites. What region one is in, is ours alone. */
export const siteSide: HubSide = {
  name: 'site',
  parent: null,
  digests: (ctx, after, limit) => placeDigests(ctx, SITES, after, limit),
  read: (ctx, ids) => readPlaces(ctx, SITES, ids),
  readOf: async () => [],
  find: (ctx, field, values) => findPlacesBy(ctx, SITES, field, values),
  adopt: async (tx, id, values) => {
    const { site: _none, ...said } = values;
    await changePlace(tx, id, said, 'location');
  },
  create: (tx, _parent, values) => makePlace(tx, 'site', null, values),
};
