import { z } from 'zod';
import { HubError } from '../../core/error.ts';
import { pageOf } from '../../core/page.ts';
import { get, type Route } from '../../core/route.ts';
import { answerSorted, sortedQuery } from '../../core/sorted-list.ts';
import { Id, IdParams, Time } from '../../core/schemas.ts';
import { COMPONENT_ORDER, findComponent, latestReadings, listComponents, listInstallations } from '../reads.ts';
import { AsOf, clocksOf, KnownAt } from './clocks.ts';
import {
  COMPONENT_COLUMNS,
  ComponentView,
  InstallationView,
  Kind,
  viewComponent,
  viewInstallation,
} from './component-views.ts';

const tag = 'Components';
const text = z.string().trim().min(1).max(150).optional();

export const componentRoutes: Route[] = [
  get(
    {
      id: 'listComponents',
      path: '/v1/components',
      summary: 'List parts',
      tag,
      scope: 'components:read',
      query: z.object({
        kind: Kind.optional(),
        vendor: text,
        serial: text,
        model: text,
        part_number: text,
        lot_id: Id.optional(),
        asset_id: Id.optional().meta({ description: 'Those that are in this server now' }),
        location_id: Id.optional().meta({ description: 'Those that are in this place now' }),
        place: z
          .enum(['installed', 'stored', 'away'])
          .optional()
          .meta({ description: 'In a server now; in a bin now; nobody knows where' }),
        q: text.meta({ description: 'Beginning of a serial, part number or model' }),
        ...sortedQuery(COMPONENT_ORDER, 'id'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(ComponentView).meta({ id: 'ComponentPage' }) } },
    },
    async (ctx, { query }) => {
      const { part_number: partNumber, lot_id: lotId, asset_id: assetId, location_id: locationId } = query;
      const filter = { ...query, partNumber, lotId, assetId, locationId };
      return answerSorted({
        ...{ columns: COMPONENT_ORDER, query, view: viewComponent, csv: COMPONENT_COLUMNS, file: 'components.csv' },
        read: (order, limit) => listComponents(ctx, { ...filter, order, limit }),
      });
    },
  ),
  get(
    {
      id: 'getComponent',
      path: '/v1/components/{id}',
      summary: 'One part, as it is known now',
      tag,
      scope: 'components:read',
      params: IdParams,
      answers: {
        200: {
          says: 'The part, with its newest counters',
          schema: ComponentView.extend({
            readings: z.object({ collected_at: Time, values: z.record(z.string(), z.unknown()) }).nullable(),
          }).meta({ id: 'ComponentWithReadings' }),
        },
      },
    },
    async (ctx, { params }) => {
      const component = await findComponent(ctx, params.id);
      if (!component) throw notFound(params.id);
      const readings = await latestReadings(ctx, params.id);
      return {
        status: 200,
        body: {
          ...viewComponent(component),
          readings: readings && { collected_at: readings.collectedAt, values: readings.readings },
        },
      };
    },
  ),
  get(
    {
      id: 'listComponentInstallations',
      path: '/v1/components/{id}/installations',
      summary: 'Where a part was, earliest first',
      tag,
      scope: 'components:read',
      params: IdParams,
      query: z.object({ as_of: AsOf, known_at: KnownAt }),
      answers: { 200: { says: 'All of them', schema: z.object({ items: z.array(InstallationView) }) } },
    },
    async (ctx, { params, query }) => {
      if (!(await findComponent(ctx, params.id))) throw notFound(params.id);
      const items = await listInstallations(ctx, params.id, clocksOf(query));
      return { status: 200, body: { items: items.map(viewInstallation) } };
    },
  ),
];

function notFound(id: string): HubError {
  return new HubError('not-found', `There is no component ${id}`);
}
