import type { SimulatedJob } from './store.ts';

export interface JobPhase {
  status: 'pending' | 'waiting' | 'running' | 'successful' | 'failed' | 'canceled';
  startedAt: number | null;
  finishedAt: number | null;
  /** A little later than the status is final, as in AWX. */
  eventsFinished: boolean;
}

/** A fifth of the time goes by before the playbook starts. */
export function runWindow(
  job: Pick<SimulatedJob, 'startsAt' | 'canceledAt'>,
  runMs: number,
): { waitingAt: number; startedAt: number; finishedAt: number } {
  return {
    waitingAt: job.startsAt + runMs * 0.1,
    startedAt: job.startsAt + runMs * 0.2,
    finishedAt: job.canceledAt ?? job.startsAt + runMs,
  };
}

/** Where a job is now: nothing ticks, it is told from the clock. */
export function phaseOf(
  job: SimulatedJob,
  runMs: number,
  outcome: (job: SimulatedJob) => 'successful' | 'failed',
  now = Date.now(),
): JobPhase {
  const window = runWindow(job, runMs);
  const startedAt = window.startedAt <= Math.min(now, window.finishedAt) ? window.startedAt : null;
  if (now >= window.finishedAt) {
    const eventsFinished = now >= window.finishedAt + runMs * 0.15;
    if (job.canceledAt !== undefined)
      return { status: 'canceled', startedAt, finishedAt: window.finishedAt, eventsFinished };
    // "Specified hosts and/or --limit does not match any hosts": the playbook fails.
    job.outcome ??= job.hosts.length === 0 ? 'failed' : outcome(job);
    return { status: job.outcome, startedAt, finishedAt: window.finishedAt, eventsFinished };
  }
  if (startedAt !== null) return { status: 'running', startedAt, finishedAt: null, eventsFinished: false };
  return {
    status: now >= window.waitingAt ? 'waiting' : 'pending',
    startedAt: null,
    finishedAt: null,
    eventsFinished: false,
  };
}
