import { findAsset } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { updateRequested } from '../events.ts';
import { mustBeUpdatable, type WantedComponent } from '../model.ts';
import { insertUpdate } from '../store.ts';

/**
 * Records that a server shall have these versions; a job brings it there, in the order given.
 * @throws HubError not-found | conflict
 */
export async function requestUpdate(
  tx: TxCtx,
  want: { assetId: string; wanted: WantedComponent[]; mayReset: boolean; reason: string },
): Promise<{ updateId: string; eventId: string }> {
  const { assetId, wanted, mayReset, reason } = want;
  mustBeUpdatable(await findAsset(tx, assetId), assetId);
  const id = newId();
  const requestedAt = tx.now().toISOString();
  const isNew = await insertUpdate(tx.db, {
    id,
    assetId,
    wanted,
    mayReset,
    reason,
    requestedBy: tx.actor,
    requestedAt,
  });
  if (!isNew)
    throw new HubError('conflict', 'An update of this server is open already: wait for its end, and ask again');
  const components = wanted.map(({ component, version }) => ({ component, version }));
  const data = { updateId: id, reason, mayReset, components };
  const eventId = await append(tx, updateRequested, { subject: { type: 'asset', id: assetId }, data });
  return { updateId: id, eventId };
}
