import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { UpdateHandle } from '../../ports/bmc-firmware.ts';
import { hopsOf } from '../reads.ts';
import { type Hop, type KeptHandle, lockUpdate, updateHop } from '../store.ts';

/**
 * `as`: by what it can be found where nobody hears the answer.
 * @throws HubError conflict where it was announced before (it may have gone out, and must not go out twice), or the update has ended
 */
export async function announceStagedStart(tx: TxCtx, hop: Hop, as?: UpdateHandle): Promise<void> {
  const handle = await lockHandle(tx, hop);
  if (handle === null) throw new HubError('conflict', `${hop.name}: the update was ended, and nothing more is sent`);
  if (handle.startAnnouncedAt !== undefined)
    throw new HubError('conflict', `${hop.name}: its start was sent before, and is not sent again`);
  const queued = as?.queued === undefined ? {} : { queued: as.queued };
  await updateHop(tx.db, hop, { handle: { ...handle, ...queued, startAnnouncedAt: tx.now().toISOString() } });
}

/** The BMC refused: what is staged waits on. */
export async function takeBackStagedStart(tx: TxCtx, hop: Hop): Promise<void> {
  const kept = await lockHandle(tx, hop);
  if (kept === null) return;
  const { startAnnouncedAt: _, ...handle } = kept;
  await updateHop(tx.db, hop, { handle });
}

/** As it stands now. Null: the update is over, or nothing was handed on. */
async function lockHandle(tx: TxCtx, hop: Hop): Promise<KeptHandle | null> {
  const update = await lockUpdate(tx.db, hop.updateId);
  if (update === undefined || update.finishedAt !== null) return null;
  return (await hopsOf(tx, hop.updateId)).find(({ number }) => number === hop.number)?.handle ?? null;
}
