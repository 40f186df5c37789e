import type { Knex } from 'knex';
import { type Before, newestFirst } from '../core/keyset.ts';
import { insertRows } from '../core/insert-rows.ts';
import { snakeCase, toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { Condition } from './model.ts';

export type CountState = 'open' | 'approved' | 'cancelled';

export interface StockCount {
  id: string;
  locationId: string;
  state: CountState;
  openedAt: string;
  openedBy: string;
  closedAt: string | null;
  closedBy: string | null;
  reason: string | null;
}

export interface CountLine {
  countId: string;
  id: string;
  /** null: the hub knew of no such thing. */
  itemId: string | null;
  /** Where it is booked, or, of what is not booked in the counted place, where it was found. */
  foundAt: string;
  lotId: string | null;
  componentId: string | null;
  kind: string;
  serial: string | null;
  barcode: string | null;
  condition: Condition;
  /** On hand there, by the ledger, when it was counted (before that: when the count began). */
  expected: number;
  counted: number | null;
  countedAt: string | null;
  countedBy: string | null;
}

const TIMES = new Set(['openedAt', 'closedAt', 'countedAt']);
const column = (field: string): string => (field === 'condition' ? 'grade' : snakeCase(field));

/** @returns false where the place is being counted already */
export async function insertCount(db: Knex.Transaction, count: StockCount): Promise<boolean> {
  try {
    await db('stock_counts').insert(toRow({ ...count }, TIMES));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export async function insertLines(db: Knex.Transaction, lines: readonly CountLine[]): Promise<void> {
  const rows = lines.map((line) => toRow({ ...line }, TIMES, column));
  const names = Object.keys(rows[0] ?? {});
  if (rows.length > 0)
    await insertRows(
      db,
      'stock_count_lines',
      names,
      rows.map((row) => names.map((name) => row[name])),
    );
}

export async function updateLine(
  db: Knex.Transaction,
  line: Pick<CountLine, 'countId' | 'id'>,
  found: Partial<Pick<CountLine, 'foundAt' | 'expected' | 'counted' | 'countedAt' | 'countedBy'>>,
): Promise<void> {
  await db('stock_count_lines')
    .where({ count_id: line.countId, id: line.id })
    .update(toRow(found, TIMES, column));
}

export async function lockCount(db: Knex.Transaction, id: string): Promise<StockCount | undefined> {
  const [row] = await db('stock_counts').where({ id }).forUpdate().select('*');
  return row && toCount(row);
}

export async function endCount(
  db: Knex.Transaction,
  id: string,
  end: Pick<StockCount, 'state' | 'closedAt' | 'closedBy' | 'reason'>,
): Promise<void> {
  await db('stock_counts')
    .where({ id })
    .update(toRow({ ...end }, TIMES));
}

export async function findCount(db: Knex, id: string): Promise<StockCount | undefined> {
  const [row] = await db('stock_counts').where({ id }).select('*');
  return row && toCount(row);
}

/** Newest first. */
export async function listCounts(
  db: Knex,
  want: { state?: CountState | undefined; before: Before | undefined; limit: number },
): Promise<StockCount[]> {
  const query = db('stock_counts').limit(want.limit);
  if (want.state !== undefined) void query.where('stock_counts.state', want.state);
  newestFirst(query, { time: 'stock_counts.opened_at', id: 'stock_counts.id' }, want.before);
  return (await query.select('stock_counts.*')).map(toCount);
}

/** The count is locked by whoever is about to change them. */
export async function linesOf(db: Knex, countId: string): Promise<CountLine[]> {
  const rows = await db('stock_count_lines').where({ count_id: countId }).orderBy('id').select('*');
  return rows.map(toLine);
}

function toCount(row: Record<string, unknown>): StockCount {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    id: String(row['id']),
    locationId: String(row['location_id']),
    state: row['state'] as CountState,
    openedAt: toIso(String(row['opened_at'])),
    openedBy: String(row['opened_by']),
    closedAt: toIsoOrNull(text('closed_at')),
    closedBy: text('closed_by'),
    reason: text('reason'),
  };
}

function toLine(row: Record<string, unknown>): CountLine {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    countId: String(row['count_id']),
    id: String(row['id']),
    itemId: text('item_id'),
    foundAt: String(row['found_at']),
    lotId: text('lot_id'),
    componentId: text('component_id'),
    kind: String(row['kind']),
    serial: text('serial'),
    barcode: text('barcode'),
    condition: row['grade'] as Condition,
    expected: Number(row['expected']),
    counted: row['counted'] === null ? null : Number(row['counted']),
    countedAt: toIsoOrNull(text('counted_at')),
    countedBy: text('counted_by'),
  };
}
