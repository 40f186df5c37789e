import { z } from 'zod';
import { allRows, csvAnswer, ListFormat } from '../core/csv.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { approvePlan } from './commands/approve-plan.ts';
import { requestRun } from './commands/request-run.ts';
import { DriftAction, DriftDecision, DriftKind, RowState, RUN_KINDS, RunState } from './model.ts';
import { OUTCOMES } from './object-result.ts';
import type { PlanRow } from './plan-store.ts';
import { mustReconcile, type Reconciled } from './reconciled.ts';
import { listPlanRows, listRuns, readOutcome, readResults, type RowFilter } from './run-reads.ts';
import { findRun, type Run } from './run-store.ts';
import {
  PLAN_COLUMNS,
  PlanRowView,
  ResultView,
  RunView,
  type ShownRow,
  viewPlanRow,
  viewResult,
  viewRun,
} from './run-views.ts';
import { placeNames } from './views.ts';

const tag = 'Reconcile';
const ROWS_PER_READ = 1000;
const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'a plan’s hash: 64 hexadecimal digits');
/** Rows of a plan are numbered, and never change their numbers. */
const SeqCursor = z
  .string()
  .regex(/^\d{1,9}$/, 'is not a cursor of this list: pass `next` of the page before')
  .optional()
  .meta({ description: '`next` of the page before' });

const RowQuery = {
  object: z.string().max(40).optional(),
  field: z.string().max(80).optional().meta({ description: '`-`: the object as a whole' }),
  kind: DriftKind.optional(),
  action: DriftAction.optional(),
  decision: DriftDecision.optional(),
  state: RowState.optional(),
  q: z.string().trim().min(1).max(100).optional().meta({ description: 'Stands in what the object is called' }),
};

export function runRoutes(reconciled: Reconciled): Route[] {
  return [
    get(
      {
        id: 'listReconcileRuns',
        path: '/v1/reconcile/runs',
        summary: 'Looks at other systems, newest first',
        tag,
        scope: 'reconcile:read',
        query: z.object({
          system: z.string().max(40).optional(),
          kind: z.enum(RUN_KINDS).optional(),
          state: RunState.optional(),
          cursor: Cursor,
          limit: Limit,
        }),
        answers: { 200: { says: 'A page of them', schema: pageOf(RunView).meta({ id: 'ReconcileRunPage' }) } },
      },
      async (ctx, { query: { cursor, limit, ...filter } }) => {
        const [before] = fromCursor(cursor, 1) ?? [];
        const page = toPage(await listRuns(ctx, { ...filter, before, limit: limit + 1 }), limit, ({ id }) => [id]);
        return { status: 200, body: { items: page.rows.map((run) => viewRun(run)), next: page.next } };
      },
    ),
    post(
      {
        id: 'requestReconcileRun',
        path: '/v1/reconcile/runs',
        summary: 'Have everything compared with a system',
        tag,
        scope: 'reconcile:write',
        body: z.strictObject({
          system: z.string().max(40),
          reason: z.string().trim().min(1).max(255).default('asked for'),
          applies: z.boolean().optional().meta({
            description: 'Write what is found unless a brake stops it; left out: as the mode of the system says',
          }),
        }),
        isolation: 'read committed',
        answers: { 202: { says: 'On its way', schema: RunView } },
      },
      async (tx, { body: { system, reason, applies } }) => {
        mustReconcile(reconciled, system);
        const run = await requestRun(tx, { system, reason, applies });
        return { status: 202, headers: { location: `/v1/reconcile/runs/${run.id}` }, body: viewRun(run) };
      },
    ),
    get(
      {
        id: 'getReconcileRun',
        path: '/v1/reconcile/runs/{id}',
        summary: 'One of them: how far it is, what it found, what stopped it',
        tag,
        scope: 'reconcile:read',
        params: IdParams,
        answers: { 200: { says: 'The run', schema: RunView } },
      },
      async (ctx, { params }) => {
        const run = await mustFind(ctx, params.id);
        const isOver = run.approvedAt !== null && run.finishedAt !== null;
        return { status: 200, body: viewRun(run, isOver ? await readOutcome(ctx, run.id) : null) };
      },
    ),
    get(
      {
        id: 'listPlanRows',
        path: '/v1/reconcile/runs/{id}/rows',
        summary: 'Its plan: one row per object and field, with what would be done and what became of it',
        tag,
        scope: 'reconcile:read',
        params: IdParams,
        query: z.object({ ...RowQuery, format: ListFormat, cursor: SeqCursor, limit: Limit }),
        answers: { 200: { says: 'A page of it', schema: pageOf(PlanRowView).meta({ id: 'PlanRowPage' }) } },
      },
      async (ctx, { params, query: { format, cursor, limit, ...query } }) => {
        const { system } = await mustFind(ctx, params.id);
        const filter = filterOf(params.id, query);
        const read = async (after: number, rows: number): Promise<ShownRow[]> => {
          const found = (await listPlanRows(ctx, filter, { after, limit: rows })).map((row) => ({ ...row, system }));
          const names = await placeNames(ctx, found);
          return found.map((row) => ({ ...row, names }));
        };
        if (format === 'csv') {
          const rows = allRows<ShownRow>((last) => read(last?.seq ?? 0, ROWS_PER_READ));
          return csvAnswer(PLAN_COLUMNS, rows, `plan-${params.id}.csv`);
        }
        const rows = await read(Number(cursor ?? 0), limit + 1);
        const items = rows.slice(0, limit);
        const next = rows.length > limit ? nextOf(items.at(-1)) : null;
        return { status: 200, body: { items: items.map((row) => viewPlanRow(row, reconciled)), next } };
      },
    ),
    get(
      {
        id: 'listReconcileResults',
        path: '/v1/reconcile/runs/{id}/results',
        summary: 'What became of each object of a run',
        tag,
        scope: 'reconcile:read',
        params: IdParams,
        query: z.object({
          object: z.string().max(40).optional(),
          outcome: z.enum(OUTCOMES).optional(),
          cursor: SeqCursor,
          limit: Limit,
        }),
        answers: { 200: { says: 'A page of them', schema: pageOf(ResultView).meta({ id: 'ReconcileResultPage' }) } },
      },
      async (ctx, { params, query: { object, outcome, cursor, limit } }) => {
        const { system } = await mustFind(ctx, params.id);
        const items = [];
        let next: string | null = null;
        for await (const result of readResults(ctx, { runId: params.id, object }, Number(cursor ?? 0))) {
          if (outcome !== undefined && result.outcome !== outcome) continue;
          if (items.length === limit) {
            next = nextOf(items.at(-1));
            break;
          }
          items.push(result);
        }
        return { status: 200, body: { items: items.map((one) => viewResult(one, system, reconciled)), next } };
      },
    ),
    post(
      {
        id: 'approveReconcilePlan',
        path: '/v1/reconcile/runs/{id}/approve',
        summary: 'Have a plan carried out that was looked at; nothing is done of it once the world has moved on',
        tag,
        scope: 'reconcile:write',
        params: z.object({ id: Id }),
        body: z.strictObject({
          plan_hash: Hash,
          accept_brakes: z
            .boolean()
            .default(false)
            .meta({ description: 'Needed where brakes stopped it: they are named in `brakes` of the run' }),
        }),
        isolation: 'read committed',
        answers: { 202: { says: 'Approved; it is carried out now', schema: RunView } },
      },
      async (tx, { params, body }) => {
        const run = await approvePlan(tx, {
          runId: params.id,
          planHash: body.plan_hash,
          acceptBrakes: body.accept_brakes,
          mappingHash: (system) => reconciled.mappingHash(system),
        });
        return { status: 202, headers: { location: `/v1/reconcile/runs/${run.id}` }, body: viewRun(run) };
      },
    ),
  ];
}

async function mustFind(ctx: Ctx, id: string): Promise<Run> {
  const run = await findRun(ctx.db, id);
  if (!run) throw new HubError('not-found', `There is no run ${id}`);
  return run;
}

function filterOf(runId: string, query: Omit<RowFilter, 'runId'>): RowFilter {
  return { ...query, runId, ...(query.field === '-' ? { field: '' } : {}) };
}

function nextOf(last: Pick<PlanRow, 'seq'> | undefined): string | null {
  return last === undefined ? null : String(last.seq);
}
