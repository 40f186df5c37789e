import type { Ctx } from '../core/ctx.ts';
import { type PlanRow, toPlanRow } from './plan-store.ts';
import type { DriftAction, DriftDecision, DriftKind, RowState, RunKind, RunState } from './model.ts';
import { type ObjectResult, foldResult } from './object-result.ts';
import { type Run, toRun } from './run-store.ts';

/** Newest first: ids grow with time. */
export async function listRuns(
  ctx: Ctx,
  want: {
    system?: string | undefined;
    kind?: RunKind | undefined;
    state?: RunState | undefined;
    before?: string | undefined;
    limit: number;
  },
): Promise<Run[]> {
  const query = ctx.db('reconcile_runs').orderBy('reconcile_runs.id', 'desc').limit(want.limit);
  if (want.system !== undefined) void query.where('reconcile_runs.system_id', want.system);
  if (want.kind !== undefined) void query.where('reconcile_runs.kind', want.kind);
  if (want.state !== undefined) void query.where('reconcile_runs.state', want.state);
  if (want.before !== undefined) void query.where('reconcile_runs.id', '<', want.before);
  return (await query.select('reconcile_runs.*')).map(toRun);
}

/** The id of a plan of the same system that was made after this one. */
export async function findNewerPlan(ctx: Ctx, run: Pick<Run, 'id' | 'system'>): Promise<string | undefined> {
  const [row] = await ctx
    .db('reconcile_runs')
    .where({ system_id: run.system, kind: 'full' })
    .andWhere('id', '>', run.id)
    .whereNotNull('planned_at')
    .orderBy('id', 'desc')
    .limit(1)
    .select('id');
  return row === undefined ? undefined : String(row.id);
}

export interface RowFilter {
  runId: string;
  object?: string | undefined;
  field?: string | undefined;
  kind?: DriftKind | undefined;
  action?: DriftAction | undefined;
  decision?: DriftDecision | undefined;
  state?: RowState | undefined;
  q?: string | undefined;
}

/** In the order of the plan, after the row with this number. */
export async function listPlanRows(
  ctx: Ctx,
  filter: RowFilter,
  want: { after: number; limit: number },
): Promise<PlanRow[]> {
  const query = ctx
    .db('plan_rows')
    .where('plan_rows.run_id', filter.runId)
    .andWhere('plan_rows.seq', '>', want.after)
    .orderBy('plan_rows.seq')
    .limit(want.limit);
  for (const [column, value] of [
    ['object_type', filter.object],
    ['field', filter.field],
    ['kind', filter.kind],
    ['action', filter.action],
    ['decision', filter.decision],
    ['state', filter.state],
  ] as const)
    if (value !== undefined) void query.where(`plan_rows.${column}`, value);
  if (filter.q !== undefined)
    void query.whereRaw('plan_rows.label LIKE ?', [`%${filter.q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`]);
  return (await query.select('plan_rows.*')).map(toPlanRow);
}

/** What became of the rows of a run that was carried out. */
export interface RunOutcome {
  confirmed: number;
  failed: number;
  stale: number;
}

/** Goes through all rows of the run: for one that has ended, and is looked at by itself. */
export async function readOutcome(ctx: Ctx, runId: string): Promise<RunOutcome> {
  const rows: Record<string, unknown>[] = await ctx
    .db('plan_rows')
    .where({ run_id: runId })
    .groupBy('state')
    .select('state')
    .count({ n: '*' });
  const of = (state: RowState): number => Number(rows.find((row) => row['state'] === state)?.['n'] ?? 0);
  return { confirmed: of('confirmed'), failed: of('failed'), stale: of('stale') };
}

const ROWS_PER_READ = 2000;

/**
 * What became of each object of a run, in the order of the plan. The rows of an object follow each other there, so that no read has to go
 * through the whole run. `after`: the last row of the object before.
 */
export async function* readResults(ctx: Ctx, filter: RowFilter, after: number): AsyncGenerator<ObjectResult> {
  let rows: PlanRow[] = [];
  for (let at = after; ;) {
    const page = await listPlanRows(ctx, filter, { after: at, limit: ROWS_PER_READ });
    for (const row of page) {
      const [first] = rows;
      if (first && !isOfSame(first, row)) {
        yield foldResult(rows);
        rows = [];
      }
      rows.push(row);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_PER_READ) break;
    at = last.seq;
  }
  if (rows.length > 0) yield foldResult(rows);
}

function isOfSame(a: PlanRow, b: PlanRow): boolean {
  return a.object === b.object && a.hubId === b.hubId && a.theirId === b.theirId;
}
