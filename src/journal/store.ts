import type { Knex } from 'knex';
import type { Subject } from '../core/event.ts';
import { fromJson, fromJsonOrNull } from '../core/json.ts';
import { toIso, toSql } from '../core/time.ts';
import { isDuplicate } from '../core/tx.ts';

export interface NewJob {
  id: string;
  name: string;
  input: unknown;
  subject: Subject;
  dedupeKey: string;
  cause: string | null;
  reaction: string | null;
  now: Date;
}

/**
 * @returns whether a row was added; false where this id is there already, or an equal job waits already (it will see the
 * newer world when it runs, so nothing is lost by not adding)
 */
export async function insertJob(db: Knex, job: NewJob): Promise<boolean> {
  try {
    // Not INSERT IGNORE: it would also swallow values that do not fit, and keep something else instead.
    await db('jobs').insert({
      id: job.id,
      name: job.name,
      input: JSON.stringify(job.input),
      subject_type: job.subject.type,
      subject_id: job.subject.id,
      state: 'waiting',
      dedupe_key: job.dedupeKey,
      due_at: toSql(job.now),
      cause: job.cause,
      reaction: job.reaction,
      created_at: toSql(job.now),
    });
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    // There is news for the one that waits: it need not wait for its next try any longer.
    await db('jobs')
      .where({ name: job.name, waiting_slot: job.dedupeKey })
      .andWhere('due_at', '>', toSql(job.now))
      .update({ due_at: toSql(job.now) });
    return false;
  }
}

export interface ClaimedJob {
  id: string;
  name: string;
  input: unknown;
  attempts: number;
  failures: number;
  /** Runs in a row that ended in somebody else's trouble, before this one. */
  tries: number;
  fence: number;
  cause: string | null;
  subject: Subject;
}

/**
 * Takes a due job for this worker. Compare-and-set: of several workers one gets it.
 * @returns undefined when it is not due, not waiting, or an equal one runs now
 */
export async function claimJob(
  db: Knex,
  want: { id: string; worker: string; now: Date; leaseUntil: Date },
): Promise<ClaimedJob | undefined> {
  try {
    const [result] = await db.raw(
      `UPDATE jobs SET state = 'active', attempts = attempts + 1, fence = fence + 1, worker = ?, lease_until = ?, started_at = ?
       WHERE id = ? AND ((state = 'waiting' AND due_at <= ?) OR (state = 'active' AND lease_until < ?))`,
      [want.worker, toSql(want.leaseUntil), toSql(want.now), want.id, toSql(want.now), toSql(want.now)],
    );
    if (result.affectedRows !== 1) return undefined;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return undefined; // an equal job is active: this one waits for its end
  }
  const [row] = await db('jobs').where({ id: want.id, worker: want.worker, state: 'active' }).select('*');
  if (!row) return undefined;
  return {
    id: row.id,
    name: row.name,
    input: fromJson(row.input),
    attempts: row.attempts,
    failures: row.failures,
    tries: fromJsonOrNull<{ tries?: number }>(row.error)?.tries ?? 0,
    fence: row.fence,
    cause: row.cause,
    subject: { type: row.subject_type, id: row.subject_id },
  };
}

/** Of all jobs that this worker runs. @returns the ids that are still its own */
export async function renewLeases(
  db: Knex,
  want: { worker: string; jobs: { id: string; fence: number }[]; leaseUntil: Date },
): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const job of want.jobs) {
    const changed = await db('jobs')
      .where({ id: job.id, fence: job.fence, worker: want.worker, state: 'active' })
      .update({ lease_until: toSql(want.leaseUntil) });
    if (changed === 1) kept.add(job.id);
  }
  return kept;
}

/** Whether this run still owns the job, asked before every effect. */
export async function ownsJob(db: Knex, job: { id: string; fence: number }): Promise<boolean> {
  const rows = await db('jobs').where({ id: job.id, fence: job.fence, state: 'active' }).select('id');
  return rows.length === 1;
}

export type JobEnd =
  | { state: 'done'; result: Record<string, unknown> }
  | {
      state: 'waiting';
      dueAt: Date;
      failed: boolean;
      error: Record<string, unknown> | null;
      progress?: Record<string, unknown>;
    }
  | { state: 'dead'; error: Record<string, unknown> };

/** Fenced by (id, fence): a run that lost its lease changes nothing. @returns whether it was still its own */
export async function endJob(
  db: Knex,
  job: { id: string; name: string; fence: number },
  end: JobEnd,
  now: Date,
): Promise<boolean> {
  const mine = () => db('jobs').where({ id: job.id, fence: job.fence, state: 'active' });
  if (end.state === 'done') {
    return (
      (await mine().update({
        state: 'done',
        result: JSON.stringify(end.result),
        error: null,
        lease_until: null,
        finished_at: toSql(now),
      })) === 1
    );
  }
  if (end.state === 'dead') {
    const changed = await mine().update({
      state: 'dead',
      error: JSON.stringify(end.error),
      failures: db.raw('failures + 1'),
      lease_until: null,
      finished_at: toSql(now),
    });
    return changed === 1;
  }
  const waiting = {
    state: 'waiting',
    due_at: toSql(end.dueAt),
    lease_until: null,
    failures: db.raw(end.failed ? 'failures + 1' : 'failures'),
    error: end.error === null ? null : JSON.stringify(end.error),
    ...(end.progress ? { progress: JSON.stringify(end.progress) } : {}),
  };
  try {
    return (await mine().update(waiting)) === 1;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const otherDue = await absorbEqual(db, job, now);
    return endJob(
      db,
      job,
      { ...end, dueAt: otherDue !== undefined && otherDue < end.dueAt ? otherDue : end.dueAt },
      now,
    );
  }
}

/**
 * An equal job was added meanwhile and waits. The one that ran goes on instead (its effects are known by its id), as early as either was
 * due: the other one is done. A crash between the two leaves the one that ran to the end of its lease, and loses nothing.
 * @returns when the other one was due
 */
async function absorbEqual(
  db: Knex,
  job: { id: string; name: string; fence: number },
  now: Date,
): Promise<Date | undefined> {
  const [mine] = await db('jobs').where({ id: job.id, fence: job.fence, state: 'active' }).select('dedupe_key');
  if (!mine) return undefined;
  const [other] = await db('jobs').where({ name: job.name, waiting_slot: mine.dedupe_key }).select('id', 'due_at');
  if (!other) return undefined;
  const result = JSON.stringify({ merged: job.id });
  await db('jobs')
    .where({ id: other.id, state: 'waiting' })
    .update({ state: 'done', result, finished_at: toSql(now) });
  return new Date(toIso(other.due_at));
}

export async function saveProgress(
  db: Knex,
  job: { id: string; fence: number },
  progress: Record<string, unknown>,
): Promise<void> {
  await db('jobs')
    .where({ id: job.id, fence: job.fence, state: 'active' })
    .update({ progress: JSON.stringify(progress) });
}

/** Jobs that should be running and may have no wake-up: due ones, and active ones whose worker is gone. */
export async function findDue(db: Knex, now: Date, limit: number): Promise<{ id: string; attempts: number }[]> {
  const waiting = db('jobs')
    .where({ state: 'waiting' })
    .andWhere('due_at', '<=', toSql(now))
    .orderBy('due_at')
    .limit(limit)
    .select('id', 'attempts');
  const orphaned = db('jobs')
    .where({ state: 'active' })
    .andWhere('lease_until', '<', toSql(now))
    .limit(limit)
    .select('id', 'attempts');
  return [...(await orphaned), ...(await waiting)];
}

/** Jobs that could not run while this equal one did. */
export async function findEqualWaiting(db: Knex, id: string): Promise<{ id: string; attempts: number }[]> {
  return db('jobs as ended')
    .join('jobs as waiting', (on) => on.on('waiting.name', 'ended.name').on('waiting.waiting_slot', 'ended.dedupe_key'))
    .where('ended.id', id)
    .select('waiting.id', 'waiting.attempts');
}

/** A job that cannot even begin. */
export async function buryJob(db: Knex, id: string, error: Record<string, unknown>, now: Date): Promise<void> {
  await db('jobs')
    .where({ id, state: 'waiting' })
    .update({ state: 'dead', error: JSON.stringify(error), finished_at: toSql(now) });
}

/** Jobs that wait because credentials were refused: look again now, after a person has acted. */
export async function hurryUnauthorized(db: Knex, now: Date): Promise<number> {
  return db('jobs')
    .where({ state: 'waiting' })
    .andWhereRaw(`json_value(error, '$.kind') = 'unauthorized'`)
    .update({ due_at: toSql(now) });
}

/** A waiting job need not wait any longer. @returns whether it waited */
export async function hurryJob(db: Knex, id: string, now: Date): Promise<boolean> {
  return (
    (await db('jobs')
      .where({ id, state: 'waiting' })
      .update({ due_at: toSql(now) })) === 1
  );
}

/** Puts a dead job back. @returns whether it was dead (and no equal one waits) */
export async function reviveJob(db: Knex, id: string, now: Date): Promise<boolean> {
  try {
    const changed = await db('jobs')
      .where({ id, state: 'dead' })
      .update({ state: 'waiting', failures: 0, due_at: toSql(now), finished_at: null });
    return changed === 1;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** Finished jobs and markers that nobody needs any more. */
export async function sweepJournal(db: Knex, now: Date): Promise<void> {
  const hour = 3_600_000;
  const ago = (hours: number): string => toSql(new Date(now.getTime() - hours * hour));
  await deleteAll(db, 'commits', 'committed_at < ?', ago(1));
  await deleteAll(db, 'idempotency_keys', 'created_at < ?', ago(7 * 24));
  await deleteAll(db, 'jobs', `state IN ('done','cancelled') AND finished_at < ?`, ago(90 * 24));
  await deleteAll(db, 'deliveries', `state IN ('observed','ignored') AND received_at < ?`, ago(90 * 24));
}

const DELETE_ROWS = 5000;

/** A few thousand rows at a time, so that nobody waits long for their locks; until none is left. */
async function deleteAll(db: Knex, table: string, where: string, before: string): Promise<void> {
  for (;;) {
    const [result] = await db.raw(`DELETE FROM ${table} WHERE ${where} LIMIT ${DELETE_ROWS}`, [before]);
    if (result.affectedRows < DELETE_ROWS) return;
  }
}
