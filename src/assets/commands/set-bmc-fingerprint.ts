import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { lockAsset, updateAsset } from '../store.ts';

/** The certificate that the BMC is expected to show from now on. @returns which one it was before. @throws HubError not-found */
export async function setBmcFingerprint(tx: TxCtx, assetId: string, fingerprint256: string): Promise<string | null> {
  const asset = await lockAsset(tx.db, assetId);
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${assetId}`);
  await updateAsset(tx.db, assetId, { bmcFingerprint256: fingerprint256, updatedAt: tx.now().toISOString() });
  return asset.bmcFingerprint256;
}
