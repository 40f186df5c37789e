import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { lotChanged } from '../events.ts';
import type { Lot } from '../model.ts';
import { lockLot, updateLot } from '../store.ts';

/** What people read of a lot; its code is what it is. @throws HubError not-found */
export async function changeLot(
  tx: TxCtx,
  want: { id: string; title?: string | undefined; notes?: string | null | undefined },
): Promise<Lot> {
  const lot = await lockLot(tx.db, want.id);
  if (!lot) throw new HubError('not-found', `There is no lot ${want.id}`);
  const title = want.title ?? lot.title;
  const notes = want.notes === undefined ? lot.notes : want.notes;
  if (title === lot.title && notes === lot.notes) return lot;
  await updateLot(tx.db, lot.id, { title, notes });
  await append(tx, lotChanged, { subject: { type: 'lot', id: lot.id }, data: { code: lot.code, title, notes } });
  return { ...lot, title, notes };
}
