import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { stockReservationNotRenewed } from '../events.ts';
import { findItem } from '../item-reads.ts';
import { HELD_AGAIN_AT_MOST } from '../model.ts';
import type { SpareWanted } from '../part-reads.ts';
import { endedSince, findReservation } from '../reservation-reads.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';
import { reserveSpare } from './reserve-spare.ts';

export interface HeldAgain {
  outcome: 'reserved again' | 'not reserved again' | 'a part was taken for it';
  why: string | null;
}

/**
 * The time of a part that was kept for a ticket is over, and the ticket is still open: a spare is chosen as before, and kept for as long. After a few
 * times it is left to people, and said so. The ticket is locked.
 * @param want.reservationId the one that ran out
 * @param want.since when the ticket opened the last time: what was kept for it before does not count
 */
export async function reserveAgain(
  tx: TxCtx,
  want: SpareWanted & { reservationId: string; assetId: string; since: string },
): Promise<HeldAgain> {
  const { reservationId, since, ...wish } = want;
  const before = await findReservation(tx, reservationId);
  if (!before) throw new HubError('not-found', `There is no reservation ${reservationId}`);
  const { ticketId } = before;
  const { expired, consumed } = await endedSince(tx, { ticketId, since });
  if (consumed > 0) return { outcome: 'a part was taken for it', why: null };
  if (expired > HELD_AGAIN_AT_MOST)
    return notAgain(tx, reservationId, `one was kept for it ${expired} times, and nobody took it: reserve one by hand`);
  const holdHours = (Date.parse(before.expiresAt) - Date.parse(before.createdAt)) / 3_600_000;
  const because = `again (${expired} of ${HELD_AGAIN_AT_MOST}), because its ticket is still open`;
  const spare = await reserveSpare(tx, { ...wish, ticketId, holdHours, because });
  if (spare.outcome === 'none') return notAgain(tx, reservationId, spare.why);
  return { outcome: 'reserved again', why: spare.why };
}

async function notAgain(tx: TxCtx, reservationId: string, why: string): Promise<HeldAgain> {
  const reservation = await findReservation(tx, reservationId);
  const item = reservation && (await findItem(tx, reservation.itemId));
  if (!item) throw new Error(`what reservation ${reservationId} held is gone`);
  const { told } = await toldOf(tx, item);
  await append(tx, stockReservationNotRenewed, {
    subject: ofItem(item),
    related: aboutItem(item, [
      { type: 'ticket', id: reservation.ticketId },
      { type: 'asset', id: reservation.assetId },
    ]),
    once: reservationId,
    data: { ...told, ticketId: reservation.ticketId, reservationId, why },
  });
  return { outcome: 'not reserved again', why };
}
