import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { lotCreated } from '../events.ts';
import { lotId, type Lot } from '../model.ts';
import { insertLot } from '../store.ts';

/** A class that no rule knows. @throws HubError conflict where the code is there */
export async function createLot(
  tx: TxCtx,
  want: Pick<Lot, 'code' | 'kind' | 'title' | 'facts' | 'notes'>,
): Promise<Lot> {
  const lot: Lot = { ...want, id: lotId(want.code), origin: 'person', createdAt: tx.now().toISOString() };
  if (!(await insertLot(tx.db, lot)))
    throw new HubError('conflict', `Lot ${lot.code} is there already: ${lot.id}`, { extra: { lot_id: lot.id } });
  const { code, kind, title } = lot;
  await append(tx, lotCreated, { subject: { type: 'lot', id: lot.id }, data: { code, kind, title, origin: 'person' } });
  return lot;
}
