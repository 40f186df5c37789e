import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import type { RunState } from './drift/model.ts';
import type { RunOutcome } from './drift/run-reads.ts';
import { findRun, type ObjectSummary, type Run } from './drift/run-store.ts';

/** Nothing happens to it any more before somebody acts. */
const STILL: readonly RunState[] = ['planned', 'done', 'failed', 'refused', 'superseded'];
const LOOK_MS = 500;
const NOBODY_MS = 15_000;
const STUCK_MS = 60_000;

/** Tells how far a run is until it has ended, or its plan waits for a person. */
export async function followRun(ctx: Ctx, id: string, tell: (line: string) => void): Promise<Run> {
  let said = '';
  let since = Date.now();
  for (let warned = false; ;) {
    const run = await findRun(ctx.db, id);
    if (!run) throw new HubError('not-found', `There is no run ${id}`);
    const line = sayRun(run);
    if (line !== said) {
      tell(line);
      [said, since, warned] = [line, Date.now(), false];
    }
    if (STILL.includes(run.state)) return run;
    const warning = warningOf(run.state, Date.now() - since);
    if (warning !== undefined && !warned) tell(warning);
    warned ||= warning !== undefined;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** @param stillMs how long nothing has moved */
function warningOf(state: RunState, stillMs: number): string | undefined {
  const isWaiting = state === 'requested' || state === 'approved';
  if (isWaiting && stillMs > NOBODY_MS)
    return 'no worker has taken it up yet: is one running (reanimator start worker)?';
  if (!isWaiting && stillMs > STUCK_MS)
    return 'nothing has moved for a while: reanimator dead-letters lists work that gave up, with its reason';
  return undefined;
}

export function sayRun({ state, progress, error }: Pick<Run, 'state' | 'progress' | 'error'>): string {
  if (error !== null) return `${state}: ${error}`;
  if (progress === null || STILL.includes(state)) return state;
  const { step, object, done, of } = progress;
  return `${state}: ${step} ${object ?? ''} ${done}${of === null ? '' : ` of ${of}`}`.replaceAll(/ +/g, ' ');
}

/** One row per object type of which there is anything, for a table. */
export function summaryRows({ summary }: Pick<Run, 'summary'>): object[] {
  return Object.entries(summary?.objects ?? {}).flatMap(([object, counts]) => {
    const { scanned, unchanged, created, updated, removed, conflicts, reviews, refused } = counts;
    const row = { object, scanned, unchanged, created, updated, removed, conflicts, reviews, refused };
    return Object.values(counts).some((count) => count > 0) ? [row] : [];
  });
}

/** What came of a run and what can be done now, line by line. `outcome`: of one that was carried out. */
export function concludeRun(run: Run, outcome: RunOutcome | undefined): string[] {
  if (run.state === 'failed') return [`ask for another one: reanimator reconcile run ${run.system}`];
  if (run.state === 'refused') return [`ask for a new plan: reanimator reconcile run ${run.system}`];
  if (run.state === 'superseded') return ['a newer plan is there: reanimator reconcile plan'];
  if (run.state === 'planned') return [...concludePlan(run), ...waiting(run)];
  if (run.approvedAt === null) return ['both sides agree: there is nothing to do'];
  return [...concludeApplied(run, outcome), ...waiting(run)];
}

function concludePlan({ id, planHash, brakes, summary }: Run): string[] {
  const work = [
    [sumOf(summary, 'created'), 'to make'],
    [sumOf(summary, 'updated'), 'to change'],
    [sumOf(summary, 'removed'), 'to remove'],
  ].filter(([count]) => Number(count) > 0);
  if (work.length === 0 || planHash === null) return ['there is nothing that the hub does by itself'];
  const stopped = brakes ?? [];
  const accept = stopped.length > 0 ? ' --accept-brakes' : '';
  return [
    `nothing is written yet: ${work.map((part) => part.join(' ')).join(', ')}`,
    ...stopped.map(({ reason }) => `brake: ${reason}`),
    `look at it: reanimator reconcile plan ${id}`,
    `carry it out: reanimator reconcile approve ${id} --hash ${planHash}${accept}`,
  ];
}

function concludeApplied({ id }: Run, { confirmed, failed, stale }: RunOutcome = NONE): string[] {
  const bad = [failed > 0 ? `${failed} failed` : '', stale > 0 ? `${stale} moved on and are looked at again` : ''];
  return [
    [`${confirmed} values and objects brought into step`, ...bad].filter(Boolean).join(', '),
    ...(failed > 0 ? [`why: reanimator reconcile plan ${id} --state failed`] : []),
  ];
}

function waiting({ summary }: Run): string[] {
  const [asked, refused] = [sumOf(summary, 'conflicts') + sumOf(summary, 'reviews'), sumOf(summary, 'refused')];
  if (asked + refused === 0) return [];
  const parts = [asked > 0 ? `${asked} to decide` : '', refused > 0 ? `${refused} that cannot be done` : ''];
  return [`${parts.filter(Boolean).join(', ')}: reanimator drift list --groups`];
}

const NONE: RunOutcome = { confirmed: 0, failed: 0, stale: 0 };

function sumOf(summary: Run['summary'], name: keyof ObjectSummary): number {
  return Object.values(summary?.objects ?? {}).reduce((sum, counts) => sum + counts[name], 0);
}
