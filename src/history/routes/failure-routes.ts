import { z } from 'zod';
import { allRows, csvAnswer, type CsvColumn, ListFormat } from '../../core/csv.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../../core/page.ts';
import { type Answer, get, invalid, post, type Route } from '../../core/route.ts';
import { Id, IdParams, Nullable, Time } from '../../core/schemas.ts';
import { recordFailure } from '../commands/record-failure.ts';
import { withdrawFailure } from '../commands/withdraw-failure.ts';
import { REMOVAL_REASONS } from '../derive/look.ts';
import { FAILURE_MODES, FAILURE_SOURCES } from '../failure-modes.ts';
import { type Failure, type FailureFilter, findFailure, listFailures } from '../failure-reads.ts';
import { countFailures } from '../failure-summary-reads.ts';
import { findKnown, severalMeant } from '../find-known.ts';
import { Kind } from './component-views.ts';
import { inUtc } from './clocks.ts';

const tag = 'Failures';
const ROWS_PER_READ = 500;
const MOST_GROUPS = 1000;

const Mode = z.enum(FAILURE_MODES).meta({ id: 'FailureMode' });
const Source = z.enum(FAILURE_SOURCES).meta({ id: 'FailureSource' });
const Moment = z.iso.datetime({ offset: true, error: 'an ISO 8601 time with its zone, e.g. 2026-05-03T12:00:00Z' });
const From = Moment.optional().meta({ description: 'Only what happened then or later' });
const To = Moment.optional().meta({ description: 'Only what happened before' });

const FailureView = z
  .object({
    id: z.string(),
    component: z.object({
      id: z.string(),
      kind: z.string(),
      vendor: Nullable.text,
      serial: Nullable.text,
      model: Nullable.text,
    }),
    asset_id: Nullable.text.meta({ description: 'Where the part was then' }),
    asset_name: Nullable.text,
    mode: Mode,
    occurred_after: Nullable.time.meta({ description: 'When it was last known to be sound' }),
    occurred_at: Time,
    source: Source,
    source_id: Nullable.text,
    confidence: z.number().meta({ description: 'From 0.5 on it explains why the part was removed' }),
    note: Nullable.text,
    recorded_by: z.string(),
    recorded_at: Time,
    withdrawn_at: Nullable.time,
    withdrawn_by: Nullable.text,
  })
  .meta({ id: 'Failure' });

const Counts = z.object({ total: z.int(), sure: z.int(), parts: z.int() });
const GroupView = z.object({
  kind: z.string(),
  lot: Nullable.text,
  vendor: Nullable.text,
  model: Nullable.text,
  failures: z.object({
    total: z.int(),
    sure: z.int().meta({ description: 'Those of a confidence of 0.5 or more' }),
    by_mode: z.partialRecord(Mode, Counts),
  }),
  removals: z
    .object({ total: z.int(), by_reason: z.record(z.enum(REMOVAL_REASONS), z.int()) })
    .meta({ description: 'Out of servers; those that were planned are no failures' }),
});

const COLUMNS: CsvColumn<Failure>[] = [
  { name: 'id', of: (one) => one.id },
  { name: 'occurred_at', of: (one) => one.occurredAt },
  { name: 'occurred_after', of: (one) => one.occurredAfter },
  { name: 'mode', of: (one) => one.mode },
  { name: 'kind', of: (one) => one.component.kind },
  { name: 'vendor', of: (one) => one.component.vendor },
  { name: 'model', of: (one) => one.component.model },
  { name: 'serial', of: (one) => one.component.serial },
  { name: 'component_id', of: (one) => one.component.id },
  { name: 'asset_id', of: (one) => one.assetId },
  { name: 'asset', of: (one) => one.assetName },
  { name: 'source', of: (one) => one.source },
  { name: 'source_id', of: (one) => one.sourceId },
  { name: 'confidence', of: (one) => one.confidence },
  { name: 'note', of: (one) => one.note },
  { name: 'withdrawn_at', of: (one) => one.withdrawnAt },
];

export const failureRoutes: Route[] = [
  get(
    {
      id: 'listFailures',
      path: '/v1/failures',
      summary: 'List failures of parts, the latest first',
      tag,
      scope: 'components:read',
      query: z.object({
        component_id: Id.optional(),
        asset_id: Id.optional().meta({ description: 'Of parts that were in this server then' }),
        kind: Kind.optional(),
        lot_id: Id.optional(),
        source: Source.optional(),
        mode: Mode.optional(),
        from: From,
        to: To,
        withdrawn: z.enum(['no', 'yes', 'any']).default('no'),
        format: ListFormat,
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(FailureView).meta({ id: 'FailurePage' }) } },
    },
    async (ctx, { query }) => {
      const filter: Omit<FailureFilter, 'limit' | 'before'> = {
        componentId: query.component_id,
        assetId: query.asset_id,
        kind: query.kind,
        lotId: query.lot_id,
        source: query.source,
        mode: query.mode,
        from: inUtc(query.from),
        to: inUtc(query.to),
        withdrawn: query.withdrawn,
      };
      if (query.format === 'csv') {
        const rows = allRows((last: Failure | undefined) =>
          listFailures(ctx, {
            ...filter,
            before: last && { time: last.occurredAt, id: last.id },
            limit: ROWS_PER_READ,
          }),
        );
        return csvAnswer(COLUMNS, rows, 'failures.csv');
      }
      const before = fromTimeCursor(query.cursor);
      const rows = await listFailures(ctx, { ...filter, before, limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.occurredAt, last.id]);
      return { status: 200, body: { items: page.rows.map(viewFailure), next: page.next } };
    },
  ),
  get(
    {
      id: 'summariseFailures',
      path: '/v1/failures/summary',
      summary: 'Failures by mode and removals by reason, per kind, class or model of part',
      tag,
      scope: 'components:read',
      query: z.object({
        by: z.enum(['kind', 'lot', 'model']).default('kind'),
        kind: Kind.optional(),
        lot_id: Id.optional(),
        from: From,
        to: To,
      }),
      answers: {
        200: {
          says: `The groups with the most first, at most ${MOST_GROUPS}`,
          schema: z.object({ groups: z.array(GroupView), left_off: z.int() }).meta({ id: 'FailureSummary' }),
        },
      },
    },
    async (ctx, { query }) => {
      const { by, kind, lot_id: lotId } = query;
      const groups = await countFailures(ctx, { by, kind, lotId, from: inUtc(query.from), to: inUtc(query.to) });
      const shown = groups.slice(0, MOST_GROUPS).map(({ failures, removals, ...who }) => ({
        ...who,
        failures: { total: failures.total, sure: failures.sure, by_mode: failures.byMode },
        removals: { total: removals.total, by_reason: removals.byReason },
      }));
      return { status: 200, body: { groups: shown, left_off: groups.length - shown.length } };
    },
  ),
  get(
    {
      id: 'getFailure',
      path: '/v1/failures/{id}',
      summary: 'One failure',
      tag,
      scope: 'components:read',
      params: IdParams,
      answers: { 200: { says: 'The failure', schema: FailureView } },
    },
    async (ctx, { params }) => {
      const failure = await findFailure(ctx, params.id);
      if (!failure) throw new HubError('not-found', `There is no failure ${params.id}`);
      return { status: 200, body: viewFailure(failure) };
    },
  ),
  post(
    {
      id: 'recordFailure',
      path: '/v1/failures',
      summary: 'Say that a part failed; the same source_id again changes nothing',
      tag,
      scope: 'components:write',
      isolation: 'read committed',
      body: z
        .strictObject({
          component_id: Id.optional(),
          serial: z.string().trim().min(1).max(128).optional(),
          manufacturer: z.string().trim().min(1).max(150).nullish(),
          kind: Kind.optional(),
          mode: Mode,
          occurred_at: Moment,
          occurred_after: Moment.nullish().meta({ description: 'When it was last known to be sound' }),
          source: Source,
          source_id: z.string().trim().min(1).max(120).nullish().meta({ description: 'What the source calls it' }),
          confidence: z.number().min(0).max(1).nullish().meta({ description: 'Else as sure as the source usually is' }),
          note: z.string().trim().max(500).nullish(),
        })
        .refine(({ component_id: id, serial }) => (id === undefined) !== (serial === undefined), {
          path: ['component_id'],
          message: 'send one of component_id and serial',
        }),
      answers: {
        201: { says: 'Recorded', schema: FailureView },
        200: { says: 'This source_id was recorded before; nothing changed', schema: FailureView },
      },
    },
    async (tx, { body }) => {
      const { serial, manufacturer, kind, mode, source } = body;
      const { failure, isNew } = await recordFailure(tx, {
        componentId: body.component_id ?? (await onePart(tx, { serial: serial ?? '', manufacturer, kind })),
        mode,
        occurredAt: inUtc(body.occurred_at) ?? '',
        occurredAfter: inUtc(body.occurred_after ?? undefined) ?? null,
        source,
        sourceId: body.source_id ?? null,
        confidence: body.confidence ?? null,
        note: body.note ?? null,
      });
      return answer(tx, isNew ? 201 : 200, failure.id);
    },
  ),
  post(
    {
      id: 'withdrawFailure',
      path: '/v1/failures/{id}/withdraw',
      summary: 'Say that a part did not fail after all',
      tag,
      scope: 'components:write',
      isolation: 'read committed',
      params: IdParams,
      body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
      answers: { 200: { says: 'Withdrawn', schema: FailureView } },
    },
    async (tx, { params, body }) =>
      answer(tx, 200, (await withdrawFailure(tx, { id: params.id, reason: body.reason })).id),
  ),
];

async function answer(tx: TxCtx, status: number, id: string): Promise<Answer> {
  const failure = await findFailure(tx, id);
  if (!failure) throw new HubError('not-found', `There is no failure ${id}`);
  const headers = status === 201 ? { location: `/v1/failures/${id}` } : {};
  return { status, body: viewFailure(failure), headers };
}

async function onePart(tx: TxCtx, said: Parameters<typeof findKnown>[1]): Promise<string> {
  const found = await findKnown(tx, said);
  const [one, ...others] = found;
  if (one === undefined)
    throw invalid('/serial', `there is no part with the serial ${said.serial}: enter it by a scan first`);
  if (others.length > 0) throw severalMeant('/serial', found);
  return one.id;
}

function viewFailure(one: Failure): z.infer<typeof FailureView> {
  return {
    id: one.id,
    component: one.component,
    asset_id: one.assetId,
    asset_name: one.assetName,
    mode: one.mode,
    occurred_after: one.occurredAfter,
    occurred_at: one.occurredAt,
    source: one.source,
    source_id: one.sourceId,
    confidence: one.confidence,
    note: one.note,
    recorded_by: one.recordedBy,
    recorded_at: one.recordedAt,
    withdrawn_at: one.withdrawnAt,
    withdrawn_by: one.withdrawnBy,
  };
}
