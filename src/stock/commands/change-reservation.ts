import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { endHold } from '../end-hold.ts';
import { findReservation } from '../reservation-reads.ts';
import { lockReservation, prolongReservation, type Reservation } from '../reservation-store.ts';
import { mustLock } from './scrap-stock.ts';

/** By hand. @throws HubError not-found; conflict where it is not held any more */
export async function releaseById(tx: TxCtx, want: { id: string; reason: string }): Promise<void> {
  const { reservation, item } = await lockBoth(tx, want.id);
  await endHold(tx, { reservation, item, state: 'released', reason: want.reason });
}

/** Kept for so many hours from now on. @throws HubError not-found; conflict where it is not held any more */
export async function prolongById(tx: TxCtx, want: { id: string; hours: number }): Promise<Reservation> {
  const { reservation } = await lockBoth(tx, want.id);
  const expiresAt = new Date(tx.now().getTime() + want.hours * 3_600_000).toISOString();
  await prolongReservation(tx.db, reservation.id, expiresAt);
  return { ...reservation, expiresAt };
}

async function lockBoth(tx: TxCtx, id: string) {
  const known = await findReservation(tx, id);
  if (!known) throw new HubError('not-found', `There is no reservation ${id}`);
  const item = await mustLock(tx, known.itemId);
  const reservation = await lockReservation(tx.db, id);
  if (reservation?.state !== 'held')
    throw new HubError('conflict', `The reservation is ${reservation?.state ?? 'gone'}, no longer held`);
  return { item, reservation };
}
