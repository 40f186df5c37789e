import type { Knex } from 'knex';
import { canonicalJson, fromJson } from '../core/json.ts';
import { snakeCase, toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { Condition, Facts, MovementKind, Tracking } from './model.ts';

export interface StockItem {
  id: string;
  tracking: Tracking;
  kind: string;
  lotId: string | null;
  componentId: string | null;
  vendor: string | null;
  serial: string | null;
  barcode: string | null;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  /** What whoever received it said beyond the lot, e.g. `formFactor`. */
  facts: Facts;
  /** Warehouse or bin; null: it is here, and nobody has shelved it yet. */
  locationId: string | null;
  condition: Condition;
  /** On hand. A piece that has gone is 0. */
  quantity: number;
  reserved: number;
  /** Of a counted bin: the oldest delivery since it was last empty. */
  receivedAt: string;
  /** Of a counted bin: the earliest of what is in it; null where nobody said. */
  warrantyUntil: string | null;
  supplier: string | null;
  purchaseOrder: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** One line of the ledger. `quantity` and `reserved` are by how much they changed. */
export interface Movement {
  itemId: string;
  id: string;
  did: MovementKind;
  quantity: number;
  reserved: number;
  fromLocation: string | null;
  toLocation: string | null;
  fromGrade: string | null;
  toGrade: string | null;
  ticketId: string | null;
  reservationId: string | null;
  countId: string | null;
  /** Two lines that are one thing: out of one counted bin, into another. */
  transferId: string | null;
  reason: string | null;
  /** Purchase order, RMA number. */
  reference: string | null;
  actor: string;
  at: string;
}

const TIMES = new Set(['receivedAt', 'warrantyUntil', 'createdAt', 'updatedAt', 'at']);
const column = (field: string): string => (field === 'condition' ? 'grade' : snakeCase(field));

/** @returns false where its serial, barcode, component or bin has one already */
export async function insertItem(db: Knex.Transaction, item: StockItem): Promise<boolean> {
  try {
    await db('stock_items').insert(toRow({ ...item, facts: canonicalJson(item.facts) }, TIMES, column));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** By its key only. Whoever needs several locks them in the order of their ids: see `lockItems`. */
export async function lockItem(db: Knex.Transaction, id: string): Promise<StockItem | undefined> {
  const [row] = await db('stock_items').where({ id }).forUpdate().select('*');
  return row ? toItem(row) : undefined;
}

/** undefined where somebody else holds it just now (or there is none). */
export async function lockItemIfIdle(db: Knex.Transaction, id: string): Promise<StockItem | undefined> {
  const [row] = await db('stock_items').where({ id }).forUpdate().skipLocked().select('*');
  return row ? toItem(row) : undefined;
}

/** One after the other in the order of their ids, so that two that want the same ones wait and do not lock each other out. */
export async function lockItems(db: Knex.Transaction, ids: readonly string[]): Promise<Map<string, StockItem>> {
  const found = new Map<string, StockItem>();
  for (const id of [...new Set(ids)].toSorted()) {
    const item = await lockItem(db, id);
    if (item) found.set(id, item);
  }
  return found;
}

/** Read without a lock: looking for one that is not there would lock the gap where others put theirs. */
export async function findBulk(
  db: Knex,
  bin: { lotId: string; locationId: string; condition: Condition },
): Promise<{ id: string } | undefined> {
  const key = `${bin.lotId}/${bin.locationId}/${bin.condition}`;
  const [row] = await db('stock_items').where({ bulk_key: key }).select('id');
  return row ? { id: String(row.id) } : undefined;
}

/** Ids of pieces that may be meant by what is on a label. */
export async function pieceIdsOf(
  db: Knex,
  by: { serial?: string | null; componentId?: string | null; barcode?: string | null },
): Promise<string[]> {
  const wanted = (
    [
      ['serial', by.serial],
      ['component_id', by.componentId],
      ['barcode', by.barcode],
    ] as const
  ).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const ids = new Set<string>();
  for (const [name, value] of wanted) {
    const rows: { id: string }[] = await db('stock_items')
      .where({ [name]: value, tracking: 'piece' })
      .select('id');
    for (const { id } of rows) ids.add(String(id));
  }
  return [...ids];
}

/** The item is locked; its quantities change by what the line says, and never otherwise. */
export async function bookLine(db: Knex.Transaction, line: Movement, changes: Partial<StockItem>): Promise<void> {
  const { facts, ...plain } = changes;
  const row = toRow({ ...plain, ...(facts === undefined ? {} : { facts: canonicalJson(facts) }) }, TIMES, column);
  await db('stock_items')
    .where({ id: line.itemId })
    .update({
      ...row,
      updated_at: toRow({ at: line.at }, TIMES)['at'],
      quantity: db.raw('quantity + ?', [line.quantity]),
      reserved: db.raw('reserved + ?', [line.reserved]),
      version: db.raw('version + 1'),
    });
  await db('stock_movements').insert(toRow({ ...line }, TIMES));
}

export function toItem(row: Record<string, unknown>): StockItem {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    id: String(row['id']),
    tracking: row['tracking'] as Tracking,
    kind: String(row['kind']),
    lotId: text('lot_id'),
    componentId: text('component_id'),
    vendor: text('vendor'),
    serial: text('serial'),
    barcode: text('barcode'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    partNumber: text('part_number'),
    facts: fromJson(row['facts']),
    locationId: text('location_id'),
    condition: row['grade'] as Condition,
    quantity: Number(row['quantity']),
    reserved: Number(row['reserved']),
    receivedAt: toIso(String(row['received_at'])),
    warrantyUntil: toIsoOrNull(text('warranty_until')),
    supplier: text('supplier'),
    purchaseOrder: text('purchase_order'),
    createdAt: toIso(String(row['created_at'])),
    updatedAt: toIso(String(row['updated_at'])),
    version: Number(row['version']),
  };
}

export function toMovement(row: Record<string, unknown>): Movement {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    itemId: String(row['item_id']),
    id: String(row['id']),
    did: row['did'] as MovementKind,
    quantity: Number(row['quantity']),
    reserved: Number(row['reserved']),
    fromLocation: text('from_location'),
    toLocation: text('to_location'),
    fromGrade: text('from_grade'),
    toGrade: text('to_grade'),
    ticketId: text('ticket_id'),
    reservationId: text('reservation_id'),
    countId: text('count_id'),
    transferId: text('transfer_id'),
    reason: text('reason'),
    reference: text('reference'),
    actor: String(row['actor']),
    at: toIso(String(row['at'])),
  };
}
