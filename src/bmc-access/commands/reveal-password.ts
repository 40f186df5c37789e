import { findAsset } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { Seal } from '../../core/seal.ts';
import { append } from '../../events/append.ts';
import { bmcPasswordRevealed } from '../events.ts';
import { accessOf, retiredPasswords } from '../store.ts';

interface Credentials {
  username: string;
  password: string;
}

export interface Revealed {
  /** Null: it has none of its own, and is asked with those of the settings. */
  current: Credentials | null;
  /** May hold already: a rotation is under way. */
  pending: Credentials | null;
  /** What held before, the last one first. */
  earlier: (Credentials & { held: boolean; retiredAt: string })[];
}

const EARLIER = 10;

/** The passwords in the clear, and on the timeline who saw them and why. @throws HubError not-found | conflict */
export async function revealPassword(
  tx: TxCtx,
  seal: Seal,
  wish: { assetId: string; reason: string },
): Promise<Revealed> {
  const { assetId, reason } = wish;
  const asset = await findAsset(tx, assetId);
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${assetId}`);
  const access = await accessOf(tx.db, assetId);
  const open = (username: string | null, sealed: string | null): Credentials | null =>
    username === null || sealed === null ? null : { username, password: seal.open(sealed) };
  const current = open(asset.bmcUsername, asset.bmcPasswordSealed);
  const pending = open(access?.pendingUsername ?? null, access?.pendingSealed ?? null);
  const earlier = await retiredPasswords(tx.db, assetId, EARLIER);
  const userName = (current ?? pending ?? earlier[0])?.username;
  if (userName === undefined)
    throw new HubError('conflict', 'Its BMC has no credentials of its own: it is asked with those of the settings');
  await append(tx, bmcPasswordRevealed, { subject: { type: 'asset', id: assetId }, data: { userName, reason } });
  return { current, pending, earlier: earlier.map(({ sealed, ...one }) => ({ ...one, password: seal.open(sealed) })) };
}
