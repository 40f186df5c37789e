import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { bmcRecognised, bmcUnexpected } from '../events.ts';
import { lockBmcByMac, lockExpectedByMac, updateBmc, updateExpected } from '../store.ts';

/** The BMC belongs to this server now: said once, however often it is recognised. */
export async function recogniseBmc(tx: TxCtx, known: { mac: string; assetId: string; by: string }): Promise<void> {
  const bmc = await lockBmcByMac(tx.db, known.mac);
  if (!bmc) throw new HubError('not-found', `No BMC ${known.mac} was ever sighted`);
  const expected = await lockExpectedByMac(tx.db, known.mac);
  if (expected && expected.arrivedAt === null)
    await updateExpected(tx.db, expected.id, { assetId: known.assetId, arrivedAt: tx.now().toISOString() });
  if (bmc.state === 'recognised' && bmc.assetId === known.assetId) return;
  await updateBmc(tx.db, bmc.id, { state: 'recognised', stateReason: known.by, assetId: known.assetId });
  await append(tx, bmcRecognised, {
    subject: { type: 'bmc', id: bmc.id },
    related: [{ type: 'asset', id: known.assetId }],
    data: { mac: bmc.mac, ip: bmc.ip ?? '', by: known.by },
  });
}

/** Nobody knows it: it waits on the list for an operator, with its evidence. */
export async function leaveUnexpected(tx: TxCtx, mac: string, looked: string): Promise<void> {
  const bmc = await lockBmcByMac(tx.db, mac);
  if (!bmc || bmc.state !== 'sighted') return;
  await updateBmc(tx.db, bmc.id, { state: 'unexpected', stateReason: looked });
  await append(tx, bmcUnexpected, {
    subject: { type: 'bmc', id: bmc.id },
    data: { mac, ip: bmc.ip ?? '', hostname: bmc.hostname, vendorClass: bmc.vendorClass },
  });
}
