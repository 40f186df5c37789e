import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { Match, ReservationState } from './model.ts';

export interface Reservation {
  id: string;
  itemId: string;
  ticketId: string;
  assetId: string;
  /** The part that failed, where it is known. */
  componentId: string | null;
  state: ReservationState;
  fit: Match;
  why: string;
  heldBy: string;
  createdAt: string;
  expiresAt: string;
  endedAt: string | null;
  endedBy: string | null;
  endReason: string | null;
}

const TIMES = new Set(['createdAt', 'expiresAt', 'endedAt']);

/** @returns false where the ticket holds one already */
export async function insertReservation(db: Knex.Transaction, reservation: Reservation): Promise<boolean> {
  try {
    await db('stock_reservations').insert(toRow({ ...reservation }, TIMES));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/**
 * What the ticket holds. Read without a lock: looking for one that is not there would lock the gap where others put theirs. Lock the item,
 * then the reservation, and look at its state again.
 */
export async function findHeld(db: Knex, ticketId: string): Promise<Reservation | undefined> {
  const [row] = await db('stock_reservations').where({ held_ticket: ticketId }).select('*');
  return row ? toReservation(row) : undefined;
}

/** As it was last committed, whatever the transaction read before; for one that is known to be there. */
export async function lockHeld(db: Knex.Transaction, ticketId: string): Promise<Reservation | undefined> {
  const [row] = await db('stock_reservations').where({ held_ticket: ticketId }).forUpdate().select('*');
  return row ? toReservation(row) : undefined;
}

export async function lockReservation(db: Knex.Transaction, id: string): Promise<Reservation | undefined> {
  const [row] = await db('stock_reservations').where({ id }).forUpdate().select('*');
  return row ? toReservation(row) : undefined;
}

/** The item is locked, so none is added meanwhile. */
export async function lockHeldOfItem(db: Knex.Transaction, itemId: string): Promise<Reservation[]> {
  const rows = await db('stock_reservations')
    .where({ item_id: itemId, state: 'held' })
    .orderBy('id')
    .forUpdate()
    .select('*');
  return rows.map(toReservation);
}

export async function endReservation(
  db: Knex.Transaction,
  id: string,
  end: Pick<Reservation, 'state' | 'endedAt' | 'endedBy' | 'endReason'>,
): Promise<void> {
  await db('stock_reservations')
    .where({ id })
    .update(toRow({ ...end }, TIMES));
}

export async function prolongReservation(db: Knex.Transaction, id: string, expiresAt: string): Promise<void> {
  await db('stock_reservations').where({ id }).update(toRow({ expiresAt }, TIMES));
}

/** Held beyond their time, the oldest first. */
export async function dueReservations(db: Knex, now: Date, limit: number): Promise<{ id: string; itemId: string }[]> {
  const rows: { id: string; item_id: string }[] = await db('stock_reservations')
    .where({ state: 'held' })
    .where('expires_at', '<=', toSql(now))
    .orderBy(['expires_at', 'id'])
    .limit(limit)
    .select('id', 'item_id');
  return rows.map((row) => ({ id: String(row.id), itemId: String(row.item_id) }));
}

export function toReservation(row: Record<string, unknown>): Reservation {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    id: String(row['id']),
    itemId: String(row['item_id']),
    ticketId: String(row['ticket_id']),
    assetId: String(row['asset_id']),
    componentId: text('component_id'),
    state: row['state'] as ReservationState,
    fit: row['fit'] as Match,
    why: String(row['why']),
    heldBy: String(row['held_by']),
    createdAt: toIso(String(row['created_at'])),
    expiresAt: toIso(String(row['expires_at'])),
    endedAt: toIsoOrNull(text('ended_at')),
    endedBy: text('ended_by'),
    endReason: text('end_reason'),
  };
}
