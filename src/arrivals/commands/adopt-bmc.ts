import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { Seal } from '../../core/seal.ts';
import { append } from '../../events/append.ts';
import { bmcAdopted } from '../events.ts';
import type { Adoption } from '../model.ts';
import { lockBmc, updateBmc } from '../store.ts';

/** An operator says what an unexpected BMC is. @returns the event's id: the cause of the job that takes it in */
export async function adoptBmc(
  tx: TxCtx,
  seal: Seal,
  want: { bmcId: string; adoption: Adoption },
): Promise<{ eventId: string }> {
  const bmc = await lockBmc(tx.db, want.bmcId);
  if (!bmc) throw new HubError('not-found', `There is no BMC ${want.bmcId}`);
  if (bmc.state === 'recognised')
    throw new HubError('conflict', `BMC ${bmc.mac} belongs to asset ${bmc.assetId} already`);
  const { name, serial, asset_tag, site, rack, position, bmc_username, bmc_password } = want.adoption;
  await updateBmc(tx.db, bmc.id, {
    stateReason: `adopted by ${tx.actor}`,
    adoption: {
      name,
      serial: serial ?? null,
      assetTag: asset_tag ?? null,
      site: site ?? null,
      rack: rack ?? null,
      position: position ?? null,
      bmcUsername: bmc_username ?? null,
      bmcPasswordSealed: typeof bmc_password === 'string' ? seal.close(bmc_password) : null,
    },
  });
  return {
    eventId: await append(tx, bmcAdopted, {
      subject: { type: 'bmc', id: bmc.id },
      data: { mac: bmc.mac, name, serial: serial ?? null },
    }),
  };
}
