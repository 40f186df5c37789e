import { z } from 'zod';
import { get, type Route } from '../core/route.ts';
import { polledIds, readingsOf, targetsAfter } from './poll-store.ts';
import { families, headOf, renderReadings } from './render-readings.ts';

const tag = 'Health';
/** So many servers are read at a time. */
const BATCH = 200;
/** Samples of so many servers are held. */
const HELD = 1_500;
/** About so many servers in one scrape: some hundred thousand lines are more than one answer should have. */
const PER_PART = 500;
const MAX_PARTS = 4096;

const Part = z.object({
  part: z.coerce.number().int().min(0).max(MAX_PARTS).default(0).meta({ description: 'Which part, from 0' }),
  parts: z.coerce.number().int().min(1).max(MAX_PARTS).default(1).meta({ description: 'Into how many' }),
});

const TargetGroups = z
  .array(z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }))
  .meta({ id: 'TargetGroups', description: 'As http_sd of Prometheus takes them' });

/** What Prometheus asks for: the readings, in parts, and where to get them. */
export function metricRoutes(publicUrl: string): Route[] {
  return [
    get(
      {
        id: 'bmcMetrics',
        path: '/metrics/bmc',
        summary: 'Power, health and sensors of all servers, or of a part of them, for Prometheus',
        tag,
        scope: 'assets:read',
        query: Part,
        answers: { 200: { says: 'Metrics', schema: null, contentType: 'text/plain' } },
      },
      async (ctx, { query }) => ({
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        async stream(write, signal) {
          const ids = await polledIds(ctx.db, query);
          // Each family stands in one piece: a part is read once and held, a whole fleet is read once per family.
          for (const some of ids.length <= HELD ? [families] : families.map((family) => [family])) {
            const texts = some.map(headOf);
            for (let at = 0; at < ids.length && !signal.aborted; at += BATCH) {
              const readings = await readingsOf(ctx.db, ids.slice(at, at + BATCH));
              for (const [nth, family] of some.entries()) texts[nth] += renderReadings(family, readings);
              if (some.length === 1) await write(texts.splice(0, 1, '').join(''));
            }
            for (const text of texts) if (text !== '') await write(text);
          }
        },
      }),
    ),
    get(
      {
        id: 'metricTargets',
        path: '/metrics/targets',
        summary: 'Where to scrape: the parts of /metrics/bmc, or the addresses of the BMCs for other exporters',
        tag,
        scope: 'assets:read',
        query: z.object({
          of: z
            .enum(['readings', 'bmcs'])
            .default('readings')
            .meta({ description: 'readings: what the hub has read; bmcs: the BMCs themselves' }),
        }),
        answers: { 200: { says: 'Targets with labels, for http_sd of Prometheus', schema: TargetGroups } },
      },
      async (ctx, { query }) => {
        if (query.of === 'readings') return { status: 200, body: partsOf(publicUrl, (await polledIds(ctx.db)).length) };
        const groups: z.infer<typeof TargetGroups> = [];
        for (let after: string | null = null; ;) {
          const batch = await targetsAfter(ctx.db, after, 1000);
          for (const { address, ...labels } of batch) groups.push({ targets: [address], labels: said(labels) });
          after = batch.at(-1)?.asset ?? null;
          if (batch.length < 1000) return { status: 200, body: groups };
        }
      },
    ),
  ];
}

/** Powers of two: while a fleet grows, its servers seldom change their part. */
function partsOf(publicUrl: string, servers: number): z.infer<typeof TargetGroups> {
  const { host, protocol, pathname } = new URL(publicUrl);
  const parts = Math.min(MAX_PARTS, 2 ** Math.max(0, Math.ceil(Math.log2(servers / PER_PART))));
  return Array.from({ length: parts }, (_, part) => ({
    targets: [host],
    labels: {
      __scheme__: protocol.replace(':', ''),
      __metrics_path__: `${pathname.replace(/\/$/, '')}/metrics/bmc`,
      ...{ __param_part: String(part), __param_parts: String(parts) },
      // `up` of each part is a series of its own.
      instance: `${host}/bmc/${part}`,
    },
  }));
}

function said(labels: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter((pair): pair is [string, string] => pair[1] !== null));
}
