import { z } from 'zod';
import { post, type Route } from '../core/route.ts';
import { reportTelemetry, TelemetryEvent, TelemetryResult } from './commands/report-telemetry.ts';
import type { TelemetryRule } from './rules.ts';

export function healthRoutes(rules: readonly TelemetryRule[]): Route[] {
  return [
    post(
      {
        id: 'reportTelemetry',
        path: '/v1/telemetry',
        summary: 'Report symptoms. Each is taken once; rules open tickets for some of them',
        tag: 'Health',
        scope: 'telemetry:write',
        body: z.array(TelemetryEvent).min(1).max(1000),
        answers: {
          200: {
            says: 'One result per symptom, in their order',
            schema: z.object({ results: z.array(TelemetryResult) }),
          },
        },
      },
      async (tx, { body }) => ({ status: 200, body: { results: await reportTelemetry(tx, rules, body) } }),
    ),
  ];
}
