import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { book } from '../book.ts';
import { stockReturnClosed, stockReturned } from '../events.ts';
import type { ReceiptInput } from '../model.ts';
import { endReturn, insertReturn, lockReturn, type ReturnState, type VendorReturn } from '../return-store.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';
import { receiveStock } from './receive-stock.ts';
import { mustLock } from './scrap-stock.ts';

/** Sent back to the vendor: it has left the shelf. @throws HubError not-found; conflict where there are fewer, or they are reserved */
export async function returnStock(
  tx: TxCtx,
  want: { itemId: string; quantity: number; rma: string; supplier: string | null; reason: string },
): Promise<VendorReturn> {
  const item = await mustLock(tx, want.itemId);
  const condition = item.tracking === 'piece' ? ('RMA' as const) : item.condition;
  const { told } = await toldOf(tx, item);
  const { quantity, rma, reason } = want;
  const supplier = want.supplier ?? item.supplier;
  const entry = { did: 'return' as const, quantity: -quantity, reason, reference: rma, changes: { condition } };
  const after = await book(tx, item, entry);
  const sent: VendorReturn = {
    ...{ id: newId(), itemId: item.id, quantity, rma, supplier, reason, state: 'sent' },
    ...{ sentAt: tx.now().toISOString(), sentBy: tx.actor.slice(0, 120), closedAt: null, closedBy: null },
    replacementId: null,
  };
  await insertReturn(tx.db, sent);
  await append(tx, stockReturned, {
    subject: ofItem(after),
    related: aboutItem(after),
    data: { ...told, quantity, rma, supplier, reason },
  });
  return sent;
}

/** What the vendor did. @param want.replacement what came for it; needed where it was replaced @throws HubError not-found; conflict where it is closed */
export async function closeReturn(
  tx: TxCtx,
  want: { returnId: string; outcome: Exclude<ReturnState, 'sent'>; replacement: ReceiptInput | null },
): Promise<VendorReturn> {
  const sent = await lockReturn(tx.db, want.returnId);
  if (!sent) throw new HubError('not-found', `There is no return ${want.returnId}`);
  if (sent.state !== 'sent') throw new HubError('conflict', `RMA ${sent.rma} is closed already: ${sent.state}`);
  const came = want.replacement === null ? null : (await receiveStock(tx, want.replacement)).item;
  const end = {
    state: want.outcome,
    closedAt: tx.now().toISOString(),
    closedBy: tx.actor.slice(0, 120),
    replacementId: came?.id ?? null,
  };
  await endReturn(tx.db, sent.id, end);
  const replacement = came === null ? null : (await toldOf(tx, came)).told.what;
  await append(tx, stockReturnClosed, {
    subject: { type: 'stock-item', id: sent.itemId },
    related: came === null ? [] : [ofItem(came)],
    data: { rma: sent.rma, outcome: want.outcome, replacement },
  });
  return { ...sent, ...end };
}
