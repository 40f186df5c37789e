import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { TrippedBrake } from './brakes.ts';
import type { RunKind, RunState } from './model.ts';

export interface Run {
  id: string;
  system: string;
  kind: RunKind;
  state: RunState;
  /** Whether it writes by itself once it is planned and no brake stops it. */
  applies: boolean;
  reason: string;
  requestedBy: string;
  requestedAt: string;
  startedAt: string | null;
  plannedAt: string | null;
  finishedAt: string | null;
  mappingHash: string | null;
  planHash: string | null;
  progress: RunProgress | null;
  summary: RunSummary | null;
  brakes: TrippedBrake[] | null;
  approvedBy: string | null;
  approvedAt: string | null;
  error: string | null;
}

/** For people who watch. */
export interface RunProgress {
  step: 'reading' | 'comparing' | 'checking' | 'writing';
  object: string | null;
  done: number;
  of: number | null;
}

export interface ObjectSummary {
  /** Objects of theirs that were read. */
  scanned: number;
  /** Pairs that were compared field by field, and agree. */
  unchanged: number;
  created: number;
  updated: number;
  removed: number;
  conflicts: number;
  reviews: number;
  refused: number;
  failed: number;
}
export interface RunSummary {
  objects: Record<string, ObjectSummary>;
  /** Names that their objects have and no mapping speaks of, per object type. */
  unmapped?: Record<string, string[]>;
}

export const NOTHING_YET: ObjectSummary = {
  scanned: 0,
  unchanged: 0,
  created: 0,
  updated: 0,
  removed: 0,
  conflicts: 0,
  reviews: 0,
  refused: 0,
  failed: 0,
};

export async function insertRun(
  db: Knex,
  run: Pick<Run, 'id' | 'system' | 'kind' | 'state' | 'applies' | 'reason' | 'requestedBy'>,
  now: Date,
): Promise<void> {
  await db('reconcile_runs').insert({
    id: run.id,
    system_id: run.system,
    kind: run.kind,
    state: run.state,
    applies: run.applies ? 1 : 0,
    reason: run.reason.slice(0, 255),
    requested_by: run.requestedBy,
    requested_at: toSql(now),
  });
}

export async function findRun(db: Knex, id: string): Promise<Run | undefined> {
  const [row] = await db('reconcile_runs').where({ id }).select('*');
  return row ? toRun(row) : undefined;
}

export async function lockRun(db: Knex.Transaction, id: string): Promise<Run | undefined> {
  const [row] = await db('reconcile_runs').where({ id }).forUpdate().select('*');
  return row ? toRun(row) : undefined;
}

/** The oldest one of a system in one of these states; `applies`: only of those that write by themselves. */
export async function oldestRun(
  db: Knex,
  want: { system: string; kind: RunKind; states: readonly RunState[]; applies?: true },
): Promise<Run | undefined> {
  const [row] = await db('reconcile_runs')
    .where({ system_id: want.system, kind: want.kind, ...(want.applies ? { applies: 1 } : {}) })
    .whereIn('state', [...want.states])
    .orderBy('id')
    .limit(1)
    .select('*');
  return row ? toRun(row) : undefined;
}

export async function supersedePlans(db: Knex, want: { system: string; before: string }, now: Date): Promise<void> {
  await db('reconcile_runs')
    .where({ system_id: want.system, kind: 'full', state: 'planned' })
    .andWhere('id', '<', want.before)
    .update({ state: 'superseded', finished_at: toSql(now) });
}

export async function updateRun(db: Knex, id: string, changes: Partial<Run>): Promise<void> {
  const columns: Record<string, unknown> = {};
  for (const [field, column] of Object.entries(COLUMNS)) {
    const value = changes[field as keyof Run];
    if (value === undefined) continue;
    columns[column] = toColumn(column, value);
  }
  if (Object.keys(columns).length > 0) await db('reconcile_runs').where({ id }).update(columns);
}

const COLUMNS: Partial<Record<keyof Run, string>> = {
  state: 'state',
  applies: 'applies',
  startedAt: 'started_at',
  plannedAt: 'planned_at',
  finishedAt: 'finished_at',
  mappingHash: 'mapping_hash',
  planHash: 'plan_hash',
  progress: 'progress',
  summary: 'summary',
  brakes: 'brakes',
  approvedBy: 'approved_by',
  approvedAt: 'approved_at',
  error: 'error',
};

function toColumn(column: string, value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (column.endsWith('_at')) return toSql(String(value));
  if (column.endsWith('_hash')) return Buffer.from(String(value), 'hex');
  if (typeof value === 'object') return JSON.stringify(value);
  return column === 'error' ? String(value).slice(0, 2000) : value;
}

export function toRun(row: Record<string, unknown>): Run {
  const hex = (value: unknown): string | null => (Buffer.isBuffer(value) ? value.toString('hex') : null);
  const time = (column: string): string | null => toIsoOrNull(row[column] as string | null);
  return {
    id: String(row['id']),
    system: String(row['system_id']),
    kind: row['kind'] as RunKind,
    state: row['state'] as RunState,
    applies: Number(row['applies']) === 1,
    reason: String(row['reason']),
    requestedBy: String(row['requested_by']),
    requestedAt: toIso(String(row['requested_at'])),
    startedAt: time('started_at'),
    plannedAt: time('planned_at'),
    finishedAt: time('finished_at'),
    mappingHash: hex(row['mapping_hash']),
    planHash: hex(row['plan_hash']),
    progress: fromJsonOrNull(row['progress']),
    summary: fromJsonOrNull(row['summary']),
    brakes: fromJsonOrNull(row['brakes']),
    approvedBy: row['approved_by'] === null ? null : String(row['approved_by']),
    approvedAt: time('approved_at'),
    error: row['error'] === null ? null : String(row['error']),
  };
}
