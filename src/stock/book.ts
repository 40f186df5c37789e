import type { TxCtx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { newId } from '../core/id.ts';
import type { MovementKind } from './model.ts';
import { bookLine, type Movement, type StockItem } from './store.ts';

export interface Entry {
  did: MovementKind;
  /** By how much what lies there changes. */
  quantity?: number;
  /** By how much what is promised changes. */
  reserved?: number;
  changes?: Partial<Omit<StockItem, 'id' | 'quantity' | 'reserved' | 'version' | 'createdAt' | 'updatedAt'>>;
  ticketId?: string | null;
  reservationId?: string | null;
  countId?: string | null;
  transferId?: string | null;
  reason?: string | null;
  reference?: string | null;
}

/**
 * The one way in which stock changes: a line in the ledger, and the item as the sum of its lines. The item is locked, and is as it was read
 * under the lock.
 * @throws HubError conflict where there is not enough of it
 */
export async function book(tx: TxCtx, item: StockItem, entry: Entry): Promise<StockItem> {
  const { did, quantity = 0, reserved = 0, changes = {} } = entry;
  const after = { ...item, ...changes, quantity: item.quantity + quantity, reserved: item.reserved + reserved };
  if (after.quantity < 0 || after.reserved < 0)
    throw new HubError('conflict', `There are ${item.quantity} of it here, ${item.reserved} of them reserved`);
  if (after.reserved > after.quantity)
    throw new HubError(
      'conflict',
      `${item.quantity - item.reserved} of ${item.quantity} are free: the others are reserved; release their reservations first`,
      { extra: { quantity: item.quantity, reserved: item.reserved } },
    );
  if (after.tracking === 'piece' && after.quantity > 1)
    throw new HubError('conflict', `${item.serial ?? item.barcode ?? 'It'} is in stock already`);
  const at = tx.now().toISOString();
  const moved = item.locationId !== after.locationId || quantity !== 0;
  const line: Movement = {
    itemId: item.id,
    id: newId(),
    did,
    quantity,
    reserved,
    fromLocation: moved && quantity <= 0 ? item.locationId : null,
    toLocation: moved && (quantity > 0 || item.locationId !== after.locationId) ? after.locationId : null,
    fromGrade: item.condition === after.condition ? null : item.condition,
    toGrade: item.condition === after.condition ? null : after.condition,
    ticketId: entry.ticketId ?? null,
    reservationId: entry.reservationId ?? null,
    countId: entry.countId ?? null,
    transferId: entry.transferId ?? null,
    reason: entry.reason ?? null,
    reference: entry.reference ?? null,
    actor: tx.actor.slice(0, 120),
    at,
  };
  await bookLine(tx.db, line, changes);
  return { ...after, updatedAt: at, version: item.version + 1 };
}
