import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { fromJson, fromJsonOrNull } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { Job, JobState } from './job.ts';

export interface JobFilter {
  state?: JobState | undefined;
  name?: string | undefined;
  cause?: string | undefined;
  subject?: string | undefined;
  /** The last job of the page before. */
  before?: Before | undefined;
  limit: number;
}

/** Newest first. */
export async function listJobs(ctx: Ctx, filter: JobFilter): Promise<Job[]> {
  const query = ctx.db('jobs').limit(filter.limit);
  if (filter.state) void query.where('jobs.state', filter.state);
  if (filter.name) void query.where('jobs.name', filter.name);
  if (filter.cause) void query.where('jobs.cause', filter.cause);
  if (filter.subject) void query.where('jobs.subject_id', filter.subject);
  newestFirst(query, { time: 'jobs.created_at', id: 'jobs.id' }, filter.before);
  return (await query.select('jobs.*')).map(toJob);
}

export async function findJob(ctx: Ctx, id: string): Promise<Job | undefined> {
  const [row] = await ctx.db('jobs').where({ id }).select('*');
  return row ? toJob(row) : undefined;
}

/** The latest one of this kind; undefined where there is none, or none is kept any more. */
export async function newestJob(ctx: Ctx, name: string): Promise<Job | undefined> {
  const rows = await ctx.db('jobs').where({ name }).orderBy('id', 'desc').limit(1).select('*');
  return rows[0] ? toJob(rows[0]) : undefined;
}

/** Whether an earlier run of this work got as far as meaning to do it. */
export async function wasIntended(ctx: Ctx, effectKey: string): Promise<boolean> {
  const rows = await ctx.db('effects').where({ effect_key: effectKey }).select('state');
  return rows.length > 0;
}

/** For metrics and `/readyz`: how many jobs stand where, and for how long the oldest due one has waited. */
export async function journalHealth(ctx: Ctx): Promise<{ byState: Record<string, number>; oldestDueSeconds: number }> {
  const rows: { state: string; n: number }[] = await ctx
    .db('jobs')
    .whereIn('state', ['waiting', 'active', 'dead'])
    .groupBy('state')
    .select('state')
    .count({ n: '*' });
  const [due] = await ctx
    .db('jobs')
    .where({ state: 'waiting' })
    .andWhereRaw('due_at <= utc_timestamp(6)')
    .select(ctx.db.raw('coalesce(timestampdiff(MICROSECOND, min(due_at), utc_timestamp(6)) / 1e6, 0) AS oldest'));
  return {
    byState: Object.fromEntries(rows.map((row) => [row.state, Number(row.n)])),
    oldestDueSeconds: Math.max(0, Number(due.oldest)),
  };
}

function toJob(row: Record<string, unknown>): Job {
  return {
    id: String(row['id']),
    name: String(row['name']),
    state: row['state'] as JobState,
    subject: row['subject_type'] === null ? null : { type: String(row['subject_type']), id: String(row['subject_id']) },
    input: fromJson(row['input']),
    attempts: Number(row['attempts']),
    failures: Number(row['failures']),
    due_at: toIso(String(row['due_at'])),
    cause: row['cause'] === null ? null : String(row['cause']),
    reaction: row['reaction'] === null ? null : String(row['reaction']),
    progress: fromJsonOrNull(row['progress']),
    result: fromJsonOrNull(row['result']),
    error: fromJsonOrNull(row['error']),
    created_at: toIso(String(row['created_at'])),
    started_at: toIsoOrNull(row['started_at'] as string | null),
    finished_at: toIsoOrNull(row['finished_at'] as string | null),
  };
}

/** Whether work of this kind has been due since before this time and nobody has come to it yet. What failed and waits for another try is not meant. */
export async function isOverdueSince(ctx: Ctx, want: { name: string; before: Date }): Promise<boolean> {
  const [row] = await ctx
    .db('jobs')
    .where({ state: 'waiting', name: want.name, failures: 0 })
    .andWhere('due_at', '<=', toSql(want.before))
    .limit(1)
    .select('id');
  return row !== undefined;
}
