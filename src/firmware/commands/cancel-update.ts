import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { cancelRefused, cancelRequested } from '../events.ts';
import { canWithdraw, isUnderWay, stepText } from '../hop-moves.ts';
import { hopsOf } from '../reads.ts';
import { type FirmwareUpdate, type Hop, lockUpdate } from '../store.ts';
import { failUpdate } from './advance-update.ts';

/**
 * What was not sent yet is not sent any more; steps that are done stay. Where the step under way stands in a queue of its BMC, that is asked to let go of
 * it, and a job says how it went; other BMCs let go of nothing that they have taken.
 * @returns of the event that asks for it; null: the update has ended
 * @throws HubError not-found | conflict where it is over, or a step is under way that cannot be taken back
 */
export async function cancelUpdate(
  tx: TxCtx,
  { updateId, reason }: { updateId: string; reason: string },
): Promise<string | null> {
  const update = await lockUpdate(tx.db, updateId);
  if (update === undefined) throw new HubError('not-found', `There is no firmware update ${updateId}`);
  if (update.finishedAt !== null) throw new HubError('conflict', `The update is over: it is ${update.state}`);
  const sent = (await hopsOf(tx, updateId)).find(isUnderWay);
  if (sent === undefined) {
    await failUpdate(tx, updateId, null, cancelledBy(tx.actor, reason));
    return null;
  }
  if (!canWithdraw(sent)) {
    const message = `${stepText(sent)} is under way, and its BMC lets go of no image that it has taken; cancel it when this step has ended`;
    throw new HubError('conflict', message);
  }
  const data = { updateId, component: sent.name, by: tx.actor, reason };
  return append(tx, cancelRequested, { subject: { type: 'asset', id: update.assetId }, data });
}

/** What somebody has asked for. */
export interface Cancel {
  by: string;
  reason: string;
  /** Of the job that does it: it says its end once. */
  jobId: string;
}

/**
 * The BMC has nothing of it any more, or nothing that it would install. `isSame`: the step is still where the BMC was asked.
 * @returns false: the step went on meanwhile; then nothing was changed
 */
export async function endCancelled(
  tx: TxCtx,
  { updateId, number }: Pick<Hop, 'updateId' | 'number'>,
  { cancel, said, isSame }: { cancel: Cancel; said: string; isSame(hop: Hop): boolean },
): Promise<boolean> {
  const update = await lockUpdate(tx.db, updateId);
  if (update === undefined || update.finishedAt !== null) return false;
  const hop = (await hopsOf(tx, updateId)).find((one) => one.number === number);
  if (hop === undefined || hop.endedAt !== null || !isSame(hop)) return false;
  await failUpdate(tx, updateId, hop, `${cancelledBy(cancel.by, cancel.reason)} (${said})`);
  return true;
}

/** Where the step that was to be taken back has ended meanwhile. What was sent since is looked at again; what is all done stays so. */
export async function endBetweenSteps(tx: TxCtx, updateId: string, cancel: Cancel): Promise<void> {
  const update = await lockUpdate(tx.db, updateId);
  if (update === undefined || update.finishedAt !== null) return;
  const hops = await hopsOf(tx, updateId);
  if (hops.some(isUnderWay) || hops.every(({ state }) => state === 'done')) return;
  await failUpdate(tx, updateId, null, cancelledBy(cancel.by, cancel.reason));
}

/** The update goes on as before. */
export async function refuseCancel(
  tx: TxCtx,
  update: FirmwareUpdate,
  hop: Hop,
  { cancel, why }: { cancel: Cancel; why: string },
): Promise<void> {
  const data = { updateId: update.id, component: hop.name, by: cancel.by, why };
  await append(tx, cancelRefused, { subject: { type: 'asset', id: update.assetId }, once: cancel.jobId, data });
}

function cancelledBy(actor: string, reason: string): string {
  return `cancelled by ${actor}: ${reason}`;
}
