import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import { toIso, toSql } from '../core/time.ts';

export interface StoredDelivery {
  id: string;
  adapter: string;
  headers: Record<string, string>;
  body: Buffer;
  receivedAt: Date;
  attempts: number;
}

export interface NewDelivery {
  id: string;
  adapter: string;
  hash: Buffer;
  headers: Record<string, string>;
  body: Buffer;
  receivedAt: Date;
}

/** @returns the ids of those that are new: the same hash at the same door is one delivery */
export async function insertDeliveries(db: Knex, deliveries: readonly NewDelivery[]): Promise<Set<string>> {
  // In the order of the unique key: unsorted, two of these at once would block each other.
  const sorted = deliveries.toSorted((a, b) => Buffer.compare(a.hash, b.hash));
  const values = sorted.flatMap((one) => {
    const at = toSql(one.receivedAt);
    return [one.id, one.adapter, one.hash, at, JSON.stringify(one.headers), one.body, at];
  });
  const [rows] = await db.raw(
    `INSERT IGNORE INTO deliveries (id, adapter, hash, received_at, headers, body, due_at)
     VALUES ${sorted.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')} RETURNING id`,
    values,
  );
  return new Set((rows as { id: string }[]).map((row) => row.id));
}

/** Cheap, and without a lock: most looks find nothing. */
export async function hasPending(db: Knex, now: Date): Promise<boolean> {
  const rows = await db('deliveries')
    .where({ state: 'pending' })
    .andWhere('due_at', '<=', toSql(now))
    .limit(1)
    .select('id');
  return rows.length > 0;
}

/** The oldest due delivery that no other worker holds. */
export async function takePending(db: Knex.Transaction, now: Date): Promise<StoredDelivery | undefined> {
  const [rows] = await db.raw(
    `SELECT * FROM deliveries WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [toSql(now)],
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    id: row.id,
    adapter: row.adapter,
    headers: fromJson(row.headers),
    body: row.body,
    receivedAt: new Date(toIso(row.received_at)),
    attempts: row.attempts,
  };
}

export async function settleDelivery(
  db: Knex,
  id: string,
  end: { state: 'observed' | 'ignored' | 'unsupported' | 'failed'; reason: string | null },
  now: Date,
): Promise<void> {
  await db('deliveries')
    .where({ id })
    .update({
      state: end.state,
      reason: end.reason?.slice(0, 500) ?? null,
      handled_at: toSql(now),
      attempts: db.raw('attempts + 1'),
    });
}

/** Not now: something in the hub itself failed. */
export async function postponeDelivery(db: Knex, id: string, reason: string, dueAt: Date): Promise<void> {
  await db('deliveries')
    .where({ id, state: 'pending' })
    .update({ reason: reason.slice(0, 500), due_at: toSql(dueAt), attempts: db.raw('attempts + 1') });
}

/** @returns how many are pending again */
export async function reviveDelivery(db: Knex, id: string, now: Date): Promise<boolean> {
  const changed = await db('deliveries')
    .where({ id })
    .whereIn('state', ['failed', 'unsupported'])
    .update({ state: 'pending', attempts: 0, due_at: toSql(now), handled_at: null });
  return changed === 1;
}
