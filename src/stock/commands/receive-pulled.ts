import type { TxCtx } from '../../core/ctx.ts';
import { idFrom } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { findComponent } from '../../history/reads.ts';
import { findLot } from '../../lots/reads.ts';
import { book } from '../book.ts';
import { stockPulled } from '../events.ts';
import { type Condition, serialAsKept } from '../model.ts';
import { insertItem, lockItem, pieceIdsOf, type StockItem } from '../store.ts';
import { shelfForPulled } from '../pulled-shelf-reads.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';

export interface Pulled {
  componentId: string | null;
  serial: string | null;
  lotId: string | null;
  ticketId: string;
  disposition: 'FAILED' | 'RMA';
  /** Name of the datacenter where it was pulled; null: not known. */
  site: string | null;
}

/**
 * What came out of a server is stock again, as failed or to be sent back. It lies in the site's bin or warehouse whose code is the disposition (`RMA`,
 * `FAILED`), else in the first warehouse of the site; where there is none, nobody has shelved it yet. The same part again changes nothing.
 */
export async function receivePulled(tx: TxCtx, pulled: Pulled): Promise<{ itemId: string; isNew: boolean }> {
  const component = pulled.componentId === null ? undefined : await findComponent(tx, pulled.componentId);
  const componentId = component?.id ?? null;
  const serial = serialAsKept(pulled.serial ?? component?.serial ?? null);
  const lotId = pulled.lotId ?? component?.lot?.id ?? null;
  const lot = lotId === null ? undefined : await findLot(tx, lotId);
  const known = await itemOf(tx, { serial, componentId, kind: component?.kind ?? lot?.kind ?? null });
  const locationId = await shelfForPulled(tx, pulled);
  const condition: Condition = pulled.disposition;
  const now = tx.now().toISOString();
  const fresh: StockItem = {
    // A part that nobody can name is known by the ticket that it was pulled for.
    id: idFrom(
      'stock-pulled',
      ...(componentId === null && serial === null ? [pulled.ticketId] : [componentId ?? '', serial ?? '']),
    ),
    tracking: 'piece',
    kind: component?.kind ?? lot?.kind ?? 'unknown',
    lotId: lot?.id ?? null,
    componentId,
    vendor: component?.vendor ?? null,
    serial,
    barcode: serial === null && componentId === null ? `PULLED-${pulled.ticketId}` : null,
    manufacturer: component?.manufacturer ?? null,
    model: component?.model ?? null,
    partNumber: component?.partNumber ?? null,
    facts: {},
    locationId,
    condition,
    quantity: 0,
    reserved: 0,
    receivedAt: now,
    warrantyUntil: null,
    supplier: null,
    purchaseOrder: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  if (!known) await insertItem(tx.db, fresh);
  const item = await lockItem(tx.db, known?.id ?? fresh.id);
  if (!item) throw new Error(`stock has another piece of the serial ${serial ?? 'none'}: it cannot be pulled twice`);
  if (item.quantity > 0) return { itemId: item.id, isNew: false };
  const after = await book(tx, item, {
    did: 'pull',
    quantity: 1,
    changes: {
      condition,
      locationId,
      receivedAt: now,
      lotId: item.lotId ?? lotId,
      componentId: item.componentId ?? componentId,
    },
    ticketId: pulled.ticketId,
  });
  const { told } = await toldOf(tx, after);
  await append(tx, stockPulled, {
    subject: ofItem(after),
    related: aboutItem(after, [{ type: 'ticket', id: pulled.ticketId }]),
    data: { ...told, ticketId: pulled.ticketId },
  });
  return { itemId: after.id, isNew: true };
}

/** The piece that it was when it lay on the shelf before. */
async function itemOf(
  tx: TxCtx,
  by: { serial: string | null; componentId: string | null; kind: string | null },
): Promise<StockItem | undefined> {
  const found: StockItem[] = [];
  for (const id of (await pieceIdsOf(tx.db, by)).toSorted()) {
    const item = await lockItem(tx.db, id);
    if (item) found.push(item);
  }
  return (
    found.find(({ componentId }) => componentId !== null && componentId === by.componentId) ??
    found.find(
      ({ serial, kind, componentId }) =>
        serial !== null && serial === by.serial && componentId === null && (by.kind === null || kind === by.kind),
    )
  );
}
