import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { book } from '../book.ts';
import { endHold } from '../end-hold.ts';
import { stockConsumed } from '../events.ts';
import { serialAsKept, TAKEN_FOR } from '../model.ts';
import { endReservation, findHeld, lockHeldOfItem, lockReservation, type Reservation } from '../reservation-store.ts';
import { lockItem, lockItems, pieceIdsOf, type StockItem } from '../store.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';

/** Sets free what the ticket holds; nothing where it holds nothing. */
export async function releaseReservation(
  tx: TxCtx,
  want: { ticketId: string; reason: string },
): Promise<{ outcome: 'released' | 'nothing held'; itemId: string | null }> {
  const known = await findHeld(tx.db, want.ticketId);
  if (!known) return { outcome: 'nothing held', itemId: null };
  const item = await lockItem(tx.db, known.itemId);
  const reservation = await lockReservation(tx.db, known.id);
  if (!item || !reservation) throw new Error(`reservation ${known.id} or what it holds is gone`);
  if (reservation.state !== 'held') return { outcome: 'nothing held', itemId: null };
  await endHold(tx, { reservation, item, state: 'released', reason: want.reason });
  return { outcome: 'released', itemId: item.id };
}

export interface Consumed {
  /**
   * `consumed`: what was reserved was taken; `other`: another one of stock was; `foreign`: what was put in is not of stock, and what was reserved
   * is free again; `nothing`: nothing was held and nothing in stock was taken.
   */
  outcome: 'consumed' | 'other' | 'foreign' | 'nothing';
  itemId: string | null;
}

/**
 * A part was seen in the server: what was reserved for the ticket is gone from the shelf. Where the part that was seen is another one of stock, that one
 * is gone, and what was reserved is free again. A counted bin has no serials: one of it is taken for whatever was seen, unless that is in stock by itself.
 */
export async function consumeReservation(
  tx: TxCtx,
  want: { ticketId: string; serial: string | null; componentId: string | null },
): Promise<Consumed> {
  const known = await findHeld(tx.db, want.ticketId);
  const serial = serialAsKept(want.serial);
  const seen = await pieceIdsOf(tx.db, { serial, componentId: want.componentId });
  const items = await lockItems(tx.db, [...seen, ...(known ? [known.itemId] : [])]);
  const locked = known && (await lockReservation(tx.db, known.id));
  const reservation = locked?.state === 'held' ? locked : undefined;
  const held = reservation && items.get(reservation.itemId);
  // What was received by its serial before anybody had seen it in a server is that part from now on.
  const isNew = want.componentId !== null && ![...items.values()].some((one) => one.componentId === want.componentId);
  const learnt = isNew ? want.componentId : null;
  const there = seen.flatMap((id) => items.get(id) ?? []).filter(({ quantity }) => quantity > 0);
  const meant = pick(there, { serial, componentId: want.componentId, kind: held?.kind ?? null });
  if (!reservation || !held) {
    if (!meant) return { outcome: 'nothing', itemId: null };
    return takeOne(tx, await freeForOthers(tx, meant, want.ticketId), null, want.ticketId, learnt);
  }
  const isHeld = meant === undefined ? seenIs(held, serial, want.componentId) : meant.id === held.id;
  if (isHeld) return takeOne(tx, held, reservation, want.ticketId, learnt);
  const other =
    meant === undefined
      ? 'the part that was put in is not of stock'
      : `${meant.serial ?? 'another one'} was taken instead`;
  await endHold(tx, { reservation, item: held, state: 'released', reason: other });
  if (!meant) return { outcome: 'foreign', itemId: null };
  const free = await freeForOthers(tx, meant, want.ticketId);
  return { ...(await takeOne(tx, free, null, want.ticketId, learnt)), outcome: 'other' };
}

/** Nobody read a serial, or the reserved one has none: then it is taken for the one that was put in. */
function seenIs(held: StockItem, serial: string | null, componentId: string | null): boolean {
  if (serial === null && componentId === null) return true;
  if (held.tracking === 'bulk') return true;
  if (held.componentId !== null && componentId !== null) return held.componentId === componentId;
  return held.serial === null || serial === null || held.serial === serial;
}

/** Of several with one serial (two makers): the component, then the kind that was reserved. Several still: none. */
function pick(
  there: readonly StockItem[],
  by: { serial: string | null; componentId: string | null; kind: string | null },
): StockItem | undefined {
  const exact = there.filter(({ componentId }) => by.componentId !== null && componentId === by.componentId);
  const named = there.filter((item) => item.serial === by.serial && (by.kind === null || item.kind === by.kind));
  const found = exact.length > 0 ? exact : named;
  return found.length === 1 ? found[0] : undefined;
}

/** It is in a server now, whoever it was kept for. @returns it, without those reservations */
async function freeForOthers(tx: TxCtx, item: StockItem, ticketId: string): Promise<StockItem> {
  let left = item;
  for (const reservation of await lockHeldOfItem(tx.db, item.id))
    left = await endHold(tx, {
      reservation,
      item: left,
      state: 'released',
      reason: `${TAKEN_FOR} ${ticketId}`,
    });
  return left;
}

async function takeOne(
  tx: TxCtx,
  item: StockItem,
  reservation: Reservation | null,
  ticketId: string,
  learnt: string | null,
): Promise<Consumed> {
  if (reservation !== null) {
    const endedBy = tx.actor.slice(0, 120);
    const end = { state: 'consumed' as const, endedAt: tx.now().toISOString(), endedBy, endReason: null };
    await endReservation(tx.db, reservation.id, end);
  }
  const { told } = await toldOf(tx, item);
  const isThat = item.tracking === 'piece' && item.componentId === null && learnt !== null;
  const after = await book(tx, item, {
    ...(isThat ? { changes: { componentId: learnt } } : {}),
    did: 'consume',
    quantity: -1,
    reserved: reservation === null ? 0 : -1,
    ticketId,
    reservationId: reservation?.id ?? null,
  });
  await append(tx, stockConsumed, {
    subject: ofItem(after),
    related: aboutItem(after, [
      { type: 'ticket', id: ticketId },
      reservation === null ? null : { type: 'asset', id: reservation.assetId },
    ]),
    data: { ...told, ticketId, reserved: reservation !== null, reason: null },
  });
  return { outcome: 'consumed', itemId: after.id };
}
