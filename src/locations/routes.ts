import { z } from 'zod';
import { assetsAt } from '../assets/reads.ts';
import { BulkAnswer, bulkBody, runBulk, wantedVersion } from '../core/bulk.ts';
import { answerSorted, orderOf, sortedQuery } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { get, patch, post, type Route } from '../core/route.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { createLocation } from './commands/create-location.ts';
import { saveLocation } from './commands/save-location.ts';
import { updateLocation } from './commands/update-location.ts';
import { LocationChanges, LocationInput, LocationType, PATH_SEPARATOR } from './model.ts';
import { findLocation, findPlaces, type Location, LOCATION_ORDER, listLocations } from './reads.ts';
import { drawUnits, type InRack } from './units.ts';
import {
  ContentsView,
  LOCATION_COLUMNS,
  LocationView,
  type PlacedLocation,
  type There,
  viewContents,
  viewLocation,
} from './views.ts';

const tag = 'Locations';
const CONTENTS_AT_MOST = 1000;

export const locationRoutes: Route[] = [
  get(
    {
      id: 'listLocations',
      path: '/v1/locations',
      summary: 'List locations, or export them as CSV',
      tag,
      scope: 'registry:read',
      query: z.object({
        type: LocationType.optional(),
        parent_id: z
          .union([Id, z.literal('none')])
          .optional()
          .meta({ description: 'What is directly in it; `none`: what is at the top' }),
        within: Id.optional().meta({ description: 'It, and all that is in it' }),
        code: z.string().max(64).optional(),
        q: z.string().trim().min(1).max(100).optional().meta({ description: 'Beginning of its name or code' }),
        archived: z.enum(['false', 'true', 'any']).default('false'),
        ...sortedQuery(LOCATION_ORDER, 'name'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(LocationView).meta({ id: 'LocationPage' }) } },
    },
    async (ctx, { query }) => {
      const { type, within, code, q, archived } = query;
      const parentId = query.parent_id === 'none' ? null : query.parent_id;
      return answerSorted({
        ...{ columns: LOCATION_ORDER, query, view: viewLocation, csv: LOCATION_COLUMNS, file: 'locations.csv' },
        read: async (order, limit) =>
          placed(ctx, await listLocations(ctx, { type, parentId, within, code, q, archived, order, limit })),
      });
    },
  ),
  get(
    {
      id: 'getLocation',
      path: '/v1/locations/{id}',
      summary: 'One location',
      tag,
      scope: 'registry:read',
      params: IdParams,
      answers: { 200: { says: 'The location', schema: LocationView } },
    },
    async (ctx, { params }) => answer(ctx, 200, await mustFind(ctx, params.id)),
  ),
  get(
    {
      id: 'getLocationContents',
      path: '/v1/locations/{id}/contents',
      summary: 'What is in a location; of a rack, its units from the top to the bottom',
      tag,
      scope: 'registry:read',
      params: IdParams,
      answers: { 200: { says: 'What is directly in it', schema: ContentsView } },
    },
    async (ctx, { params }) => {
      const location = await mustFind(ctx, params.id);
      const order = orderOf(LOCATION_ORDER, 'name', undefined);
      const limit = CONTENTS_AT_MOST + 1;
      const children = await listLocations(ctx, { parentId: location.id, archived: 'false', order, limit });
      const assets = await assetsAt(ctx, location.id, limit);
      const [self, ...inside] = await placed(ctx, [location, ...children.slice(0, CONTENTS_AT_MOST)]);
      return {
        status: 200,
        body: viewContents({
          location: self ?? { ...location, place: undefined },
          children: inside,
          assets: assets.slice(0, CONTENTS_AT_MOST),
          isComplete: children.length < limit && assets.length < limit,
          units: unitsOf(location, assets),
        }),
      };
    },
  ),
  post(
    {
      id: 'createLocation',
      path: '/v1/locations',
      summary: 'Add a location',
      tag,
      scope: 'registry:write',
      body: LocationInput,
      answers: { 201: { says: 'Added', schema: LocationView } },
    },
    async (tx, { body }) => answer(tx, 201, await createLocation(tx, body)),
  ),
  patch(
    {
      id: 'updateLocation',
      path: '/v1/locations/{id}',
      summary: 'Change or move a location; archive one that holds nothing',
      tag,
      scope: 'registry:write',
      params: IdParams,
      body: LocationChanges,
      answers: { 200: { says: 'As it is now', schema: LocationView } },
    },
    async (tx, { params, body, headers }) => {
      const version = wantedVersion(headers, body.version);
      return answer(tx, 200, await updateLocation(tx, { id: params.id, changes: body, version }));
    },
  ),
  post(
    {
      id: 'saveLocations',
      path: '/v1/locations/bulk',
      summary: 'Add or change up to 1,000 locations by parent and name, as JSON or text/csv',
      tag,
      scope: 'registry:write',
      body: bulkBody('LocationInput'),
      answers: { 200: { says: 'One result per item, in their order', schema: BulkAnswer } },
    },
    async (tx, { body, headers }) =>
      runBulk({
        ...{ body, headers, Item: LocationInput, numbers: ['height_u', 'width_inches'] },
        keyOf: keyOfItem,
        save: (item) => saveLocation(tx, item),
      }),
  ),
];

/** What is higher up comes first: a request may bring a room and its racks. */
function keyOfItem(item: LocationInput): string {
  const names = item.parent?.split(PATH_SEPARATOR) ?? [];
  return `${String(names.length).padStart(3, '0')} ${JSON.stringify([item.parent_id ?? names, item.name])}`;
}

function unitsOf(location: Location, assets: readonly There[]): ReturnType<typeof drawUnits> | null {
  const { heightU, unitsFrom } = location;
  if (heightU === null || unitsFrom === null) return null;
  const mounted = assets.filter((one): one is InRack => one.position !== null);
  return drawUnits({ heightU, unitsFrom }, mounted);
}

async function mustFind(ctx: Ctx, id: string): Promise<Location> {
  const location = await findLocation(ctx, id);
  if (!location) throw new HubError('not-found', `There is no location ${id}`);
  return location;
}

async function placed(ctx: Ctx, locations: readonly Location[]): Promise<PlacedLocation[]> {
  const places = await findPlaces(
    ctx,
    locations.map(({ id }) => id),
  );
  return locations.map((location) => ({ ...location, place: places.get(location.id) }));
}

async function answer(ctx: Ctx, status: number, location: Location) {
  const [self] = await placed(ctx, [location]);
  return {
    status,
    headers: {
      etag: `"${location.version}"`,
      ...(status === 201 ? { location: `/v1/locations/${location.id}` } : {}),
    },
    body: viewLocation(self ?? { ...location, place: undefined }),
  };
}
