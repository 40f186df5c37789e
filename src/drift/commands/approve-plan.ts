import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { lockConnection } from '../connection-store.ts';
import { reconcileApproved } from '../events.ts';
import { findNewerPlan } from '../run-reads.ts';
import { findRun, lockRun, type Run, updateRun } from '../run-store.ts';
import { mustBeAlone } from './request-run.ts';

/**
 * Lets a plan be done that somebody has looked at, and that is still the newest. @throws HubError not-found; conflict, saying what moved on,
 * or which brakes stopped it where they are not accepted
 */
export async function approvePlan(
  tx: TxCtx,
  want: { runId: string; planHash: string; mappingHash(system: string): string; acceptBrakes: boolean },
): Promise<Run> {
  const { runId } = want;
  const found = await findRun(tx.db, runId);
  if (!found) throw new HubError('not-found', `There is no run ${runId}`);
  const { system } = found;
  // Taken before the run, as everywhere: runs of one system follow each other.
  await lockConnection(tx.db, system, tx.now());
  const run = (await lockRun(tx.db, runId)) ?? found;
  if (run.kind !== 'full' || run.state !== 'planned')
    throw new HubError('conflict', `Only a plan can be approved, and run ${runId} is ${run.state}: ask for a new run`, {
      extra: { state: run.state },
    });
  const newer = await findNewerPlan(tx, run);
  if (newer !== undefined)
    throw new HubError('conflict', `There is a newer plan for ${system}, run ${newer}: look at that one`, {
      extra: { run_id: newer },
    });
  if (run.planHash === null || run.planHash !== want.planHash)
    throw new HubError(
      'conflict',
      `This is not the plan that was looked at: it has the hash ${run.planHash}, not ${want.planHash}; look at it again`,
      { extra: { plan_hash: run.planHash, given: want.planHash } },
    );
  if (run.mappingHash !== want.mappingHash(system))
    throw new HubError(
      'conflict',
      `The mappings or rules of ${system} have changed since this was planned: ask for a new run`,
    );
  if (run.brakes && run.brakes.length > 0 && !want.acceptBrakes)
    throw new HubError(
      'conflict',
      `Brakes stopped this plan: ${run.brakes.map(({ reason }) => reason).join('; ')}. If that is what you want, approve it with accept_brakes (--accept-brakes)`,
      { extra: { brakes: run.brakes } },
    );
  await mustBeAlone(tx, system);
  const now = tx.now();
  await updateRun(tx.db, runId, { state: 'approved', approvedBy: tx.actor, approvedAt: now.toISOString() });
  await append(tx, reconcileApproved, {
    subject: { type: 'adapter', id: system },
    data: { runId, system, planHash: run.planHash, by: tx.actor },
  });
  return { ...run, state: 'approved', approvedBy: tx.actor, approvedAt: now.toISOString() };
}
