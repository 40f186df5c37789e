import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import { get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams, Nullable } from '../core/schemas.ts';
import { requestPoll } from './commands/request-poll.ts';
import { metricRoutes } from './metric-routes.ts';
import { type HealthReading, readingOf } from './poll-store.ts';

const tag = 'Health';
const Word = z.enum(['OK', 'Warning', 'Critical']);
const { text, number, time } = Nullable;

const HealthView = z
  .object({
    asked_at: time,
    answered_at: time.meta({ description: 'When what is shown was said; null: its BMC has never answered' }),
    failures: z.int().meta({ description: 'Polls without an answer since then' }),
    failure: text.meta({ description: 'Why the last one had no answer' }),
    power: text.meta({ description: 'null: not known, which is not off' }),
    system: Word.nullable(),
    manager: Word.nullable(),
    complete: z.boolean().nullable().meta({ description: 'Whether all sensors could be read' }),
    faults: z.array(
      z.object({
        ...{ path: z.string(), name: z.string(), health: Word, state: text, message: text },
        seen_at: z.string(),
      }),
    ),
    sensors: z.array(
      z.object({
        ...{ chassis: z.string(), name: z.string(), kind: z.string(), value: number, unit: z.string() },
        ...{ upper_caution: number, upper_critical: number, lower_caution: number, lower_critical: number },
        health: Word.nullable(),
        read_at: time.meta({ description: 'A BMC with many places of sensors is asked for some of them at a time' }),
      }),
    ),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'BmcHealth' });

function viewReading(reading: HealthReading | null): z.infer<typeof HealthView> {
  const report = reading?.report ?? null;
  const readAt = new Map((report?.turns ?? []).map((turn) => [turn.place, turn.readAt]));
  return {
    asked_at: reading?.askedAt ?? null,
    answered_at: reading?.answeredAt ?? null,
    failures: reading?.failures ?? 0,
    failure: reading?.failure ?? null,
    power: report?.power ?? null,
    system: report?.system ?? null,
    manager: report?.manager ?? null,
    complete: report?.complete ?? null,
    faults: (report?.faults ?? []).map(({ path, name, health, state, message, seenAt }) => ({
      ...{ path, name, health, state, message, seen_at: seenAt },
    })),
    sensors: (report?.sensors ?? []).map(
      ({ upperCaution, upperCritical, lowerCaution, lowerCritical, place, ...sensor }) => ({
        ...sensor,
        ...{ upper_caution: upperCaution, upper_critical: upperCritical },
        ...{ lower_caution: lowerCaution, lower_critical: lowerCritical },
        read_at: (place === undefined ? null : readAt.get(place)) ?? report?.collectedAt ?? null,
      }),
    ),
    warnings: report?.warnings ?? [],
  };
}

export function pollRoutes(publicUrl: string): Route[] {
  return [
    get(
      {
        id: 'getHealth',
        path: '/v1/assets/{id}/health',
        summary: 'Health and sensors of a server, as its BMC last said',
        tag,
        scope: 'assets:read',
        params: IdParams,
        answers: { 200: { says: 'As last said; null where it never answered', schema: HealthView } },
      },
      async (ctx, { params }) => {
        if (!(await findAsset(ctx, params.id))) throw new HubError('not-found', `There is no asset ${params.id}`);
        return { status: 200, body: viewReading(await readingOf(ctx.db, params.id)) };
      },
    ),
    post(
      {
        id: 'pollHealth',
        path: '/v1/assets/{id}/health/polls',
        summary: 'Have the BMC asked how the server is',
        tag,
        scope: 'assets:write',
        params: IdParams,
        body: z.strictObject({ reason: z.string().trim().min(1).max(500).default('asked for') }),
        answers: { 202: { says: 'On its way', schema: Accepted } },
      },
      async (tx, { params, body }) => {
        const { eventId } = await requestPoll(tx, { assetId: params.id, reason: body.reason });
        return accepted(eventId);
      },
    ),
    ...metricRoutes(publicUrl),
  ];
}
