import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIso, toSql } from '../core/time.ts';

/** When somebody works on a server or a place. */
export interface MaintenanceWindow {
  id: string;
  subject: { type: 'asset' | 'location'; id: string };
  startsAt: string;
  endsAt: string;
  reason: string;
  createdBy: string;
  createdAt: string;
  /** Who ended it before its time. */
  endedBy: string | null;
}

const TIMES = new Set(['startsAt', 'endsAt', 'createdAt']);

export async function insertWindow(db: Knex.Transaction, window: MaintenanceWindow): Promise<void> {
  const { subject, ...rest } = window;
  await db('maintenance_windows').insert(toRow({ ...rest, subjectType: subject.type, subjectId: subject.id }, TIMES));
}

export async function lockWindow(db: Knex.Transaction, id: string): Promise<MaintenanceWindow | undefined> {
  const [row] = await db('maintenance_windows').where({ id }).forUpdate().select('*');
  return row ? toWindow(row) : undefined;
}

export async function updateWindow(
  db: Knex.Transaction,
  id: string,
  changes: Pick<MaintenanceWindow, 'endsAt' | 'endedBy'>,
): Promise<void> {
  await db('maintenance_windows').where({ id }).update(toRow(changes, TIMES));
}

/** The one that a moment falls in, of any of these; that which lasts longest. */
export async function windowAt(
  db: Knex,
  subjectIds: readonly string[],
  at: string,
): Promise<MaintenanceWindow | undefined> {
  if (subjectIds.length === 0) return undefined;
  const [row] = await db('maintenance_windows')
    .whereIn('subject_id', [...subjectIds])
    .where('starts_at', '<=', toSql(at))
    .where('ends_at', '>', toSql(at))
    .orderBy('ends_at', 'desc')
    .limit(1)
    .select('*');
  return row ? toWindow(row) : undefined;
}

export function toWindow(row: Record<string, unknown>): MaintenanceWindow {
  return {
    id: String(row['id']),
    subject: { type: row['subject_type'] as 'asset' | 'location', id: String(row['subject_id']) },
    startsAt: toIso(String(row['starts_at'])),
    endsAt: toIso(String(row['ends_at'])),
    reason: String(row['reason']),
    createdBy: String(row['created_by']),
    createdAt: toIso(String(row['created_at'])),
    endedBy: row['ended_by'] === null ? null : String(row['ended_by']),
  };
}
