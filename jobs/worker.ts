import { hostname } from 'node:os';
import { Worker } from 'bullmq';
import type { Ctx } from '#src/core/ctx.ts';
import { newId } from '#src/core/id.ts';
import { relayOnce } from '#src/events/relay.ts';
import type { Reaction } from '#src/journal/job.ts';
import type { JobHandler } from './job-ctx.ts';
import {
  claimJob,
  findDue,
  findEqualWaiting,
  hurryUnauthorized,
  renewLeases,
  sweepJournal,
} from '#src/journal/store.ts';
import { deliveryObservers, handleNextDelivery } from './handle-deliveries.ts';
import { startLoop } from './loop.ts';
import { type PollSettings, startPolls } from './poll-bmcs.ts';
import { handOnDue, type Schedule } from './schedules.ts';
import { releaseHeld } from './release-held.ts';
import { startEpisodes } from './watch-episodes.ts';
import { runJob, type RunOptions } from './run-job.ts';
import { connectRedis, QUEUE_NAME, QUEUE_PREFIX, WAKE_CHANNEL, type Waker } from './wake.ts';

const SWEEP_AGAIN_MS = 5000;

export interface WorkerOptions extends RunOptions {
  redisUrl: string;
  waker: Waker;
  handlers: readonly JobHandler[];
  reactions: readonly Reaction[];
  schedules: readonly Schedule[];
  concurrency: number;
  polls: PollSettings;
  /** How long a job stays this worker's without a sign of life, in milliseconds. */
  leaseMs: number;
  /** `removedRows`: those that the job let go of, by table. */
  observe(job: { name: string; end: string; ms: number; removedRows: Readonly<Record<string, number>> }): void;
}

export interface RunningWorker {
  name: string;
  /** Oldest moment at which one of the loops last went well. */
  lastOk(): number;
  stop(): Promise<void>;
}

/** One worker process: BullMQ wakes jobs, the journal says what they are; beside it the relay, the deliveries, the sweeper, the clock and the polls. */
export async function startWorker(base: Ctx, options: WorkerOptions): Promise<RunningWorker> {
  // A worker that starts may have new credentials.
  await hurryUnauthorized(base.db, base.now());
  const name = `${hostname()}-${process.pid}-${newId().slice(-6)}`;
  const running = new Map<string, { fence: number; abort: AbortController; until: number }>();
  const handlers = new Map(options.handlers.map((handler) => [handler.job.name, handler]));
  const { waker, leaseMs } = options;
  const lease = (): Date => new Date(base.now().getTime() + leaseMs);

  async function wakeOne(id: string): Promise<void> {
    const claimed = await claimJob(base.db, { id, worker: name, now: base.now(), leaseUntil: lease() });
    if (!claimed) return;
    const handler = handlers.get(claimed.name);
    if (!handler) throw new Error(`no handler for ${claimed.name}`); // stays active until its lease ends; another version may know it
    const abort = new AbortController();
    // A handler that ignores its signal is not waited for: its lease ends, and another run takes over.
    running.set(id, { fence: claimed.fence, abort, until: Date.now() + handler.job.timeLimitMs + leaseMs });
    const started = performance.now();
    try {
      const end = await runJob(
        { ...base, signal: AbortSignal.any([base.signal, abort.signal]) },
        claimed,
        handler,
        options,
      );
      const { removedRows = {} } = end.state === 'done' ? end.result : {};
      const ms = performance.now() - started;
      options.observe({ name: claimed.name, end: end.state, ms, removedRows: removedRows as Record<string, number> });
      if (end.state === 'waiting')
        await waker.wakeJobs([
          { id, attempts: claimed.attempts, delayMs: Math.max(0, end.dueAt.getTime() - base.now().getTime()) },
        ]);
      else await waker.wakeJobs(await findEqualWaiting(base.db, id));
    } finally {
      running.delete(id);
    }
  }

  // BullMQ leaves a connection that it was given open.
  const connection = connectRedis(options.redisUrl);
  connection.on('error', (err: Error) => base.log.debug({ err }, 'redis is away'));
  const bull = new Worker(QUEUE_NAME, async (wake) => wakeOne(String((wake.data as { id: unknown }).id)), {
    connection,
    prefix: QUEUE_PREFIX,
    concurrency: options.concurrency,
    skipVersionCheck: true,
    // A wake-up that is lost with its worker is made again by the sweeper from the journal, never by BullMQ from a stalled job.
    maxStalledCount: 0,
    stalledInterval: 30_000,
  });
  bull.on('error', (err) => base.log.debug({ err }, 'bullmq is away'));
  bull.on('failed', (_wake, err) => base.log.warn({ err }, 'wake-up failed; the sweeper makes another'));

  const relay = startLoop('relay', 1000, base.log, async () => {
    const { events, jobs } = await relayOnce(base, options.reactions);
    await waker.wakeJobs(jobs.map((id) => ({ id, attempts: 0 })));
    return events > 0;
  });
  const observers = deliveryObservers(options.settings.health.telemetry);
  const deliveries = startLoop('deliveries', 1000, base.log, () =>
    handleNextDelivery(base, options.adapters, observers),
  );
  const sweeper = startLoop('sweeper', 1000, base.log, async () => {
    const due = await findDue(base.db, base.now(), 500);
    // A new name every few seconds only: while the workers are busy, wake-ups wait in the queue too.
    await waker.wakeJobs(
      due.filter((job) => !running.has(job.id)),
      `-${Math.floor(base.now().getTime() / SWEEP_AGAIN_MS)}`,
    );
    return false;
  });
  const heartbeat = startLoop('heartbeat', Math.max(200, Math.floor(leaseMs / 3)), base.log, async () => {
    const jobs = [...running].filter(([, { until }]) => until > Date.now()).map(([id, { fence }]) => ({ id, fence }));
    if (jobs.length === 0) return false;
    const kept = await renewLeases(base.db, { worker: name, jobs, leaseUntil: lease() });
    for (const { id } of jobs) if (!kept.has(id)) running.get(id)?.abort.abort(new Error('lease lost'));
    return false;
  });
  const broom = startLoop('broom', 600_000, base.log, async () => {
    await sweepJournal(base.db, base.now());
    return false;
  });
  const clock = startLoop('clock', 1000, base.log, async () => {
    if (options.schedules.length > 0) await handOnDue(base, options.schedules);
    return false;
  });
  const held = startLoop('held alerts', 1000, base.log, () => releaseHeld(base, options.settings.tickets));
  const polls = startPolls(base, options);
  const loops = [relay, deliveries, sweeper, clock, held, heartbeat, broom];
  const episodes = startEpisodes(base, options.settings.health.telemetry);

  const ears = connectRedis(options.redisUrl);
  ears.on('error', (err: Error) => base.log.debug({ err }, 'redis is away'));
  ears.on('message', (_channel: string, topic: string) => {
    if (topic === 'relay') relay.nudge();
    else if (topic === 'deliveries') deliveries.nudge();
    else sweeper.nudge();
  });
  ears.subscribe(WAKE_CHANNEL).catch((err: unknown) => base.log.debug({ err }, 'not subscribed yet'));

  return {
    name,
    lastOk: () =>
      Math.min(
        relay.lastOk(),
        deliveries.lastOk(),
        sweeper.lastOk(),
        clock.lastOk(),
        held.lastOk(),
        polls.lastOk(),
        episodes.lastOk(),
      ),
    async stop() {
      const graceful = Promise.all([
        bull.close(),
        polls.stop(),
        episodes.stop(),
        ...loops.slice(0, 5).map((loop) => loop.stop()),
      ]);
      const tooLong = setTimeout(() => {
        for (const { abort } of running.values()) abort.abort(new Error('the worker stops'));
      }, 10_000);
      await graceful;
      clearTimeout(tooLong);
      await Promise.all([heartbeat.stop(), broom.stop()]);
      ears.disconnect();
      connection.disconnect();
    },
  };
}
