import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { type Drift, lockDrift } from '../drift-store.ts';
import { mappingOf, type Reconciled } from '../reconciled.ts';
import { whyNot } from '../verdicts.ts';
import { checkSaying, ruleDrifts, type Saying, whyOver } from './rule-drifts.ts';

/** @throws HubError not-found; invalid; conflict, saying what would be possible */
export async function decideDrift(
  tx: TxCtx,
  reconciled: Pick<Reconciled, 'mappings'>,
  want: Saying & { id: string; version: number | undefined },
): Promise<Drift> {
  checkSaying(want, tx.now());
  const drift = await lockDrift(tx.db, want.id);
  if (!drift) throw new HubError('not-found', `There is no drift ${want.id}`);
  if (want.version !== undefined && want.version !== drift.version)
    throw new HubError(
      'conflict',
      `It has changed meanwhile (version ${drift.version}, not ${want.version}): look at it again, then decide`,
      { extra: { version: drift.version } },
    );
  const over = whyOver(drift, want.verdict);
  if (over !== undefined) throw new HubError('conflict', over);
  const mapping = mappingOf(reconciled, drift.system, drift.object);
  const reason = want.verdict === null ? undefined : whyNot(want.verdict, drift, mapping);
  if (reason !== undefined) throw new HubError('conflict', `${want.verdict}: ${reason}`);
  await ruleDrifts(tx, [drift], want);
  return (await lockDrift(tx.db, drift.id)) ?? drift;
}
