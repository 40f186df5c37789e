import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { hopsOf } from '../reads.ts';
import { type Hop, lockUpdate } from '../store.ts';
import { failUpdate } from './advance-update.ts';

/**
 * What was not sent yet is not sent any more; steps that are done stay. An image that a BMC has taken cannot be called back.
 * @throws HubError not-found | conflict where it is over, or a step is under way
 */
export async function cancelUpdate(
  tx: TxCtx,
  { updateId, reason }: { updateId: string; reason: string },
): Promise<void> {
  const update = await lockUpdate(tx.db, updateId);
  if (update === undefined) throw new HubError('not-found', `There is no firmware update ${updateId}`);
  if (update.finishedAt !== null) throw new HubError('conflict', `The update is over: it is ${update.state}`);
  const hops = await hopsOf(tx, updateId);
  const sent = hops.find(isUnderWay);
  if (sent !== undefined) {
    const message = `${sent.name} ${sent.from ?? '?'} → ${sent.to} is under way, and no BMC lets go of an image that it has taken; cancel it when this step has ended`;
    throw new HubError('conflict', message);
  }
  await failUpdate(tx, updateId, null, `cancelled by ${tx.actor}: ${reason}`);
}

function isUnderWay({ state, announcedAt }: Hop): boolean {
  return state === 'following' || state === 'going-back' || (state === 'starting' && announcedAt !== null);
}
