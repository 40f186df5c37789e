import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { book } from '../book.ts';
import { stockMoved } from '../events.ts';
import { holdShelf, invalidAt } from '../hold-shelf.ts';
import { findItem } from '../item-reads.ts';
import { ensureBin, intoBin, type Load } from '../into-bin.ts';
import { type Condition, isUsable } from '../model.ts';
import { findShelves } from '../shelf-reads.ts';
import { lockItem, lockItems, type StockItem } from '../store.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';

export interface MoveWanted {
  itemId: string;
  locationId?: string | null | undefined;
  location?: string | null | undefined;
  condition?: Condition | null | undefined;
  /** Of a counted bin; left out: all that is free. */
  quantity?: number | null | undefined;
  reason: string | null;
}

/**
 * To another place, into another condition, or both. Part of a counted bin goes into the counted bin there.
 * @returns the item where it is now
 * @throws HubError not-found; invalid; conflict where it has gone, or is reserved and would leave its datacenter or become unusable
 */
export async function moveStock(tx: TxCtx, want: MoveWanted): Promise<StockItem> {
  const named = typeof want.locationId === 'string' || typeof want.location === 'string';
  const shelf = named ? await holdShelf(tx, { id: want.locationId, path: want.location }) : undefined;
  const seen = await findItem(tx, want.itemId);
  if (!seen) throw new HubError('not-found', `There is no stock item ${want.itemId}`);
  const condition = want.condition ?? seen.condition;
  const locationId = shelf?.id ?? seen.locationId;
  if (locationId === seen.locationId && condition === seen.condition) {
    const known = await lockItem(tx.db, seen.id);
    if (known) return known; // it is there already
  }
  if (seen.tracking === 'bulk') return moveSome(tx, seen, { ...want, condition, locationId });
  if (want.quantity !== undefined && want.quantity !== null && want.quantity !== 1)
    throw invalidAt('/quantity', 'a piece is one: leave it out');
  const item = await lockItem(tx.db, seen.id);
  if (!item) throw new HubError('not-found', `There is no stock item ${want.itemId}`);
  if (item.quantity === 0) throw gone(item);
  await refuseReserved(tx, item, { condition, locationId });
  const after = await book(tx, item, { did: 'move', changes: { locationId, condition }, reason: want.reason });
  await tell(tx, { before: item, after, quantity: 1, reason: want.reason });
  return after;
}

async function moveSome(
  tx: TxCtx,
  seen: StockItem,
  want: MoveWanted & { condition: Condition; locationId: string | null },
): Promise<StockItem> {
  const { lotId } = seen;
  if (lotId === null || want.locationId === null) throw new Error(`the counted bin ${seen.id} has no lot or no place`);
  const load: Load = { ...seen, lotId, locationId: want.locationId, condition: want.condition };
  const toId = await ensureBin(tx, load);
  const items = await lockItems(tx.db, [seen.id, toId]);
  const [from, to] = [items.get(seen.id), items.get(toId)];
  if (!from || !to) throw new Error(`the counted bins ${seen.id} and ${toId} cannot be read`);
  const quantity = want.quantity ?? from.quantity - from.reserved;
  if (quantity === 0) throw gone(from);
  const entry = { did: 'move' as const, transferId: newId(), reason: want.reason };
  const left = await book(tx, from, { ...entry, quantity: -quantity });
  const after = await intoBin(tx, to, { ...load, ...factsNow(from) }, { ...entry, quantity });
  await tell(tx, { before: left, after, quantity, reason: want.reason });
  return after;
}

function factsNow(from: StockItem): Pick<StockItem, 'receivedAt' | 'warrantyUntil' | 'facts'> {
  return { receivedAt: from.receivedAt, warrantyUntil: from.warrantyUntil, facts: from.facts };
}

async function refuseReserved(
  tx: TxCtx,
  item: StockItem,
  to: { condition: Condition; locationId: string | null },
): Promise<void> {
  if (item.reserved === 0) return;
  const shelves = await findShelves(tx, [item.locationId, to.locationId]);
  const [here, there] = [item.locationId, to.locationId].map((id) => shelves.get(id ?? '')?.site ?? null);
  if (here === there && isUsable(to.condition)) return;
  const why = here === there ? `would be ${to.condition}` : `would leave ${here ?? 'where it is'}`;
  throw new HubError('conflict', `It is reserved for a ticket and ${why}: release the reservation first`);
}

function gone(item: StockItem): HubError {
  const why = item.reserved > 0 ? 'all of it is reserved' : 'it has gone';
  return new HubError('conflict', `There is none of it to take: ${why}`);
}

async function tell(
  tx: TxCtx,
  move: { before: StockItem; after: StockItem; quantity: number; reason: string | null },
): Promise<void> {
  const { before, after, quantity, reason } = move;
  const from = await toldOf(tx, before);
  const { told } = await toldOf(tx, after);
  await append(tx, stockMoved, {
    subject: ofItem(after),
    related: aboutItem(after, [
      before.id === after.id ? null : ofItem(before),
      before.locationId === null ? null : { type: 'location', id: before.locationId },
      after.locationId === null ? null : { type: 'location', id: after.locationId },
    ]),
    data: { ...told, quantity, from: from.told.place, fromCondition: before.condition, reason },
  });
}
