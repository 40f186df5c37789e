import { z } from 'zod';
import { wantedVersion } from '../core/bulk.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { command, get, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { decideDrift } from './commands/decide-drift.ts';
import { decideDrifts } from './commands/decide-drifts.ts';
import {
  countDrifts,
  DRIFT_ORDER,
  type DriftFilter,
  findDrift,
  groupDrifts,
  listDrifts,
  withChanges,
} from './drift-reads.ts';
import type { Drift } from './drift-store.ts';
import { DECISIONS, DriftAction, type DriftDecision, DriftKind, Verdict } from './model.ts';
import { mustReconcile, type Reconciled } from './reconciled.ts';
import {
  driftColumns,
  DriftState,
  DriftView,
  GroupView,
  placeNames,
  type ShownDrift,
  viewDrift,
  viewGroup,
} from './views.ts';

const tag = 'Drift';
const GROUPS = 500;

const Time = z.iso.datetime({ offset: true });

/** The same for the list, its groups, and for deciding about all that it lets through. */
const FilterShape = {
  system: z.string().max(40).optional(),
  object: z.string().max(40).optional(),
  field: z.string().max(80).optional().meta({ description: '`-`: the object as a whole' }),
  kind: DriftKind.optional(),
  action: DriftAction.optional(),
  decision: z
    .string()
    .max(80)
    .refine((text) => text.split(',').every(isDecision), `one or some of ${DECISIONS.join(',')}, with commas between`)
    .optional()
    .meta({ description: `One or some of ${DECISIONS.join(',')}` }),
  state: DriftState.or(z.literal('all')).optional().meta({ description: 'Left out: all that are not resolved' }),
  asset_id: Id.optional().meta({ description: 'About this server and its parts' }),
  site: z.string().max(100).optional().meta({ description: 'About servers there' }),
  q: z.string().trim().min(1).max(100).optional().meta({ description: 'Stands in what the object is called' }),
  changed_by: z.string().max(150).optional().meta({ description: 'Who changed the object there last' }),
  since: Time.optional().meta({ description: 'Seen for the first time at or after this' }),
};
const Filter = z.strictObject({
  ...FilterShape,
  ids: z.array(Id).min(1).max(500).optional().meta({ description: 'These only' }),
});

const Reason = z.string().trim().min(1).max(500);
const sayingShape = {
  verdict: Verdict.nullable().meta({ description: 'null: takes back what was said' }),
  reason: Reason.nullish().meta({ description: 'Needed to ignore' }),
  until: Time.nullish().meta({ description: 'Of ignore: until then; left out: for as long as the values stay' }),
};

export function inboxRoutes(reconciled: Reconciled): Route[] {
  const show = async (ctx: Ctx, drifts: readonly Drift[]): Promise<ShownDrift[]> => {
    const names = await placeNames(ctx, drifts);
    return (await withChanges(ctx, drifts)).map((drift) => ({ ...drift, names }));
  };
  const checked = (query: z.output<z.ZodObject<typeof FilterShape>>): DriftFilter => {
    if (query.system !== undefined) mustReconcile(reconciled, query.system);
    return filterOf(query);
  };
  return [
    get(
      {
        id: 'listDrifts',
        path: '/v1/drifts',
        summary: 'What disagrees between the hub and other systems, or export it as CSV',
        tag,
        scope: 'reconcile:read',
        query: z.object({
          ...FilterShape,
          ...sortedQuery(DRIFT_ORDER, '-first_seen'),
        }),
        answers: { 200: { says: 'A page of it', schema: pageOf(DriftView).meta({ id: 'DriftPage' }) } },
      },
      async (ctx, { query: { sort, format, cursor, limit, ...query } }) => {
        const filter = checked(query);
        return answerSorted({
          ...{ columns: DRIFT_ORDER, query: { sort, format, cursor, limit } },
          ...{ csv: driftColumns(reconciled), file: 'drifts.csv' },
          read: async (order, rows) => show(ctx, await listDrifts(ctx, { filter, order, limit: rows })),
          view: (drift) => viewDrift(drift, reconciled),
        });
      },
    ),
    // Before `{id}`, which would take the word for one.
    get(
      {
        id: 'groupDrifts',
        path: '/v1/drifts/groups',
        summary: 'The same by what is alike: what a person decides once',
        tag,
        scope: 'reconcile:read',
        query: z.object({
          ...FilterShape,
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(1000)
            .default(GROUPS)
            .meta({ description: 'How many groups, 1 to 1000' }),
        }),
        answers: {
          200: {
            says: 'What waits for a person first, the largest groups first; `total` is how many drifts they are',
            schema: pageOf(GroupView).extend({ total: z.int() }).meta({ id: 'DriftGroupPage' }),
          },
        },
      },
      async (ctx, { query: { limit, ...query } }) => {
        const filter = checked(query);
        const groups = await groupDrifts(ctx, { filter, limit });
        const { count: total } = await countDrifts(ctx, filter);
        return { status: 200, body: { items: groups.map((group) => viewGroup(group, reconciled)), next: null, total } };
      },
    ),
    command(
      {
        id: 'decideDrifts',
        path: '/v1/drifts/decisions',
        summary: 'Say the same of all drifts that a filter lets through',
        tag,
        scope: 'reconcile:write',
        body: z.strictObject({
          filter: Filter,
          ...sayingShape,
          expect: z.int().min(0).meta({ description: 'How many there were; 409 where there are not as many now' }),
        }),
        answers: {
          200: {
            says: 'How many were decided, and why others were not',
            schema: z
              .object({
                ...{ decided: z.int(), refused: z.int() },
                reasons: z.array(
                  z.object({
                    ...{ reason: z.string(), count: z.int() },
                    example: z.object({ id: z.string(), label: z.string() }),
                  }),
                ),
              })
              .meta({ id: 'DecidedDrifts' }),
          },
        },
      },
      async (ctx, { body: { filter, expect, verdict, reason, until } }) => ({
        status: 200,
        body: await decideDrifts(ctx, reconciled, {
          filter: { ...checked(filter), ids: filter.ids },
          ...{ expect, verdict, reason: reason ?? null, until: until ?? null },
        }),
      }),
    ),
    get(
      {
        id: 'getDrift',
        path: '/v1/drifts/{id}',
        summary: 'One of them',
        tag,
        scope: 'reconcile:read',
        params: IdParams,
        answers: { 200: { says: 'The drift', schema: DriftView } },
      },
      async (ctx, { params }) => {
        const drift = await findDrift(ctx, params.id);
        if (!drift) throw new HubError('not-found', `There is no drift ${params.id}`);
        return answer(ctx, drift);
      },
    ),
    post(
      {
        id: 'decideDrift',
        path: '/v1/drifts/{id}/decision',
        summary: 'Accept theirs, push ours, or ignore it; null takes that back',
        tag,
        scope: 'reconcile:write',
        params: IdParams,
        body: z.strictObject({ ...sayingShape, version: z.int().optional() }),
        answers: { 200: { says: 'As it is now', schema: DriftView } },
      },
      async (tx, { params, body, headers }) => {
        const { verdict, reason, until } = body;
        const version = wantedVersion(headers, body.version);
        const saying = { verdict, reason: reason ?? null, until: until ?? null };
        return answer(tx, await decideDrift(tx, reconciled, { id: params.id, version, ...saying }));
      },
    ),
  ];

  async function answer(ctx: Ctx, drift: Drift) {
    const [shown] = await show(ctx, [drift]);
    if (!shown) throw new HubError('internal', `drift ${drift.id} went away while it was shown`);
    return { status: 200, headers: { etag: `"${drift.version}"` }, body: viewDrift(shown, reconciled) };
  }
}

function isDecision(word: string): word is DriftDecision {
  return (DECISIONS as readonly string[]).includes(word);
}

function filterOf(query: z.output<z.ZodObject<typeof FilterShape>>): DriftFilter {
  const { decision, asset_id: assetId, changed_by: changedBy, field, ...rest } = query;
  return {
    ...rest,
    ...{ assetId, changedBy, field: field === '-' ? '' : field },
    decisions: decision?.split(',').filter(isDecision),
  };
}
