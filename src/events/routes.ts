import { z } from 'zod';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { get, type Route } from '../core/route.ts';
import type { Catalogue } from './catalogue.ts';
import { CloudEvent, sequenceText, toCloudEvent } from './cloud-event.ts';
import { feedPosition, readFeed } from './reads.ts';

const tag = 'Events';
const Types = z.string().max(2000).optional().meta({ description: 'Only these types, separated by commas' });
const POLL_MS = 250;
const PING_MS = 15_000;

export function eventRoutes(catalogue: Catalogue, source: string): Route[] {
  const toTypes = (text: string | undefined): string[] | undefined =>
    text?.split(',').map((type) => type.trim().replace(/^com\.baremetal\./, ''));
  return [
    get(
      {
        id: 'listEvents',
        path: '/v1/events',
        summary: 'The feed of everything that happens, in its order, as CloudEvents',
        tag,
        scope: 'events:read',
        query: z.object({
          after: z.coerce.number().int().min(0).default(0).meta({ description: '`next` of the page before' }),
          types: Types,
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        answers: {
          200: {
            says: 'Events after the place; `next` is where to go on',
            schema: z.object({ items: z.array(CloudEvent), next: z.int() }).meta({ id: 'EventPage' }),
          },
        },
      },
      async (ctx, { query }) => {
        const events = await readFeed(ctx, catalogue, {
          after: query.after,
          limit: query.limit,
          types: toTypes(query.types),
        });
        const items = events.map((event) => toCloudEvent(event, source));
        return { status: 200, body: { items, next: events.at(-1)?.sequence ?? query.after } };
      },
    ),
    get(
      {
        id: 'streamEvents',
        path: '/v1/events/stream',
        summary: 'The same feed as server-sent events; a reconnect with Last-Event-ID goes on where it stopped',
        tag,
        scope: 'events:read',
        query: z.object({ after: z.coerce.number().int().min(0).optional(), types: Types }),
        answers: { 200: { says: 'Events as they happen', schema: null, contentType: 'text/event-stream' } },
      },
      async (ctx, { query, headers }) => {
        const lastEventId = Number.parseInt(headers['last-event-id'] ?? '', 10);
        const after = Number.isFinite(lastEventId) ? lastEventId : (query.after ?? (await feedPosition(ctx)));
        const types = toTypes(query.types);
        return {
          status: 200,
          headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
          stream: (write, signal) => follow(ctx, { catalogue, source, after, types, write, signal }),
        };
      },
    ),
    get(
      {
        id: 'getEventSchema',
        path: '/api/schema/events/{type}/{version}',
        summary: 'JSON Schema of the data of a type of event',
        tag,
        scope: null,
        params: z.object({ type: z.string(), version: z.coerce.number().int() }),
        answers: { 200: { says: 'The schema', schema: z.record(z.string(), z.unknown()) } },
      },
      async (_ctx, { params }) => {
        const event = catalogue.get(params.type);
        if (!event || event.version !== params.version)
          throw new HubError('not-found', `There is no event type ${params.type} in version ${params.version}`);
        return { status: 200, body: z.toJSONSchema(event.Data) as Record<string, unknown> };
      },
    ),
  ];
}

interface Following {
  catalogue: Catalogue;
  source: string;
  after: number;
  types: string[] | undefined;
  write(chunk: string): Promise<void>;
  signal: AbortSignal;
}

async function follow(ctx: Ctx, following: Following): Promise<void> {
  const { catalogue, source, types, write, signal } = following;
  let { after } = following;
  let lastWrite = Date.now();
  await write(`: from ${sequenceText(after)}\n\n`);
  while (!signal.aborted && !ctx.signal.aborted) {
    const events = await readFeed(ctx, catalogue, { after, limit: 200, types });
    for (const event of events) {
      after = event.sequence ?? after;
      await write(`id: ${after}\nevent: ${event.type}\ndata: ${JSON.stringify(toCloudEvent(event, source))}\n\n`);
      lastWrite = Date.now();
    }
    if (Date.now() - lastWrite > PING_MS) {
      await write(': still here\n\n');
      lastWrite = Date.now();
    }
    if (events.length < 200) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
