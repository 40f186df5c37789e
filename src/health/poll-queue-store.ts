import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { toSql } from '../core/time.ts';

export const POLL_KINDS = ['health', 'logs', 'events'] as const;
export type PollKind = (typeof POLL_KINDS)[number];
export interface Poll {
  assetId: string;
  kind: PollKind;
}

const COLUMNS = ['asset_id', 'kind', 'due_at'];

/** Servers whose BMC has an address and which are not polled yet; those of before are left as they are. @returns their ids */
export async function findUnpolled(db: Knex, kind: PollKind, limit: number): Promise<string[]> {
  const rows: { id: string }[] = await db('assets')
    .leftJoin('bmc_polls', (join) => join.on('bmc_polls.asset_id', 'assets.id').andOnVal('bmc_polls.kind', kind))
    .whereNull('bmc_polls.asset_id')
    .where(hasBmc)
    .orderBy('assets.id')
    .limit(limit)
    .select('assets.id');
  return rows.map(({ id }) => id);
}

/** Whether it is still a server with a BMC that is to be asked. */
export async function isPolled(db: Knex, assetId: string): Promise<boolean> {
  const rows = await db('assets').where({ id: assetId }).where(hasBmc).select('id');
  return rows.length > 0;
}

/** The servers behind the same BMC as this one, itself among them, in the order of their ids. */
export async function sharingBmc(db: Knex, assetId: string): Promise<string[]> {
  const address = db('assets').where({ id: assetId }).select('bmc_address');
  const rows: { id: string }[] = await db('assets')
    .where('bmc_address', address)
    .where(hasBmc)
    .orderBy('id')
    .select('id');
  return rows.map(({ id }) => id);
}

function hasBmc(where: Knex.QueryBuilder): void {
  void where
    .whereNotNull('assets.bmc_address')
    .whereNull('assets.merged_into')
    .whereNot('assets.lifecycle_state', 'DECOMMISSIONED');
}

/** In the order of their keys; one that is there already keeps its time. */
export async function insertPolls(db: Knex, polls: readonly (Poll & { dueAt: Date })[]): Promise<void> {
  const rows = polls.map(({ assetId, kind, dueAt }) => [assetId, kind, toSql(dueAt)]);
  await insertRows(db, 'bmc_polls', COLUMNS, rows, 'due_at = due_at');
}

/** Cheap, and without a lock: most looks of a small fleet find nothing. */
export async function hasDue(db: Knex, kinds: readonly PollKind[], now: Date): Promise<boolean> {
  const rows = await db('bmc_polls')
    .where('due_at', '<=', toSql(now))
    .whereIn('kind', [...kinds])
    .limit(1)
    .select('kind');
  return rows.length > 0;
}

/**
 * The polls that have been due for longest, and that no other worker takes at this moment. They are due again at `until`, so that those of
 * a worker that is gone come back.
 */
export async function claimPolls(
  db: Knex.Transaction,
  { kinds, now, until, limit }: { kinds: readonly PollKind[]; now: Date; until: Date; limit: number },
): Promise<Poll[]> {
  if (kinds.length === 0 || limit < 1) return [];
  const [found] = await db.raw(
    `SELECT asset_id, kind FROM bmc_polls WHERE due_at <= ? AND kind IN (${kinds.map(() => '?').join(', ')})
     ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED`,
    [toSql(now), ...kinds, limit],
  );
  const polls = (found as { asset_id: string; kind: PollKind }[]).map(({ asset_id: assetId, kind }) => ({
    assetId,
    kind,
  }));
  if (polls.length === 0) return [];
  const sorted = polls.toSorted((a, b) => (a.assetId + a.kind < b.assetId + b.kind ? -1 : 1));
  // By their keys, which locks these rows and no others.
  const rows = sorted.map(({ assetId, kind }) => [assetId, kind, toSql(until)]);
  await insertRows(db, 'bmc_polls', COLUMNS, rows, 'due_at = VALUES(due_at)');
  return polls;
}

export async function postponePoll(db: Knex, { assetId, kind }: Poll, dueAt: Date): Promise<void> {
  await db('bmc_polls')
    .where({ asset_id: assetId, kind })
    .update({ due_at: toSql(dueAt) });
}

/** Not later than then; where there is no such poll, nothing. */
export async function hurryPoll(db: Knex, { assetId, kind }: Poll, dueAt: Date): Promise<void> {
  await db('bmc_polls')
    .where({ asset_id: assetId, kind })
    .andWhere('due_at', '>', toSql(dueAt))
    .update({ due_at: toSql(dueAt) });
}

export async function removePoll(db: Knex, { assetId, kind }: Poll): Promise<void> {
  await db('bmc_polls').where({ asset_id: assetId, kind }).delete();
}

/** Held until the end of the transaction: whoever polls the same server at the same time waits and sees what was reported. */
export async function lockMemory(db: Knex.Transaction, poll: Poll, now: Date): Promise<string | null> {
  const where = { asset_id: poll.assetId, kind: poll.kind };
  const read = (): Promise<{ memory: string | null }[]> =>
    db('bmc_polls').where(where).forUpdate().select<{ memory: string | null }[]>('memory');
  let [row] = await read();
  if (row === undefined) {
    await insertPolls(db, [{ ...poll, dueAt: now }]); // polled because somebody asked, before the clock has found it
    [row] = await read();
  }
  return row?.memory ?? null;
}

export async function readMemory(db: Knex, { assetId, kind }: Poll): Promise<string | null> {
  const [row] = await db('bmc_polls').where({ asset_id: assetId, kind }).select('memory');
  return (row as { memory: string | null } | undefined)?.memory ?? null;
}

export async function saveMemory(db: Knex, { assetId, kind }: Poll, memory: string): Promise<void> {
  await db('bmc_polls').where({ asset_id: assetId, kind }).update({ memory });
}
