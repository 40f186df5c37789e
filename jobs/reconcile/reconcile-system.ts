import { HubError } from '#src/core/error.ts';
import { UNDER_WAY } from '#src/drift/commands/request-run.ts';
import { nextNoticeIn } from '#src/drift/notice-store.ts';
import { oldestRun, type Run, updateRun } from '#src/drift/run-store.ts';
import { Later } from '#src/journal/effect.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';
import { reconcileSystemJob } from '../catalogue.ts';
import { applyRun } from './apply-run.ts';
import { endRun } from './end-run.ts';
import { planRun } from './plan-run.ts';
import { closeCutOff, noticeReleased, reconcileNoticed } from './reconcile-noticed.ts';
import { isComparedWith, openReconciling, type Reconciling } from './reconciling.ts';

/**
 * The one job that compares with a system and writes to it: what was noticed first, then what was asked for as a whole. There is one of
 * them at a time, so no two ever write the same object.
 */
export const reconcileSystemTask = handle(reconcileSystemJob, async (ctx, { system }): Promise<JobResult> => {
  if (!isComparedWith(ctx, system)) return { outcome: `${system} is not configured: nothing to compare with` };
  return reconcileAll(ctx);
});

async function reconcileAll(ctx: JobCtx): Promise<JobResult> {
  const rc: Reconciling = openReconciling(ctx, async () => {
    ctx.signal.throwIfAborted();
    while (await reconcileNoticed(quick)) ctx.signal.throwIfAborted();
  });
  // Its own lookups: those of a plan know of things that are not there yet.
  const quick = openReconciling(ctx);
  await closeCutOff(quick);
  await noticeReleased(quick);
  let [looks, runs] = [0, 0];
  for (;;) {
    ctx.signal.throwIfAborted();
    if (await reconcileNoticed(quick)) {
      looks += 1;
      continue;
    }
    const run = await oldestRun(ctx.db, {
      system: rc.system,
      kind: 'full',
      states: UNDER_WAY,
    });
    if (!run) break;
    await carryOut(rc, run);
    runs += 1;
  }
  const ms = await nextNoticeIn(ctx.db, rc.system, ctx.now());
  if (ms !== undefined) throw new Later(Math.max(ms, 200), 'what was noticed just now settles first');
  return { outcome: looks + runs === 0 ? 'nothing was noticed' : 'looked', looks, runs };
}

async function carryOut(rc: Reconciling, run: Run): Promise<void> {
  try {
    const planned = run.state === 'requested' || run.state === 'planning' ? await planRun(rc, run) : run;
    if (planned.state === 'approved' || planned.state === 'applying') await applyRun(rc, planned);
  } catch (error) {
    if (isWaitedOut(error)) {
      await updateRun(rc.ctx.db, run.id, { error: `it waits, and is tried again: ${error.message}` });
      throw error;
    }
    if (!isEnd(error)) {
      await endFaulty(rc, run, error);
      throw error;
    }
    await endRun(rc, run, { state: 'failed', reason: error.message });
  }
}

/** A plan that a fault of ours cut off says so and is over: whoever asks for another gets one. One that was being written is gone on with. */
async function endFaulty(rc: Reconciling, run: Run, error: unknown): Promise<void> {
  const isPlan = run.state === 'requested' || run.state === 'planning';
  if (!isPlan || rc.ctx.signal.aborted || error instanceof Later) return;
  const said = error instanceof Error ? error.message : String(error);
  await endRun(rc, run, { state: 'failed', reason: `a fault of the hub: ${said}` });
}

/** Trouble of the other side that passes, or that a person mends: the job tries again for as long as it takes. */
function isWaitedOut(error: unknown): error is AdapterError {
  return error instanceof AdapterError && (error.retry === 'later' || error.kind === 'unauthorized');
}

/** What cannot be concluded is the end of this look, and of nothing else. */
function isEnd(error: unknown): error is HubError | AdapterError {
  return error instanceof AdapterError || (error instanceof HubError && error.kind === 'conflict');
}
