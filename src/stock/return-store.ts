import type { Knex } from 'knex';
import { newestFirst, type Before } from '../core/keyset.ts';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';

export type ReturnState = 'sent' | 'replaced' | 'credited' | 'refused';

export interface VendorReturn {
  id: string;
  itemId: string;
  quantity: number;
  rma: string;
  supplier: string | null;
  reason: string;
  state: ReturnState;
  sentAt: string;
  sentBy: string;
  closedAt: string | null;
  closedBy: string | null;
  /** What came for it. */
  replacementId: string | null;
}

const TIMES = new Set(['sentAt', 'closedAt']);

export async function insertReturn(db: Knex.Transaction, sent: VendorReturn): Promise<void> {
  await db('stock_returns').insert(toRow({ ...sent }, TIMES));
}

export async function lockReturn(db: Knex.Transaction, id: string): Promise<VendorReturn | undefined> {
  const [row] = await db('stock_returns').where({ id }).forUpdate().select('*');
  return row && toReturn(row);
}

export async function endReturn(
  db: Knex.Transaction,
  id: string,
  end: Pick<VendorReturn, 'state' | 'closedAt' | 'closedBy' | 'replacementId'>,
): Promise<void> {
  await db('stock_returns')
    .where({ id })
    .update(toRow({ ...end }, TIMES));
}

export async function listReturns(
  db: Knex,
  want: { state?: ReturnState | undefined; itemId?: string | undefined; before: Before | undefined; limit: number },
): Promise<VendorReturn[]> {
  const query = db('stock_returns').limit(want.limit);
  if (want.state !== undefined) void query.where('stock_returns.state', want.state);
  if (want.itemId !== undefined) void query.where('stock_returns.item_id', want.itemId);
  newestFirst(query, { time: 'stock_returns.sent_at', id: 'stock_returns.id' }, want.before);
  return (await query.select('stock_returns.*')).map(toReturn);
}

function toReturn(row: Record<string, unknown>): VendorReturn {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    id: String(row['id']),
    itemId: String(row['item_id']),
    quantity: Number(row['quantity']),
    rma: String(row['rma']),
    supplier: text('supplier'),
    reason: String(row['reason']),
    state: row['state'] as ReturnState,
    sentAt: toIso(String(row['sent_at'])),
    sentBy: String(row['sent_by']),
    closedAt: toIsoOrNull(text('closed_at')),
    closedBy: text('closed_by'),
    replacementId: text('replacement_id'),
  };
}
