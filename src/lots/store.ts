import type { Knex } from 'knex';
import { canonicalJson, fromJson } from '../core/json.ts';
import { toRow } from '../core/row.ts';
import { toIso } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';
import type { Lot } from './model.ts';

const TIMES = new Set(['createdAt']);

/** @returns the codes of these that are there */
export async function knownCodes(db: Knex, codes: readonly string[]): Promise<Set<string>> {
  if (codes.length === 0) return new Set();
  const rows: { code: string }[] = await db('lots').whereIn('code', codes).select('code');
  return new Set(rows.map(({ code }) => code));
}

/** @returns whether it is new; of two that insert it at once the second waits for the first and then finds it */
export async function insertLot(db: Knex.Transaction, lot: Lot): Promise<boolean> {
  try {
    await db('lots').insert(toRow({ ...lot, facts: canonicalJson(lot.facts) }, TIMES));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export async function lockLot(db: Knex.Transaction, id: string): Promise<Lot | undefined> {
  const [row] = await db('lots').where({ id }).forUpdate().select('*');
  return row ? toLot(row) : undefined;
}

export async function updateLot(
  db: Knex.Transaction,
  id: string,
  changes: { title?: string | undefined; notes?: string | null | undefined },
): Promise<void> {
  const row = toRow(changes, TIMES);
  if (Object.keys(row).length > 0) await db('lots').where({ id }).update(row);
}

export function toLot(row: Record<string, unknown>): Lot {
  return {
    id: String(row['id']),
    code: String(row['code']),
    kind: String(row['kind']) as Lot['kind'],
    title: String(row['title']),
    facts: fromJson(row['facts']),
    notes: row['notes'] === null ? null : String(row['notes']),
    origin: String(row['origin']) as Lot['origin'],
    createdAt: toIso(String(row['created_at'])),
  };
}
