import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { whyNot } from '../../core/moves.ts';
import { append } from '../../events/append.ts';
import { assetHardened, assetHardeningFailed } from '../events.ts';
import { lifecycle } from '../model.ts';
import { lockAsset, updateAsset } from '../store.ts';
import type { HardeningRun } from './start-hardening.ts';

export interface HardeningEnd extends HardeningRun {
  status: 'succeeded' | 'failed' | 'cancelled';
  explanation: string | null;
}

/** A server that somebody moved on meanwhile stays where it is; the run stands on its timeline all the same. */
export async function finishHardening(tx: TxCtx, end: HardeningEnd): Promise<void> {
  const asset = await lockAsset(tx.db, end.assetId);
  if (!asset) throw new HubError('not-found', `There is no asset ${end.assetId}`);
  const subject = { type: 'asset' as const, id: asset.id };
  const now = tx.now().toISOString();
  const { runId, runUrl, template, status, explanation } = end;
  if (status === 'succeeded') {
    if (whyNot(lifecycle, 'harden', asset.state) === undefined) {
      await updateAsset(tx.db, asset.id, { state: 'HARDENED', stateReason: null, stateSince: now, updatedAt: now });
    }
    await append(tx, assetHardened, { subject, once: runId, data: { runId, runUrl, template } });
    return;
  }
  await updateAsset(tx.db, asset.id, { stateReason: `hardening ${status}: run ${runId}`, updatedAt: now });
  await append(tx, assetHardeningFailed, { subject, once: runId, data: { runId, runUrl, status, explanation } });
}
