import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { normalizeVendor } from '../../core/vendor.ts';
import { append } from '../../events/append.ts';
import { type Component, findBySerial, findComponent } from '../../history/reads.ts';
import { findLot, type Lot } from '../../lots/reads.ts';
import { book } from '../book.ts';
import { stockReceived } from '../events.ts';
import { holdShelf, invalidAt, mustFindLot } from '../hold-shelf.ts';
import { intoBin, lockBin } from '../into-bin.ts';
import { type ReceiptInput, serialAsKept } from '../model.ts';
import { insertItem, lockItem, pieceIdsOf, type StockItem } from '../store.ts';
import { aboutItem, ofItem, toldOf } from '../tell.ts';

/**
 * Something came onto a shelf: one piece, or so many of a lot. A piece that was here before, and had gone, is the same item again.
 * @throws HubError invalid where it cannot be told what it is or where it lies; conflict where the piece is in stock already
 */
export async function receiveStock(tx: TxCtx, input: ReceiptInput): Promise<{ item: StockItem; isNew: boolean }> {
  const shelf = await holdShelf(tx, { id: input.location_id, path: input.location });
  const serial = serialAsKept(input.serial ?? null);
  const isPiece = serial !== null || typeof input.barcode === 'string' || typeof input.component_id === 'string';
  const component = isPiece ? await partOf(tx, input, serial) : undefined;
  const lot = typeof input.lot === 'string' ? await mustFindLot(tx, input.lot) : await lotOf(tx, component);
  const kind = component?.kind ?? lot?.kind ?? input.kind ?? null;
  if (kind === null) throw invalidAt('/kind', 'neither its lot nor its serial says what kind of part it is: say it');
  if (typeof input.kind === 'string' && input.kind !== kind)
    throw invalidAt(
      '/kind',
      `${lot === undefined ? 'the part of this serial' : lot.code} is a ${kind}, not a ${input.kind}`,
    );
  const now = tx.now().toISOString();
  const [manufacturer, model, partNumber] = [
    input.manufacturer ?? component?.manufacturer ?? null,
    input.model ?? component?.model ?? null,
    input.part_number ?? component?.partNumber ?? null,
  ];
  const described = {
    kind,
    manufacturer,
    model,
    partNumber,
    vendor: component?.vendor ?? normalizeVendor(manufacturer, model, partNumber),
    facts: input.facts ?? {},
    locationId: shelf.id,
    condition: input.condition,
    receivedAt: input.received_at ?? now,
    warrantyUntil: input.warranty_until ?? null,
    supplier: input.supplier ?? null,
    purchaseOrder: input.purchase_order ?? null,
  };
  const entry = { did: 'receive' as const, quantity: input.quantity, reference: described.purchaseOrder };
  if (!isPiece) {
    if (lot === undefined) throw invalidAt('/lot', 'without a serial or barcode it is counted by its lot: say which');
    const load = { ...described, lotId: lot.id };
    const bin = await lockBin(tx, load);
    const after = await intoBin(tx, bin, load, entry);
    await tell(tx, after, input);
    return { item: after, isNew: bin.quantity === 0 };
  }
  const labels = { serial, barcode: input.barcode ?? null, componentId: component?.id ?? null };
  const known = await itemOf(tx, { ...labels, kind, vendor: described.vendor });
  if (known && known.quantity > 0) throw inStock(known);
  const fresh: StockItem = {
    ...{ ...described, ...labels, id: newId(), tracking: 'piece', lotId: lot?.id ?? null, quantity: 0, reserved: 0 },
    ...{ createdAt: now, updatedAt: now, version: 1 },
  };
  if (!known && !(await insertItem(tx.db, fresh)))
    throw new HubError(
      'conflict',
      `${serial ?? input.barcode} was received by somebody else at the same moment: look again`,
    );
  const item = known ?? (await lockItem(tx.db, fresh.id));
  if (!item) throw new Error(`stock item ${fresh.id} was made and cannot be read`);
  const changes = known ? { ...described, lotId: lot?.id ?? known.lotId, ...keptLabels(known, labels) } : {};
  const after = await book(tx, item, { ...entry, changes });
  await tell(tx, after, input);
  return { item: after, isNew: !known };
}

/** The part that the hub knows by this serial. @throws HubError invalid where it may be several, or is not there */
async function partOf(tx: TxCtx, input: ReceiptInput, serial: string | null): Promise<Component | undefined> {
  if (typeof input.component_id === 'string') {
    const component = await findComponent(tx, input.component_id);
    if (!component) throw invalidAt('/component_id', `there is no component ${input.component_id}`);
    if (serial !== null && component.serial !== null && component.serial !== serial)
      throw invalidAt('/serial', `the component has the serial ${component.serial}, not ${serial}`);
    return component;
  }
  if (serial === null) return undefined;
  const vendor = normalizeVendor(input.manufacturer ?? null, input.model ?? null, input.part_number ?? null);
  const found = (await findBySerial(tx, serial, null))
    .filter(({ kind }) => typeof input.kind !== 'string' || kind === input.kind)
    .filter((one) => vendor === null || one.vendor === null || one.vendor === vendor);
  if (found.length < 2) return found[0];
  const kinds = found.map((one) => `${one.kind} of ${one.vendor ?? 'an unknown maker'} (${one.id})`).join(', ');
  throw invalidAt('/serial', `is that of ${found.length} parts (${kinds}): say component_id`);
}

async function lotOf(tx: TxCtx, component: Component | undefined): Promise<Lot | undefined> {
  return component?.lot ? findLot(tx, component.lot.id) : undefined;
}

/** The piece that it was when it lay here before; two makers may use one serial. */
async function itemOf(
  tx: TxCtx,
  by: {
    serial: string | null;
    barcode: string | null;
    componentId: string | null;
    kind: string;
    vendor: string | null;
  },
): Promise<StockItem | undefined> {
  const found: StockItem[] = [];
  for (const id of (await pieceIdsOf(tx.db, by)).toSorted()) {
    const item = await lockItem(tx.db, id);
    if (item) found.push(item);
  }
  const sameSerial = (item: StockItem): boolean =>
    item.serial !== null &&
    item.serial === by.serial &&
    item.kind === by.kind &&
    (item.vendor === null || by.vendor === null || item.vendor === by.vendor);
  const same = found.filter(
    (item) => (by.componentId !== null && item.componentId === by.componentId) || sameSerial(item),
  );
  const labelled = found.find(({ barcode }) => barcode !== null && barcode === by.barcode);
  if (labelled && !same.includes(labelled) && (by.serial !== null || by.componentId !== null))
    throw taken('/barcode', `${by.barcode} is on another item already (${labelled.id})`);
  return same[0] ?? labelled;
}

/** What it was called before stays, where nothing new was said. */
function keptLabels(
  known: StockItem,
  labels: Pick<StockItem, 'serial' | 'barcode' | 'componentId'>,
): Partial<StockItem> {
  return {
    serial: labels.serial ?? known.serial,
    barcode: labels.barcode ?? known.barcode,
    componentId: labels.componentId ?? known.componentId,
  };
}

function inStock(known: StockItem): HubError {
  const message = `${known.serial ?? known.barcode ?? 'it'} is in stock already (${known.id}): move it instead`;
  return taken(known.serial === null ? '/barcode' : '/serial', message);
}

function taken(field: string, message: string): HubError {
  return new HubError('conflict', `${field}: ${message}`, { fields: [{ field, message }] });
}

async function tell(tx: TxCtx, item: StockItem, { quantity, supplier, purchase_order }: ReceiptInput): Promise<void> {
  const { told } = await toldOf(tx, item);
  await append(tx, stockReceived, {
    subject: ofItem(item),
    related: aboutItem(item, [
      item.locationId === null ? null : { type: 'location', id: item.locationId },
      item.lotId === null ? null : { type: 'lot', id: item.lotId },
    ]),
    data: { ...told, quantity, supplier: supplier ?? null, purchaseOrder: purchase_order ?? null },
  });
}
