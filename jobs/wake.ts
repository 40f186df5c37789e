import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { WakeTopic } from '#src/core/ctx.ts';
import type { Log } from '#src/kit/kit.ts';

/** Hash-tagged, so that all keys of the queue lie in one slot of a Redis Cluster. */
export const QUEUE_PREFIX = '{reanimator}';
export const QUEUE_NAME = 'jobs';
export const WAKE_CHANNEL = 'reanimator:wake';

/** Reconnects at least every two seconds; a default back-off once left a worker asleep for 18 s after Redis was back. */
export function connectRedis(url: string, options: Partial<Omit<RedisOptions, 'replyMapping'>> = {}): Redis {
  return new Redis(url, {
    retryStrategy: (times: number) => Math.min(200 * times, 2000),
    maxRetriesPerRequest: null,
    ...options,
  });
}

export interface Waker {
  /** Nudges the loop of a topic in every worker. Lost when Redis is away: each loop also looks by itself. */
  wake(topic: WakeTopic): void;
  /**
   * Puts wake-ups for journalled jobs into the queue. Lost when Redis is away or empty: the sweeper adds them again, under a name of
   * its own (`again`), because a wake-up that a killed worker had in hand keeps its name taken for half a minute.
   */
  wakeJobs(jobs: { id: string; attempts: number; delayMs?: number }[], again?: string): Promise<void>;
  /** Waits for the connection, at most two seconds; then the next command says what is wrong. */
  connected(): Promise<void>;
  redis: Redis;
  queue: Queue;
  close(): Promise<void>;
}

export function createWaker(redisUrl: string, log: Log): Waker {
  const redis = connectRedis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2000 });
  // Commands fail at once while it is away; the connection itself comes back by itself.
  redis.on('error', (err: Error) => log.debug({ err }, 'redis is away'));
  const queue = new Queue(QUEUE_NAME, { connection: redis, prefix: QUEUE_PREFIX, skipVersionCheck: true });
  queue.on('error', (err: Error) => log.debug({ err }, 'queue is away'));
  return {
    redis,
    queue,
    wake(topic) {
      redis
        .publish(WAKE_CHANNEL, topic)
        .catch((err: unknown) => log.debug({ err, topic }, 'wake-up lost; the loop looks by itself'));
    },
    async wakeJobs(jobs, again = '') {
      if (jobs.length === 0) return;
      try {
        await queue.addBulk(
          jobs.map((job) => ({
            name: 'wake',
            data: { id: job.id },
            // One wake-up per job and attempt; one too many finds nothing to claim.
            opts: {
              jobId: `${job.id}-${job.attempts}${again}`,
              delay: job.delayMs ?? 0,
              attempts: 1,
              removeOnComplete: true,
              removeOnFail: true,
            },
          })),
        );
      } catch (err) {
        log.debug({ err, jobs: jobs.length }, 'wake-ups lost; the sweeper adds them again');
      }
    },
    async connected() {
      if (redis.status === 'ready') return;
      await Promise.race([once(redis, 'ready'), sleep(2000, undefined, { ref: false })]).catch(() => undefined);
    },
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}
