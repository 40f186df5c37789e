import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { componentFailureWithdrawn } from '../events.ts';
import { failureById, type FailureRow, markWithdrawn } from '../failure-store.ts';
import { lockPart } from '../lock-part.ts';
import { toMoment } from '../moment.ts';
import { explainAgain } from './record-failure.ts';

/**
 * It did not fail after all. Withdrawing it again changes nothing. The transaction must be `read committed`.
 * @throws HubError not-found
 */
export async function withdrawFailure(tx: TxCtx, want: { id: string; reason: string }): Promise<FailureRow> {
  const found = await failureById(tx.db, want.id);
  const part = found && (await lockPart(tx, found.componentId, found.assetId));
  const failure = part && (await failureById(tx.db, want.id));
  if (!failure) throw new HubError('not-found', `There is no failure ${want.id}`);
  if (failure.withdrawnAt !== null) return failure;
  const now = toMoment(tx.now());
  await markWithdrawn(tx.db, failure.id, { at: now, by: tx.actor });
  await append(tx, componentFailureWithdrawn, {
    subject: { type: 'component', id: failure.componentId },
    related: failure.assetId === null ? [] : [{ type: 'asset', id: failure.assetId }],
    data: { failure: failure.id, reason: want.reason },
  });
  await explainAgain(tx, part, failure, now);
  return { ...failure, withdrawnAt: now, withdrawnBy: tx.actor };
}
