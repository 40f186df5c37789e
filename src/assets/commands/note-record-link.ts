import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { assetUpdated } from '../events.ts';
import { lockAssetRecordedAs } from '../recorded-store.ts';
import { updateAsset } from '../store.ts';
import { noteRecorded } from './note-recorded.ts';

/**
 * This server stands for that record, and `changes` were written there. A record is one server's: whoever was thought to be it before, is
 * not any more, and is told so.
 */
export async function noteRecordLink(
  tx: TxCtx,
  link: { assetId: string; system: string; recordId: string; recordUrl: string; changes: string[] },
): Promise<void> {
  const other = await lockAssetRecordedAs(tx.db, link.recordId);
  if (other && other.id !== link.assetId) {
    await updateAsset(tx.db, other.id, { recordId: null, recordUrl: null, updatedAt: tx.now().toISOString() });
    await append(tx, assetUpdated, {
      subject: { type: 'asset', id: other.id },
      related: [{ type: 'asset', id: link.assetId }],
      data: { changes: [{ field: 'record', from: link.recordId, to: null }] },
    });
  }
  await noteRecorded(tx, { ...link, place: {} });
}
