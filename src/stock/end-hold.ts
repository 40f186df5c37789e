import type { TxCtx } from '../core/ctx.ts';
import { append } from '../events/append.ts';
import { book } from './book.ts';
import { stockReservationExpired, stockReservationReleased } from './events.ts';
import { endReservation, type Reservation } from './reservation-store.ts';
import type { StockItem } from './store.ts';
import { aboutItem, ofItem, toldOf } from './tell.ts';

/** Sets free what a ticket held. Item and reservation are locked, and it is held. */
export async function endHold(
  tx: TxCtx,
  hold: { reservation: Reservation; item: StockItem; state: 'released' | 'expired'; reason: string },
): Promise<StockItem> {
  const { reservation, item, state, reason } = hold;
  const ids = { ticketId: reservation.ticketId, reservationId: reservation.id };
  const endedAt = tx.now().toISOString();
  const end = { state, endedAt, endedBy: tx.actor.slice(0, 120), endReason: reason.slice(0, 500) };
  await endReservation(tx.db, reservation.id, end);
  const after = await book(tx, item, { did: 'release', reserved: -1, ...ids, reason: end.endReason });
  const { told } = await toldOf(tx, after);
  const where = {
    subject: ofItem(after),
    related: aboutItem(after, [
      { type: 'ticket', id: reservation.ticketId },
      { type: 'asset', id: reservation.assetId },
    ]),
  };
  if (state === 'expired')
    await append(tx, stockReservationExpired, {
      ...where,
      data: { ...told, ...ids, expiredAt: reservation.expiresAt },
    });
  else await append(tx, stockReservationReleased, { ...where, data: { ...told, ...ids, reason } });
  return after;
}
