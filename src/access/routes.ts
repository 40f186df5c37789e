import { z } from 'zod';
import { ANY, get, type Route } from '../core/route.ts';

const CallerView = z.object({ actor: z.string(), scopes: z.array(z.string()) }).meta({ id: 'Caller' });

export const accessRoutes: Route[] = [
  get(
    {
      id: 'getMe',
      path: '/v1/me',
      summary: 'Whose key this is, and what it may do',
      tag: 'Access',
      scope: ANY,
      answers: { 200: { says: 'The caller', schema: CallerView } },
    },
    async (_ctx, { caller }) => ({
      status: 200,
      body: { actor: caller?.actor ?? '', scopes: [...(caller?.scopes ?? [])] },
    }),
  ),
];
