import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { assetHardeningStarted } from '../events.ts';

export interface HardeningRun {
  assetId: string;
  runId: string;
  runUrl: string;
  template: string;
}

export async function startHardening(tx: TxCtx, run: HardeningRun): Promise<void> {
  const { assetId, ...data } = run;
  await append(tx, assetHardeningStarted, { subject: { type: 'asset', id: assetId }, once: run.runId, data });
}
