import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import { get, type Route } from '../core/route.ts';
import { IdParams, Nullable, Time } from '../core/schemas.ts';
import { feedersOf } from './reads.ts';

const FeederView = z
  .object({
    level: z.enum(['pdu', 'switch']),
    name: z.string().meta({ description: 'Of the PDU or switch, as it was said' }),
    ports: z.array(
      z.object({
        port: z.string().meta({ description: "The server's own" }),
        outlet: Nullable.text.meta({ description: 'Of the PDU, or port of the switch' }),
        management: z.boolean().meta({ description: 'It only manages the server' }),
        source: z.string().meta({ description: 'Who says so' }),
        seen_at: Time.meta({ description: 'When that was said last' }),
      }),
    ),
  })
  .meta({ id: 'Feeder' });

export const feedRoutes: readonly Route[] = [
  get(
    {
      id: 'getFeeds',
      path: '/v1/assets/{id}/feeds',
      summary: 'The PDUs and switches that feed a server',
      tag: 'Assets',
      scope: 'assets:read',
      params: IdParams,
      answers: {
        200: { says: 'All that is known; an empty list: nothing is', schema: z.object({ items: z.array(FeederView) }) },
      },
    },
    async (ctx, { params }) => {
      if (!(await findAsset(ctx, params.id))) throw new HubError('not-found', `There is no asset ${params.id}`);
      const feeders = (await feedersOf(ctx, [params.id])).get(params.id) ?? [];
      const items = feeders.map(({ level, said, feeds }) => ({
        ...{ level, name: said },
        ports: feeds.map(({ port, outlet, management, source, seenAt }) => ({
          ...{ port, outlet, management, source, seen_at: seenAt },
        })),
      }));
      return { status: 200, body: { items } };
    },
  ),
];
