import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { bmcIgnored } from '../events.ts';
import { lockBmc, updateBmc } from '../store.ts';

/** Takes it off the list of unexpected ones, with a reason. A later adoption or expectation brings it back. */
export async function ignoreBmc(tx: TxCtx, want: { bmcId: string; reason: string }): Promise<void> {
  const bmc = await lockBmc(tx.db, want.bmcId);
  if (!bmc) throw new HubError('not-found', `There is no BMC ${want.bmcId}`);
  if (bmc.state === 'recognised')
    throw new HubError('conflict', `BMC ${bmc.mac} belongs to asset ${bmc.assetId}: it cannot be ignored`);
  if (bmc.state === 'ignored' && bmc.stateReason === want.reason) return;
  await updateBmc(tx.db, bmc.id, { state: 'ignored', stateReason: want.reason });
  await append(tx, bmcIgnored, { subject: { type: 'bmc', id: bmc.id }, data: { mac: bmc.mac, reason: want.reason } });
}
