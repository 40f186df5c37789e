import type { TxCtx } from '../core/ctx.ts';
import { idFrom } from '../core/id.ts';
import { book, type Entry } from './book.ts';
import type { Condition, Facts } from './model.ts';
import { findBulk, insertItem, lockItem, type StockItem } from './store.ts';

/** So many of a lot, alike, with what is known of them. */
export interface Load {
  lotId: string;
  kind: string;
  locationId: string;
  condition: Condition;
  facts: Facts;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  vendor: string | null;
  receivedAt: string;
  warrantyUntil: string | null;
  supplier: string | null;
  purchaseOrder: string | null;
}

/**
 * The counted bin for it, made where there is none and not locked yet. Its id follows from what it holds, so that two that make it at once
 * make one. @returns its id
 */
export async function ensureBin(tx: TxCtx, load: Load): Promise<string> {
  const { lotId, kind, locationId, condition, facts, receivedAt } = load;
  const known = await findBulk(tx.db, load);
  if (known) return known.id;
  const id = idFrom('stock-bin', lotId, locationId, condition);
  const now = tx.now().toISOString();
  await insertItem(tx.db, {
    ...{ id, tracking: 'bulk', kind, lotId, locationId, condition, facts, receivedAt, quantity: 0, reserved: 0 },
    ...{ componentId: null, serial: null, barcode: null, vendor: load.vendor, manufacturer: load.manufacturer },
    ...{ model: load.model, partNumber: load.partNumber, warrantyUntil: load.warrantyUntil, supplier: load.supplier },
    ...{ purchaseOrder: load.purchaseOrder, createdAt: now, updatedAt: now, version: 1 },
  });
  return id;
}

export async function lockBin(tx: TxCtx, load: Load): Promise<StockItem> {
  const item = await lockItem(tx.db, await ensureBin(tx, load));
  if (!item) throw new Error(`the bin of lot ${load.lotId} at ${load.locationId} cannot be read`);
  return item;
}

/** `bin` is locked. What is said of it is said of all that is in it: the oldest delivery, the earliest warranty. */
export async function intoBin(
  tx: TxCtx,
  bin: StockItem,
  load: Load,
  entry: Pick<Entry, 'did' | 'transferId' | 'countId' | 'reason' | 'reference' | 'ticketId'> & { quantity: number },
): Promise<StockItem> {
  const wasEmpty = bin.quantity === 0;
  const changes = wasEmpty
    ? {
        receivedAt: load.receivedAt,
        warrantyUntil: load.warrantyUntil,
        supplier: load.supplier,
        purchaseOrder: load.purchaseOrder,
        facts: load.facts,
        manufacturer: load.manufacturer,
        model: load.model,
        partNumber: load.partNumber,
        vendor: load.vendor,
      }
    : {
        receivedAt: load.receivedAt < bin.receivedAt ? load.receivedAt : bin.receivedAt,
        warrantyUntil: earliest(bin.warrantyUntil, load.warrantyUntil),
        facts: shared(bin.facts, load.facts),
        supplier: same(bin.supplier, load.supplier),
        purchaseOrder: same(bin.purchaseOrder, load.purchaseOrder),
        manufacturer: same(bin.manufacturer, load.manufacturer),
        model: same(bin.model, load.model),
        partNumber: same(bin.partNumber, load.partNumber),
        vendor: same(bin.vendor, load.vendor),
      };
  return book(tx, bin, { ...entry, changes });
}

/** Unknown of one is unknown of all. */
function earliest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null;
  return a < b ? a : b;
}

function same(a: string | null, b: string | null): string | null {
  return a === b ? a : null;
}

/** What is true of all of them. */
function shared(a: Facts, b: Facts): Facts {
  return Object.fromEntries(Object.entries(a).filter(([name, value]) => b[name] === value));
}
