import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';

/** Hex of 16 bytes by hub id: what our side looked like when nothing differed. */
export async function settledDigests(
  db: Knex,
  want: { system: string; object: string; hubIds: readonly string[] },
): Promise<Map<string, string>> {
  const rows = await inParts(want.hubIds, (part) =>
    db('settled_digests')
      .where({ system_id: want.system, object_type: want.object })
      .whereIn('hub_id', part)
      .select('hub_id', 'digest'),
  );
  return new Map(rows.map((row) => [String(row.hub_id), (row.digest as Buffer).toString('hex')]));
}

/** As they are at the beginning of a run, for those that differ from the settled ones. */
export async function keepRunDigests(
  db: Knex,
  runId: string,
  object: string,
  digests: readonly { hubId: string; digest: string }[],
): Promise<void> {
  await insertRows(
    db,
    'run_digests',
    ['run_id', 'object_type', 'hub_id', 'digest'],
    digests.map(({ hubId, digest }) => [runId, object, hubId, Buffer.from(digest, 'hex')]),
    'digest = VALUES(digest)',
  );
}

/** Nothing differed: what our side looked like when the run began is settled. What has changed since then has another digest. */
export async function settleDigests(
  db: Knex,
  want: { system: string; runId: string; object: string; hubIds: readonly string[] },
): Promise<void> {
  const rows = await inParts(want.hubIds, (part) =>
    db('run_digests')
      .where({ run_id: want.runId, object_type: want.object })
      .whereIn('hub_id', part)
      .select('hub_id', 'digest'),
  );
  await insertRows(
    db,
    'settled_digests',
    ['system_id', 'object_type', 'hub_id', 'digest'],
    rows
      .toSorted((a, b) => (a.hub_id < b.hub_id ? -1 : 1))
      .map((row) => [want.system, want.object, row.hub_id, row.digest]),
    'digest = VALUES(digest)',
  );
}

export async function deleteRunDigests(db: Knex, runId: string): Promise<void> {
  await db('run_digests').where({ run_id: runId }).delete();
}
