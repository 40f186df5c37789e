import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { type ConnectionState, findConnection, lockConnection, updateConnection } from '../connection-store.ts';
import { reconcileModeChanged, reconcileReleased } from '../events.ts';
import type { Mode } from '../model.ts';
import { oldestRun, type Run } from '../run-store.ts';
import { requestLookOfSwitch, UNDER_WAY } from './request-run.ts';

/** The look at everything that does what stands open; null where the switch asks for none. */
export type LookOfSwitch = { run: Run; isNew: boolean } | null;

/**
 * To apply also takes the mappings on as they are now: what they would change is written by itself from then on, and what stands open by a
 * look that is asked for with the switch, in one transaction: there is never one without the other. @throws HubError conflict
 */
export async function setMode(
  tx: TxCtx,
  want: { system: string; mode: Mode; mappingHash: string; version: number | undefined },
): Promise<LookOfSwitch> {
  const { system, mode, mappingHash } = want;
  const before = await lockConnection(tx.db, system, tx.now());
  if (want.version !== undefined && !isVersion(before, want.version))
    throw new HubError(
      'conflict',
      `Somebody changed it meanwhile (version ${before.version}, not ${want.version}): it is in ${before.mode}; look again`,
      { extra: { version: before.version } },
    );
  const takesOn = mode === 'apply' && before.mappingHash !== mappingHash;
  // Said once more, it asks for nothing more: the answer names the look that still waits, if there is one.
  if (mode === before.mode && !takesOn) return mode === 'apply' ? waitingLook(tx, system) : null;
  await updateConnection(tx.db, system, { mode, updatedBy: tx.actor, ...(takesOn ? { mappingHash } : {}) }, tx.now());
  if (mode !== before.mode)
    await append(tx, reconcileModeChanged, {
      subject: { type: 'adapter', id: system },
      data: { system, from: before.mode, to: mode, by: tx.actor },
    });
  return mode === 'apply' ? requestLookOfSwitch(tx, system) : null;
}

async function waitingLook(tx: TxCtx, system: string): Promise<LookOfSwitch> {
  const run = await oldestRun(tx.db, { system, kind: 'full', states: UNDER_WAY, applies: true });
  return run ? { run, isNew: false } : null;
}

/** 0 is what is read where there is no row yet; taking the lock makes one. */
function isVersion(state: ConnectionState, wanted: number): boolean {
  return wanted === state.version || (wanted === 0 && state.version === 1);
}

/** Lets a connection that the brakes stopped write by itself again. @throws HubError conflict where nothing holds it */
export async function releaseHold(tx: TxCtx, { system }: { system: string }): Promise<ConnectionState> {
  const { heldReason } = await lockConnection(tx.db, system, tx.now());
  if (heldReason === null) throw new HubError('conflict', `Nothing holds ${system}: there is nothing to release`);
  const now = tx.now();
  await updateConnection(tx.db, system, { heldReason: null, releasedAt: now.toISOString(), updatedBy: tx.actor }, now);
  await append(tx, reconcileReleased, {
    subject: { type: 'adapter', id: system },
    data: { system, by: tx.actor, reason: heldReason },
  });
  return findConnection(tx.db, system);
}
