import { z } from 'zod';
import { findAssetsByNames } from '../assets/reads.ts';
import { allRows, csvAnswer, ListFormat } from '../core/csv.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, invalid, post, type Route } from '../core/route.ts';
import { findPlacesByNames } from '../locations/reads.ts';
import { reportTelemetry, type TelemetryJudge, TelemetryResult } from './commands/report-telemetry.ts';
import { explainKept } from './explain-kept.ts';
import type { WhatBecame } from './explain.ts';
import { BinaryHeaders, headerOfField, isBinaryEvent, withCloudHeaders } from './read-binary-event.ts';
import { SymptomType } from './rule-words.ts';
import { TelemetryEvent } from './symptom.ts';
import { findSymptom, type KeptSymptom, listSymptoms, type SymptomFilter } from './symptom-reads.ts';
import { ExplanationView, SYMPTOM_COLUMNS, SymptomView, viewExplanation, viewSymptom } from './telemetry-views.ts';

const tag = 'Health';
const ROWS_PER_READ = 500;
const MOST_ITEMS = 10_000;
/** Ten thousand symptoms, each with all that may be said of it. */
const BODY_LIMIT = '16mb';

const Hash = z.string().regex(/^[0-9a-f]{32}$/, 'the hash of a symptom: 32 hex digits');
const HashParams = z.object({ hash: Hash });
const Time = z.iso.datetime({ offset: true });

/** Checked one by one, so that one that is wrong does not spoil the others. */
const Item = z.unknown().meta({
  override: {
    anyOf: [
      { $ref: '#/components/schemas/TelemetryEvent' },
      { type: 'object', required: ['specversion'], description: 'A CloudEvent 1.0' },
    ],
  },
});
const Items = z
  .union([
    z.array(Item).min(1).max(MOST_ITEMS),
    z.looseObject({ specversion: z.string() }).meta({ description: 'One CloudEvent' }),
  ])
  .meta({
    override: ({ jsonSchema }) => {
      jsonSchema.anyOf?.push({
        type: 'object',
        description: 'With the headers ce-…: the data of one CloudEvent in binary mode',
      });
    },
  });
const Counts = z.object({ accepted: z.int(), duplicate: z.int(), rejected: z.int(), late: z.int() });

export function healthRoutes(judge: TelemetryJudge, whatBecame: WhatBecame): Route[] {
  return [
    post(
      {
        id: 'reportTelemetry',
        path: '/v1/telemetry',
        summary:
          'Report up to 10,000 symptoms, as our JSON or as CloudEvents (one, structured or binary, or a batch). Each is taken once; rules raise alerts for some',
        tag,
        scope: 'telemetry:write',
        body: Items,
        headers: BinaryHeaders,
        bodyFrom: withCloudHeaders,
        bodyLimit: BODY_LIMIT,
        mentions: { TelemetryEvent },
        isolation: 'read committed',
        answers: {
          200: {
            says: 'One result per symptom, in their order',
            schema: z.object({ counts: Counts, results: z.array(TelemetryResult) }).meta({ id: 'TelemetryAnswer' }),
          },
        },
      },
      async (tx, { body, headers }) => {
        const taken = await reportTelemetry(tx, judge, Array.isArray(body) ? (body as unknown[]) : [body]);
        const results = isBinaryEvent(headers) ? taken.map((one) => inHeaders(one, body)) : taken;
        const count = (status: TelemetryResult['status']): number =>
          results.filter((result) => result.status === status).length;
        const late = results.filter((result) => result.late && result.status === 'accepted').length;
        const counts = {
          accepted: count('accepted'),
          duplicate: count('duplicate'),
          rejected: count('rejected'),
          late,
        };
        return { status: 200, body: { counts, results } };
      },
    ),
    get(
      {
        id: 'listSymptoms',
        path: '/v1/telemetry',
        summary: 'What was reported, latest first, or export it as CSV',
        tag,
        scope: 'telemetry:read',
        query: z.object({
          asset: z.string().max(100).optional().meta({ description: 'Its id, serial, name or asset tag' }),
          location: z.string().max(300).optional().meta({ description: 'Its id, site, site/rack or path' }),
          type: SymptomType.optional(),
          component: z.string().max(100).optional(),
          source: z.string().max(100).optional(),
          state: z.enum(['raised', 'cleared']).optional(),
          late: z.enum(['true', 'false']).optional(),
          since: Time.optional().meta({ description: 'Happened at or after this' }),
          until: Time.optional().meta({ description: 'Happened before this' }),
          ...{ format: ListFormat, cursor: Cursor, limit: Limit },
        }),
        answers: { 200: { says: 'A page of it', schema: pageOf(SymptomView).meta({ id: 'SymptomPage' }) } },
      },
      async (ctx, { query: { format, cursor, limit, ...query } }) => {
        const { asset, location, late, ...rest } = query;
        const filter: SymptomFilter = {
          ...rest,
          late: late === undefined ? undefined : late === 'true',
          subjectId: await subjectOf(ctx, asset, location),
        };
        if (format === 'csv') {
          const read = (after: KeptSymptom | undefined): Promise<KeptSymptom[]> =>
            listSymptoms(ctx, { ...filter, after, limit: ROWS_PER_READ });
          return csvAnswer(SYMPTOM_COLUMNS, allRows(read), 'symptoms.csv');
        }
        const before = fromTimeCursor(cursor);
        const after = before && { occurredAt: before.time, hash: before.id.replaceAll('-', '') };
        const rows = await listSymptoms(ctx, { ...filter, after, limit: limit + 1 });
        const page = toPage(rows, limit, (last) => [last.occurredAt, guidOf(last.hash)]);
        return { status: 200, body: { items: page.rows.map(viewSymptom), next: page.next } };
      },
    ),
    get(
      {
        id: 'getSymptom',
        path: '/v1/telemetry/{hash}',
        summary: 'One symptom',
        tag,
        scope: 'telemetry:read',
        params: HashParams,
        answers: { 200: { says: 'The symptom', schema: SymptomView } },
      },
      async (ctx, { params }) => ({ status: 200, body: viewSymptom(await mustFind(ctx, params.hash)) }),
    ),
    get(
      {
        id: 'explainSymptom',
        path: '/v1/telemetry/{hash}/explanation',
        summary:
          'Which rules looked at a symptom, what their windows held, what they did, and what became of the alerts',
        tag,
        scope: 'telemetry:read',
        params: HashParams,
        answers: { 200: { says: 'By the rules as they are now', schema: ExplanationView } },
      },
      async (ctx, { params }) => {
        const symptom = await mustFind(ctx, params.hash);
        return { status: 200, body: viewExplanation(await explainKept(ctx, judge, whatBecame, symptom), symptom) };
      },
    ),
  ];
}

function inHeaders(result: TelemetryResult, event: z.output<typeof Items>): TelemetryResult {
  const data = Array.isArray(event) ? undefined : event['data'];
  return result.field === null ? result : { ...result, field: headerOfField(result.field, data) };
}

async function mustFind(ctx: Ctx, hash: string): Promise<KeptSymptom> {
  const symptom = await findSymptom(ctx, hash);
  if (symptom === undefined) throw new HubError('not-found', `There is no symptom ${hash}`);
  return symptom;
}

async function subjectOf(
  ctx: Ctx,
  asset: string | undefined,
  location: string | undefined,
): Promise<string | undefined> {
  if (asset !== undefined && location !== undefined) throw invalid('query.location', 'say asset or location, not both');
  if (asset !== undefined) {
    const found = (await findAssetsByNames(ctx, [asset])).get(asset);
    if (found === undefined)
      throw invalid('query.asset', 'no server, or several, of that id, serial, name or asset tag');
    return found.id;
  }
  if (location === undefined) return undefined;
  const place = (await findPlacesByNames(ctx, [location])).get(location);
  if (place === undefined) throw invalid('query.location', 'no place, or several, of that id or name');
  return place.id;
}

/** As cursors carry ids. */
function guidOf(hash: string): string {
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
