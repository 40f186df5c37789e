import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { findPlace } from '../../locations/reads.ts';
import { type CountLine, endCount, insertCount, insertLines, lockCount, type StockCount } from '../count-store.ts';
import { stockCountCancelled, stockCountOpened } from '../events.ts';
import { holdShelf } from '../hold-shelf.ts';
import { itemsWithin } from '../item-reads.ts';

/** Of one count; a warehouse that has more is counted room by room, or bin by bin. */
const LINES_AT_MOST = 5000;

/**
 * A list of what should be there, to be counted. @throws HubError invalid where the place is none for stock, or has too much; conflict where it is being
 * counted already
 */
export async function openCount(
  tx: TxCtx,
  want: { locationId?: string | null | undefined; location?: string | null | undefined },
): Promise<StockCount> {
  const shelf = await holdShelf(tx, { id: want.locationId, path: want.location });
  const items = await itemsWithin(tx, shelf.id, LINES_AT_MOST + 1);
  if (items.length > LINES_AT_MOST)
    throw new HubError(
      'invalid',
      `${shelf.name} has more than ${LINES_AT_MOST} items: count its rooms or bins, one by one`,
    );
  const count: StockCount = {
    ...{ id: newId(), locationId: shelf.id, state: 'open', openedAt: tx.now().toISOString() },
    ...{ openedBy: tx.actor.slice(0, 120), closedAt: null, closedBy: null, reason: null },
  };
  if (!(await insertCount(tx.db, count)))
    throw new HubError('conflict', `${shelf.name} is being counted already: approve or cancel that count first`);
  const lines = items.map((item): CountLine => ({
    ...{ countId: count.id, id: newId(), itemId: item.id, foundAt: item.locationId ?? shelf.id, lotId: item.lotId },
    ...{ componentId: item.componentId, kind: item.kind, serial: item.serial, barcode: item.barcode },
    ...{ condition: item.condition, expected: item.quantity, counted: null, countedAt: null, countedBy: null },
  }));
  await insertLines(tx.db, lines);
  const place = (await findPlace(tx, shelf.id))?.path ?? shelf.name;
  await append(tx, stockCountOpened, {
    subject: { type: 'location', id: shelf.id },
    data: { countId: count.id, place, lines: lines.length },
  });
  return count;
}

/** Nothing is changed by it. @throws HubError not-found; conflict where it is closed already */
export async function cancelCount(tx: TxCtx, want: { countId: string; reason: string }): Promise<StockCount> {
  const count = await mustLockOpen(tx, want.countId);
  const end = {
    ...{ state: 'cancelled' as const, closedAt: tx.now().toISOString(), closedBy: tx.actor.slice(0, 120) },
    reason: want.reason,
  };
  await endCount(tx.db, count.id, end);
  const place = (await findPlace(tx, count.locationId))?.path ?? count.locationId;
  await append(tx, stockCountCancelled, {
    subject: { type: 'location', id: count.locationId },
    data: { countId: count.id, place, reason: want.reason },
  });
  return { ...count, ...end };
}

/** @throws HubError not-found; conflict where it is closed already */
export async function mustLockOpen(tx: TxCtx, countId: string): Promise<StockCount> {
  const count = await lockCount(tx.db, countId);
  if (!count) throw new HubError('not-found', `There is no count ${countId}`);
  if (count.state !== 'open') throw new HubError('conflict', `The count is ${count.state} already: open another one`);
  return count;
}
