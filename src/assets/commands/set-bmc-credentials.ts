import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { assetBmcCredentialsChanged } from '../events.ts';
import { lockAsset, updateAsset } from '../store.ts';

/**
 * The hub has set them itself, and they hold. Who set them says so; of a server that could not be looked at before, it is said here too, so
 * that it is looked at now.
 * @throws HubError not-found
 */
export async function setBmcCredentials(
  tx: TxCtx,
  credentials: { assetId: string; username: string; sealed: string },
): Promise<void> {
  const { assetId, username, sealed } = credentials;
  const asset = await lockAsset(tx.db, assetId);
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${assetId}`);
  const updatedAt = tx.now().toISOString();
  await updateAsset(tx.db, assetId, { bmcUsername: username, bmcPasswordSealed: sealed, updatedAt });
  if (asset.inspectedAt !== null) return;
  await append(tx, assetBmcCredentialsChanged, {
    subject: { type: 'asset', id: assetId },
    data: { bmcUsername: username },
  });
}
