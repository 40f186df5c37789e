import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { lockConnection } from '../connection-store.ts';
import { reconcileRequested } from '../events.ts';
import { findRun, insertRun, oldestRun, type Run } from '../run-store.ts';
import type { RunState } from '../model.ts';

/** Of a full run: it is on its way, and another one would only look at the same again. */
export const UNDER_WAY: readonly RunState[] = ['requested', 'planning', 'approved', 'applying'];

/**
 * A look at everything. `applies`: writes what it finds once it is planned, unless a brake stops it; undefined: as the connection's mode
 * says. @throws HubError conflict naming the run that is under way, or where the connection does not apply
 */
export async function requestRun(
  tx: TxCtx,
  { system, reason, applies }: { system: string; reason: string; applies: boolean | undefined },
): Promise<Run> {
  const connection = await lockConnection(tx.db, system, tx.now());
  await mustBeAlone(tx, system);
  if (applies === true && connection.mode !== 'apply')
    throw new HubError(
      'conflict',
      `${system} is in dry-run, where nothing is written by itself: ask for a plan and approve it, or switch ${system} to apply`,
    );
  return insertLook(tx, { system, reason, applies: applies ?? connection.mode === 'apply' });
}

/**
 * A look that does what stands open, for whoever has just switched the system to apply. One that writes and has not begun yet will do; any
 * other that is under way does not, because it knows nothing of the switch: then this one comes after it. The connection must be locked.
 */
export async function requestLookOfSwitch(tx: TxCtx, system: string): Promise<{ run: Run; isNew: boolean }> {
  const waiting = await oldestRun(tx.db, { system, kind: 'full', states: ['requested'], applies: true });
  if (waiting) return { run: waiting, isNew: false };
  return { run: await insertLook(tx, { system, reason: 'switched to apply', applies: true }), isNew: true };
}

async function insertLook(
  tx: TxCtx,
  { system, reason, applies }: { system: string; reason: string; applies: boolean },
): Promise<Run> {
  const id = newId();
  await insertRun(
    tx.db,
    { id, system, kind: 'full', state: 'requested', applies, reason, requestedBy: tx.actor },
    tx.now(),
  );
  await append(tx, reconcileRequested, {
    subject: { type: 'adapter', id: system },
    data: { runId: id, system, reason },
  });
  const run = await findRun(tx.db, id);
  if (!run) throw new HubError('internal', `run ${id} is not there right after it was made`);
  return run;
}

/** @throws HubError conflict naming the other run. The connection must be locked: nobody begins one meanwhile */
export async function mustBeAlone(tx: TxCtx, system: string): Promise<void> {
  const other = await oldestRun(tx.db, { system, kind: 'full', states: UNDER_WAY });
  if (other)
    throw new HubError('conflict', `Run ${other.id} of ${system} is ${other.state}: wait until it has ended`, {
      extra: { run_id: other.id, state: other.state },
    });
}
