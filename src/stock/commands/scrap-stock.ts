import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { book } from '../book.ts';
import { stockScrapped } from '../events.ts';
import { lockItem, type StockItem } from '../store.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';

/** Thrown away. @throws HubError not-found; conflict where there are fewer, or they are reserved */
export async function scrapStock(
  tx: TxCtx,
  want: { itemId: string; quantity: number; reason: string },
): Promise<StockItem> {
  const item = await mustLock(tx, want.itemId);
  const condition = item.tracking === 'piece' ? ('SCRAP' as const) : item.condition;
  const { told } = await toldOf(tx, item);
  const entry = { did: 'scrap' as const, quantity: -want.quantity, reason: want.reason, changes: { condition } };
  const after = await book(tx, item, entry);
  await append(tx, stockScrapped, {
    subject: ofItem(after),
    related: aboutItem(after),
    data: { ...told, quantity: want.quantity, reason: want.reason },
  });
  return after;
}

/** @throws HubError not-found */
export async function mustLock(tx: TxCtx, itemId: string): Promise<StockItem> {
  const item = await lockItem(tx.db, itemId);
  if (!item) throw new HubError('not-found', `There is no stock item ${itemId}`);
  return item;
}
