import { z } from 'zod';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { get, type Route } from '../../core/route.ts';
import { IdParams, Nullable, Time } from '../../core/schemas.ts';
import { type Clocks, compareInventories, exists, type PlaceInventory, readInventory } from '../reads.ts';
import { AsOf, clocksOf, inUtc, KnownAt } from './clocks.ts';
import { InstalledView, viewInstalled } from './component-views.ts';

const SourceView = z.object({
  source: z.string(),
  first_collected_at: Time.meta({ description: 'Since when it has said the same' }),
  last_collected_at: Time,
  scope: z.array(z.string()).meta({ description: 'Kinds that it looked at completely' }),
});

const InventoryView = z
  .object({
    as_of: Nullable.time,
    known_at: Nullable.time,
    components: z.array(InstalledView),
    sources: z.array(SourceView),
    system: z.record(z.string(), z.unknown()).meta({ description: 'Of the best source that says it' }),
    firmware: z.array(
      z.object({ id: z.string(), name: z.string(), version: Nullable.text, updateable: z.boolean().nullable() }),
    ),
    neighbours: z.array(z.record(z.string(), z.unknown())).meta({ description: 'Link partners, from LLDP' }),
  })
  .meta({ id: 'Inventory' });

export const inventoryRoutes: Route[] = [
  get(
    {
      id: 'getAssetInventory',
      path: '/v1/assets/{id}/inventory',
      summary: 'What is in a server, or was at a time, as it is or was known',
      tag: 'Assets',
      scope: 'assets:read',
      params: IdParams,
      query: z.object({ as_of: AsOf, known_at: KnownAt }),
      answers: { 200: { says: 'Its parts; empty where nobody has looked yet', schema: InventoryView } },
    },
    async (ctx, { params, query }) => {
      await mustExist(ctx, 'asset', params.id);
      const body = await viewAt(ctx, { type: 'asset', id: params.id }, clocksOf(query));
      if (query.as_of === undefined && body.sources.length === 0)
        throw new HubError('not-found', `Nobody has looked into asset ${params.id} yet`);
      return { status: 200, body };
    },
  ),
  get(
    {
      id: 'getLocationInventory',
      path: '/v1/locations/{id}/inventory',
      summary: 'Which parts are in a bin or on a bench, or were at a time',
      tag: 'Locations',
      scope: 'registry:read',
      params: IdParams,
      query: z.object({ as_of: AsOf, known_at: KnownAt }),
      answers: { 200: { says: 'Its parts', schema: InventoryView } },
    },
    async (ctx, { params, query }) => {
      await mustExist(ctx, 'location', params.id);
      return { status: 200, body: await viewAt(ctx, { type: 'location', id: params.id }, clocksOf(query)) };
    },
  ),
  get(
    {
      id: 'diffAsset',
      path: '/v1/assets/{id}/diff',
      summary: 'What differs in a server between two moments',
      tag: 'Assets',
      scope: 'assets:read',
      params: IdParams,
      query: z.object({ from: AsOf.unwrap(), to: AsOf, known_at: KnownAt }),
      answers: {
        200: {
          says: 'Parts that came, went or changed',
          schema: z
            .object({
              from: Time,
              to: Nullable.time.meta({ description: 'null: now' }),
              installed: z.array(InstalledView),
              removed: z.array(InstalledView),
              changed: z.array(
                z.object({
                  component_id: z.string(),
                  kind: z.string(),
                  serial: Nullable.text,
                  slot: Nullable.text,
                  what: z.enum(['slot', 'firmware', 'health', 'model', 'part_number', 'attributes']),
                  from: z.unknown(),
                  to: z.unknown(),
                }),
              ),
            })
            .meta({ id: 'AssetDiff' }),
        },
      },
    },
    async (ctx, { params, query }) => {
      await mustExist(ctx, 'asset', params.id);
      const place = { type: 'asset', id: params.id } as const;
      const { knownAt } = clocksOf(query);
      const from = inUtc(query.from) ?? '';
      const to = inUtc(query.to) ?? null;
      const before = await readInventory(ctx, place, { asOf: from, knownAt });
      const after = await readInventory(ctx, place, { asOf: to, knownAt });
      const { installed, removed, changed } = compareInventories(before, after);
      return {
        status: 200,
        body: { from, to, installed: installed.map(viewInstalled), removed: removed.map(viewInstalled), changed },
      };
    },
  ),
];

async function mustExist(ctx: Ctx, type: 'asset' | 'location', id: string): Promise<void> {
  if (!(await exists(ctx, { type, id }))) throw new HubError('not-found', `There is no ${type} ${id}`);
}

async function viewAt(
  ctx: Ctx,
  place: { type: 'asset' | 'location'; id: string },
  clocks: Clocks,
): Promise<z.infer<typeof InventoryView>> {
  const { components, sources } = await readInventory(ctx, place, clocks);
  return {
    as_of: clocks.asOf,
    known_at: clocks.knownAt,
    components: components.map(viewInstalled),
    sources: sources.map(({ source, firstCollectedAt, lastCollectedAt, scope }) => ({
      source,
      first_collected_at: firstCollectedAt,
      last_collected_at: lastCollectedAt,
      scope,
    })),
    system: systemOf(sources),
    firmware: sources.find(({ facts }) => facts.firmware.length > 0)?.facts.firmware ?? [],
    neighbours: sources.find(({ facts }) => facts.neighbours.length > 0)?.facts.neighbours ?? [],
  };
}

function systemOf(sources: PlaceInventory['sources']): Record<string, unknown> {
  const system: Record<string, unknown> = {};
  for (const { facts } of sources.toReversed()) {
    const { manufacturer, model } = facts;
    for (const [name, value] of Object.entries({ manufacturer, model, ...facts.system }))
      if (value !== null) system[name] = value;
  }
  return system;
}
