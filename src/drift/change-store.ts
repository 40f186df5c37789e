import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { toIso, toSql } from '../core/time.ts';
import type { LastChange } from './drift.ts';
import type { RecordChangeSeen } from '../ports/record-objects.ts';

export type { LastChange };

/** Keeps rows of the other side's change log, each once. */
export async function saveChanges(db: Knex, system: string, changes: readonly RecordChangeSeen[]): Promise<void> {
  await insertRows(
    db,
    'record_changes',
    ['system_id', 'change_id', 'object_type', 'their_id', 'change_kind', 'user_name', 'request_id', 'changed_at'],
    changes
      .toSorted((a, b) => (a.changeId < b.changeId ? -1 : 1))
      .map((change) => [
        system,
        change.changeId,
        change.type,
        change.objectId,
        change.action,
        change.user?.slice(0, 150) ?? null,
        change.requestId,
        toSql(change.at),
      ]),
    'change_kind = VALUES(change_kind)',
  );
}

/** The newest row about each object, by its id; objects that the log does not speak of are left out. */
export async function lastChanges(
  db: Knex,
  want: { system: string; object: string; theirIds: readonly string[] },
): Promise<Map<string, LastChange>> {
  if (want.theirIds.length === 0) return new Map();
  const rows = await db('record_changes')
    .where({ system_id: want.system, object_type: want.object })
    .whereIn('their_id', [...want.theirIds])
    .orderBy('changed_at')
    .select('their_id', 'user_name', 'change_kind', 'changed_at', 'request_id');
  return new Map(
    rows.map((row) => [
      String(row.their_id),
      { user: row.user_name, action: row.change_kind, at: toIso(row.changed_at), requestId: row.request_id },
    ]),
  );
}

/** Who changed what is of no interest for ever. */
export async function sweepChanges(db: Knex, before: Date): Promise<void> {
  await db.raw('DELETE FROM record_changes WHERE changed_at < ? LIMIT 10000', [toSql(before)]);
}
