import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { findPlace, idsWithin } from '../../locations/reads.ts';
import { book } from '../book.ts';
import { type CountLine, endCount, linesOf, type StockCount } from '../count-store.ts';
import { endHold } from '../end-hold.ts';
import { stockAdjusted, stockCountApproved } from '../events.ts';
import { ensureBin } from '../into-bin.ts';
import { lockHeldOfItem } from '../reservation-store.ts';
import { insertItem, lockItem, lockItems, type StockItem } from '../store.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';
import { mustLockOpen } from './open-count.ts';

/**
 * Books what was counted. What nobody looked at stays as it is, unless `uncounted` says that it is missing. A reserved part that is not there is no longer
 * reserved.
 * @throws HubError not-found; conflict where the count is closed, or something was moved since it was counted: count that again
 */
export async function approveCount(
  tx: TxCtx,
  want: { countId: string; reason: string; uncounted: 'leave' | 'missing' },
): Promise<{ count: StockCount; adjusted: number }> {
  const count = await mustLockOpen(tx, want.countId);
  const all = await linesOf(tx.db, count.id);
  const lines = all.flatMap((line) => {
    if (line.counted !== null) return [{ ...line, counted: line.counted }];
    return want.uncounted === 'missing' ? [{ ...line, counted: 0 }] : [];
  });
  const items = await lockItems(
    tx.db,
    lines.flatMap(({ itemId }) => itemId ?? []),
  );
  const inside = new Set(await idsWithin(tx, count.locationId));
  const stale = lines.filter((line) => hasMoved(line, items.get(line.itemId ?? ''), inside));
  if (stale.length > 0) {
    const names = stale.map((line) => line.serial ?? line.barcode ?? line.itemId).slice(0, 10);
    throw new HubError('conflict', `${names.join(', ')} changed since counted: count again`, {
      extra: { lines: stale.map(({ id }) => id) },
    });
  }
  let adjusted = 0;
  for (const line of lines.toSorted((a, b) => ((a.itemId ?? '~') < (b.itemId ?? '~') ? -1 : 1)))
    if (await adjust(tx, { line, item: items.get(line.itemId ?? ''), inside, reason: want.reason })) adjusted += 1;
  const closed = {
    ...{ state: 'approved' as const, closedAt: tx.now().toISOString(), closedBy: tx.actor.slice(0, 120) },
    reason: want.reason,
  };
  await endCount(tx.db, count.id, closed);
  const place = (await findPlace(tx, count.locationId))?.path ?? count.locationId;
  const told = { counted: lines.length, adjusted, left: all.length - lines.length, reason: want.reason };
  await append(tx, stockCountApproved, {
    subject: { type: 'location', id: count.locationId },
    data: { countId: count.id, place, ...told },
  });
  return { count: { ...count, ...closed }, adjusted };
}

type Counted = CountLine & { counted: number };

function hasMoved(line: Counted, item: StockItem | undefined, inside: ReadonlySet<string>): boolean {
  if (line.itemId === null) return false;
  if (!item) return true;
  const isHere = item.locationId !== null && inside.has(item.locationId);
  return (isHere ? item.quantity : 0) !== line.expected || item.condition !== line.condition;
}

async function adjust(
  tx: TxCtx,
  of: { line: Counted; item: StockItem | undefined; inside: ReadonlySet<string>; reason: string },
): Promise<boolean> {
  const { line, item, inside, reason } = of;
  if (!item) return line.counted === 0 ? false : await addFound(tx, line, reason);
  const isHere = item.locationId !== null && inside.has(item.locationId);
  const isElsewhere = item.tracking === 'piece' && !isHere && item.quantity > 0;
  if (line.counted === 0 && !isHere) return false;
  // A piece that is in stock, only not where it is booked.
  const inOtherBin = item.tracking === 'piece' && line.counted > 0 && item.locationId !== line.foundAt;
  const quantity = isElsewhere ? 0 : line.counted - line.expected;
  if (quantity === 0 && !inOtherBin) return false;
  const left = await freeWhatIsMissing(tx, item, item.quantity + quantity, reason);
  const changes = inOtherBin ? { locationId: line.foundAt } : {};
  const after = await book(tx, left, { did: 'adjust', quantity, changes, countId: line.countId, reason });
  await tell(tx, { before: item.quantity, after, countId: line.countId, reason });
  return true;
}

/** Nobody can take what is not there: the newest reservations go first. */
async function freeWhatIsMissing(tx: TxCtx, item: StockItem, there: number, reason: string): Promise<StockItem> {
  if (item.reserved <= there) return item;
  let left = item;
  for (const reservation of (await lockHeldOfItem(tx.db, item.id)).toReversed()) {
    if (left.reserved <= there) break;
    const why = `it was not there when it was counted: ${reason}`;
    left = await endHold(tx, { reservation, item: left, state: 'released', reason: why });
  }
  return left;
}

/** Something lies there that the hub did not know of. */
async function addFound(tx: TxCtx, line: Counted, reason: string): Promise<boolean> {
  const now = tx.now().toISOString();
  const { kind, lotId, componentId, serial, barcode, condition, foundAt } = line;
  const unknown = {
    vendor: null,
    manufacturer: null,
    model: null,
    partNumber: null,
    supplier: null,
    purchaseOrder: null,
  };
  const described = {
    ...unknown,
    kind,
    condition,
    locationId: foundAt,
    facts: {},
    receivedAt: now,
    warrantyUntil: null,
  };
  let id: string = newId();
  if (serial === null && barcode === null && lotId !== null) id = await ensureBin(tx, { ...described, lotId });
  else {
    const made = await insertItem(tx.db, {
      ...{ ...described, id, tracking: 'piece', lotId, componentId, serial, barcode, quantity: 0, reserved: 0 },
      ...{ createdAt: now, updatedAt: now, version: 1 },
    });
    if (!made) throw new HubError('conflict', `${serial ?? barcode} was received since it was counted: count it again`);
  }
  const item = await lockItem(tx.db, id);
  if (!item) throw new Error(`stock item ${id} was made and cannot be read`);
  const entry = { did: 'adjust' as const, quantity: line.counted, countId: line.countId, reason };
  const after = await book(tx, item, entry);
  await tell(tx, { before: item.quantity, after, countId: line.countId, reason });
  return true;
}

async function tell(
  tx: TxCtx,
  said: { before: number; after: StockItem; countId: string; reason: string },
): Promise<void> {
  const { before, after, countId, reason } = said;
  const { told } = await toldOf(tx, after);
  await append(tx, stockAdjusted, {
    subject: ofItem(after),
    related: aboutItem(after, [after.locationId === null ? null : { type: 'location', id: after.locationId }]),
    data: { ...told, from: before, to: after.quantity, countId, reason },
  });
}
