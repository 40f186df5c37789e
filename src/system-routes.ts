import { z } from 'zod';
import type { Ctx } from './core/ctx.ts';
import { get, type Route } from './core/route.ts';

export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; found: string }>;
}

export interface SystemOptions {
  ready(ctx: Ctx): Promise<Readiness>;
  metrics(ctx: Ctx): Promise<{ contentType: string; text: string }>;
}

const ReadinessView = z
  .object({ ready: z.boolean(), checks: z.record(z.string(), z.object({ ok: z.boolean(), found: z.string() })) })
  .meta({ id: 'Readiness' });

/** What watches the process asks: open, and without anything that is not for all eyes. */
export function systemRoutes(options: SystemOptions): Route[] {
  const tag = 'System';
  return [
    get(
      {
        id: 'healthz',
        path: '/healthz',
        summary: 'Whether the process lives',
        tag,
        scope: null,
        answers: { 200: { says: 'It does', schema: null, contentType: 'text/plain' } },
      },
      async () => ({ status: 200, body: 'ok\n', headers: { 'content-type': 'text/plain' } }),
    ),
    get(
      {
        id: 'readyz',
        path: '/readyz',
        summary: 'Whether it can work: database, Redis, schema',
        tag,
        scope: null,
        answers: {
          200: { says: 'It can', schema: ReadinessView },
          503: { says: 'It cannot, and why', schema: ReadinessView },
        },
      },
      async (ctx) => {
        const readiness = await options.ready(ctx);
        return { status: readiness.ready ? 200 : 503, body: readiness };
      },
    ),
    get(
      {
        id: 'metrics',
        path: '/metrics',
        summary: 'Prometheus metrics',
        tag,
        scope: null,
        answers: { 200: { says: 'Metrics', schema: null, contentType: 'text/plain' } },
      },
      async (ctx) => {
        const { contentType, text } = await options.metrics(ctx);
        return { status: 200, body: text, headers: { 'content-type': contentType } };
      },
    ),
  ];
}
