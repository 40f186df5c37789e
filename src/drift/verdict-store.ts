import type { Knex } from 'knex';
import { toSql } from '../core/time.ts';
import { type Drift, toDrift } from './drift-store.ts';
import type { Verdict } from './model.ts';

export interface Ruling {
  verdict: Verdict | null;
  by: string;
  reason: string | null;
  until: string | null;
}

/** Locked, in the order of their ids. Through the primary key: on a small table a list in an IN locks more than it names. */
export async function lockDrifts(db: Knex.Transaction, ids: readonly string[]): Promise<Drift[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .from(db.raw('drifts FORCE INDEX (PRIMARY)'))
    .whereIn('id', [...ids])
    .orderBy('id')
    .forUpdate()
    .select('*');
  return rows.map(toDrift);
}

/** Each verdict is about the values that its drift has now. */
export async function saveVerdicts(
  db: Knex,
  ids: readonly string[],
  { verdict, by, reason, until }: Ruling,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  const given = verdict === null ? null : { by, at: toSql(now) };
  await db
    .from(db.raw('drifts FORCE INDEX (PRIMARY)'))
    .whereIn('id', [...ids])
    .update({
      state: stateAfter(verdict),
      verdict,
      verdict_by: given?.by ?? null,
      verdict_at: given?.at ?? null,
      verdict_reason: given === null ? null : (reason?.slice(0, 500) ?? null),
      verdict_hash: given === null ? null : db.raw('values_hash'),
      ignored_until: until === null ? null : toSql(until),
      version: db.raw('version + 1'),
    });
}

export function stateAfter(verdict: Verdict | null): 'open' | 'ignored' | 'decided' {
  if (verdict === null) return 'open';
  return verdict === 'ignore' ? 'ignored' : 'decided';
}
