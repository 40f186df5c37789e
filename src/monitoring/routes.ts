import { z } from 'zod';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, type Route } from '../core/route.ts';
import { Nullable, Time } from '../core/schemas.ts';
import { AlertOutcome } from './model.ts';
import { listAlerts } from './reads.ts';

const MonitoringAlert = z
  .object({
    id: z.string(),
    adapter: z.string(),
    fingerprint: z.string(),
    name: z.string(),
    severity: Nullable.text,
    summary: Nullable.text,
    labels: z.record(z.string(), z.string()),
    source_url: Nullable.text,
    starts_at: Time,
    ends_at: Nullable.time.meta({ description: 'null: it holds' }),
    heard_at: Time.meta({ description: 'When it was last told' }),
    outcome: AlertOutcome,
    why: Nullable.text.meta({ description: 'Why it is no symptom, or was not taken' }),
    symptom: Nullable.text.meta({ description: 'What it is reported as, as long as it holds' }),
  })
  .meta({ id: 'MonitoringAlert' });

export const monitoringRoutes: Route[] = [
  get(
    {
      id: 'listMonitoringAlerts',
      path: '/v1/monitoring/alerts',
      summary: 'List alerts of monitoring systems, last told first, with what each is here or why it is nothing',
      tag: 'Health',
      scope: 'tickets:read',
      query: z.object({
        outcome: AlertOutcome.optional(),
        holds: z.enum(['true', 'false']).optional(),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(MonitoringAlert).meta({ id: 'MonitoringAlertPage' }) } },
    },
    async (ctx, { query }) => {
      const rows = await listAlerts(ctx, {
        outcome: query.outcome,
        holds: query.holds === undefined ? undefined : query.holds === 'true',
        before: fromTimeCursor(query.cursor),
        limit: query.limit + 1,
      });
      const page = toPage(rows, query.limit, (last) => [last.heardAt, last.id]);
      const items = page.rows.map(({ sourceUrl, startsAt, endsAt, heardAt, ...alert }) => ({
        ...alert,
        source_url: sourceUrl,
        starts_at: startsAt,
        ends_at: endsAt,
        heard_at: heardAt,
      }));
      return { status: 200, body: { items, next: page.next } };
    },
  ),
];
