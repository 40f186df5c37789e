import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { idFrom } from '#src/core/id.ts';
import { isDatabaseAway } from '#src/core/problem.ts';
import type { Seal } from '#src/core/seal.ts';
import { errnoOf } from '#src/core/tx.ts';
import { Later, Parked } from '#src/journal/effect.ts';
import type { BundleIntake, JobCtx, JobHandler, JobSettings } from './job-ctx.ts';
import { performEffect } from '#src/journal/perform.ts';
import { type ClaimedJob, endJob, insertJob, type JobEnd, saveProgress } from '#src/journal/store.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { Adapters } from '#src/ports/adapters.ts';

export interface RunOptions {
  adapters: Adapters;
  bundles: BundleIntake;
  seal: Seal;
  settings: JobSettings;
}

/** Runs one claimed job to one end: done, later, or dead. Fenced: a run that lost its lease ends nothing. */
export async function runJob(
  base: Ctx,
  claimed: ClaimedJob,
  handler: JobHandler,
  options: RunOptions,
): Promise<JobEnd> {
  const log = base.log.child({ job: claimed.id, name: claimed.name, attempt: claimed.attempts, cause: claimed.cause });
  const signal = AbortSignal.any([base.signal, AbortSignal.timeout(handler.job.timeLimitMs)]);
  const job = { id: claimed.id, name: claimed.name, fence: claimed.fence, attempts: claimed.attempts };
  const ctx: JobCtx = {
    ...base,
    ...options,
    log,
    signal,
    job,
    actor: `job:${claimed.name}`,
    cause: claimed.id,
    effect: (effect) => performEffect({ db: base.db, job, now: () => base.now() }, effect),
    async enqueue(next, input) {
      const id = idFrom(claimed.id, String(claimed.fence), next.name, next.dedupe(input));
      const subject = next.subject(input);
      await insertJob(base.db, {
        id,
        name: next.name,
        input,
        subject,
        dedupeKey: next.dedupe(input),
        cause: claimed.cause,
        reaction: null,
        now: base.now(),
      });
      base.wake('jobs');
    },
    progress: (progress) => saveProgress(base.db, job, progress),
  };
  let end: JobEnd;
  try {
    const input = handler.job.Input.parse(claimed.input);
    end = { state: 'done', result: await handler.run(ctx, input) };
  } catch (error) {
    end = endFor(isReasonOf(signal, error) ? stopped(error) : error, claimed, handler, base.now());
    if (error instanceof Later) log.debug({ why: error.message, ms: error.ms }, 'job goes on later');
    else if (end.state === 'dead') log.error({ err: error }, 'job is dead');
    else log.warn({ err: error }, 'job is tried again later');
  }
  const mine = await endJob(base.db, job, end, base.now());
  if (!mine) log.warn({}, 'job was taken over meanwhile; this run counts for nothing');
  return end;
}

/** What an error means for the job. Another system's trouble is waited out for as long as it takes; our own is tried a few times. */
export function endFor(error: unknown, job: ClaimedJob, handler: JobHandler, now: Date): JobEnd {
  const at = (ms: number): Date => new Date(now.getTime() + ms);
  if (error instanceof Later) {
    return {
      state: 'waiting',
      dueAt: at(error.ms),
      failed: false,
      error: null,
      progress: error.progress ?? { step: 'waiting', why: error.message },
    };
  }
  if (error instanceof Parked)
    return {
      state: 'dead',
      error: { kind: 'parked', message: error.message, remedy: 'look whether it happened, then replay or cancel' },
    };
  const told = { ...describe(error), tries: job.tries + 1 };
  if (error instanceof AdapterError && error.kind === 'unauthorized') {
    return {
      state: 'waiting',
      dueAt: at(300_000),
      failed: false,
      error: { ...told, remedy: 'set the right credentials; the job goes on by itself' },
    };
  }
  if (error instanceof AdapterError && error.retry === 'later') {
    return {
      state: 'waiting',
      dueAt: at(Math.max(error.retryAfterMs ?? 0, backoffMs(job.tries + 1))),
      failed: false,
      error: told,
    };
  }
  if (error instanceof AdapterError)
    return { state: 'dead', error: { ...told, detail: error.detail, remedy: 'mend what it says, then replay' } };
  if (isAborted(error))
    return {
      state: 'waiting',
      dueAt: at(backoffMs(job.tries + 1)),
      failed: false,
      error: { ...told, message: `stopped: ${told.message}` },
    };
  if (isDatabaseAway(error) || errnoOf(error) !== 0 || (error instanceof HubError && error.kind === 'unavailable')) {
    return { state: 'waiting', dueAt: at(backoffMs(job.tries + 1)), failed: false, error: told };
  }
  if (error instanceof HubError && error.kind !== 'internal')
    return { state: 'dead', error: { ...told, remedy: 'mend what it says, then replay' } };
  if (job.failures + 1 >= handler.job.attempts)
    return {
      state: 'dead',
      error: { ...told, remedy: 'this looks like a fault of the hub: see the log under this job id' },
    };
  return { state: 'waiting', dueAt: at(backoffMs(job.tries + 1)), failed: true, error: told };
}

/** 0.5 s, 1 s, 2 s … up to a minute, each with half of it by chance, so that many do not come back at once. */
export function backoffMs(attempts: number): number {
  const full = Math.min(500 * 2 ** Math.min(attempts - 1, 10), 60_000);
  return Math.round(full / 2 + (Math.random() * full) / 2);
}

function describe(error: unknown): { kind: string; message: string } {
  if (error instanceof AdapterError || error instanceof HubError) return { kind: error.kind, message: error.message };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** The work threw what its signal was aborted with: the worker stops, or has lost its lease. That is no failure of the work. */
function isReasonOf(signal: AbortSignal, error: unknown): boolean {
  return signal.aborted && error === signal.reason;
}

function stopped(reason: unknown): DOMException {
  return new DOMException(reason instanceof Error ? reason.message : String(reason), 'AbortError');
}

function isAborted(error: unknown): boolean {
  const { name } = error as { name?: string };
  return name === 'AbortError' || name === 'TimeoutError';
}
