import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { newId } from './core/id.ts';
import type { Seal } from './core/seal.ts';
import type { Log } from './kit/kit.ts';
import { sharedInProcess } from './kit/shared-in-process.ts';
import type { Lease, LeaseOptions, Shared } from './kit/shared-store.ts';
import { DUE, LEAVE, REMIND, RENEW, TAKE } from './shared-scripts.ts';

export interface SharedStore {
  /** What adapters are lent; each has names of its own. */
  of(adapter: string): Shared;
  /** Whether Redis answered the last time that it was asked. */
  reachable(): boolean;
  close(): void;
}

interface Options {
  redis: Redis;
  seal: Seal;
  secretKey: string;
  log: Log;
  /** Between two signs of life of the leases held. Also how soon a holder sees that others wait. Default 1,000. */
  renewMs?: number;
}

/** All keys lie in one slot of a Redis Cluster, because a script renews many leases at once. */
const PREFIX = '{reanimator}:shared:';
const LIST_MS = 7 * 24 * 3_600_000;
const ASK_AGAIN_MS = 1_000;
/** So many renewals in one script: longer ones would hold up everybody else's commands. */
const BATCH = 200;

interface Held {
  keys: readonly [held: string, waiting: string, until: string];
  id: string;
  ttlMs: number;
  slots: number;
  waiting: number;
}

/** Leases, sealed values and lists in Redis. Where it is away, each process goes on alone and with one slot of everything. */
export function createSharedStore({ redis, seal, secretKey, log, renewMs = 1_000 }: Options): SharedStore {
  const alone = sharedInProcess({ mostSlots: 1 });
  const held = new Set<Held>();
  const state = { reachable: true, askedAt: 0, renewing: false };
  const me = newId();
  let leases = 0;

  /** Undefined where Redis is away. Then it is asked once a second: a command may wait for two before it gives up. */
  async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (!state.reachable && performance.now() - state.askedAt < ASK_AGAIN_MS) return undefined;
    state.askedAt = performance.now();
    try {
      const result = await work();
      if (!state.reachable) log.info({}, 'Redis is back: leases and BMC sessions are shared again');
      state.reachable = true;
      return result;
    } catch (err) {
      if (state.reachable)
        log.warn(
          { err },
          'Redis is away: this process shares nothing with others and does one thing at a time per BMC',
        );
      state.reachable = false;
      return undefined;
    }
  }

  const shas = new Map<string, string>();
  async function run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const sha = shas.get(script) ?? createHash('sha1').update(script).digest('hex');
    shas.set(script, sha);
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(script, keys.length, ...keys, ...args);
    }
  }

  async function renewAll(): Promise<void> {
    if (state.renewing || held.size === 0) return;
    state.renewing = true;
    const all = [...held];
    for (let from = 0; from < all.length; from += BATCH) {
      const batch = all.slice(from, from + BATCH).filter(({ slots }) => slots > 0);
      const answers = await ask(() =>
        run(
          RENEW,
          batch.flatMap(({ keys }) => [keys[0], keys[1]]),
          batch.flatMap(({ id, slots, ttlMs }) => [id, slots, ttlMs]),
        ),
      );
      // Unanswered: Redis is away. What it still knows when it comes back is renewed then; what it forgot is lost then.
      for (const [at, one] of batch.entries()) {
        const waiting = Number((answers as unknown[] | undefined)?.[at] ?? 0);
        one.waiting = Math.max(0, waiting);
        if (waiting >= 0) continue;
        one.slots = 0;
        held.delete(one);
      }
    }
    state.renewing = false;
  }
  const timer = setInterval(() => void renewAll(), renewMs);
  timer.unref();

  /** Removes the slots from `keep` on. What is not removed ends by itself. */
  function drop({ keys, id }: Held, keep: number, had: number): void {
    const members = Array.from({ length: had - keep }, (_, at) => `${id}#${keep + at + 1}`);
    if (members.length > 0) void ask(() => redis.zrem(keys[0], ...members));
  }

  function leaseOf(one: Held): Lease {
    const keep = (slots: number): void => {
      if (one.slots <= slots) return;
      const had = one.slots;
      one.slots = slots;
      if (slots === 0) held.delete(one);
      drop(one, slots, had);
    };
    return {
      get slots() {
        return one.slots;
      },
      get waiting() {
        return one.waiting;
      },
      give() {
        one.waiting = 0; // until the next renewal tells anew
        keep(Math.max(0, one.slots - 1));
      },
      release: () => keep(0),
    };
  }

  async function lease(name: string, options: LeaseOptions): Promise<Lease | null> {
    const { slots, want = 1, all = false, ttlMs, waitMs, signal } = options;
    const base = `${PREFIX}lease:${name}`;
    const keys = [base, `${base}:waiting`, `${base}:until`] as const;
    leases += 1;
    const id = `${me}-${leases}`;
    const giveUpAt = performance.now() + waitMs;
    for (let pauseMs = 15; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
      signal?.throwIfAborted();
      const keepMs = waitMs === 0 ? 0 : 2_000;
      const answer = await ask(() => run(TAKE, keys, [id, slots, want, all ? 1 : 0, ttlMs, keepMs]));
      const leftMs = giveUpAt - performance.now();
      if (answer === undefined) return alone.lease(name, { ...options, waitMs: Math.max(0, leftMs) });
      const [taken = 0, waiting = 0] = answer as number[];
      if (taken > 0) {
        const one: Held = { keys, id, ttlMs, slots: taken, waiting };
        held.add(one);
        if (signal?.aborted !== true) return leaseOf(one);
        leaseOf(one).release();
        signal.throwIfAborted();
      }
      if (leftMs <= 0) break;
      // Jitter: waiters of many processes must not come in step.
      const pause = Math.min(pauseMs * (0.75 + Math.random() / 2), leftMs);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted === true) await ask(() => run(LEAVE, [keys[1], keys[2]], [id]));
    }
    if (waitMs > 0) await ask(() => run(LEAVE, [keys[1], keys[2]], [id]));
    return null;
  }

  const digest = (text: string): string =>
    createHmac('sha256', `reanimator shared v1 ${secretKey}`).update(text).digest().toString('hex', 0, 16);
  const keyOf = (name: string): string => `${PREFIX}value:${name}`;

  function open(name: string, sealed: string | null | undefined): string | null {
    if (sealed === null || sealed === undefined) return null;
    try {
      return seal.open(sealed);
    } catch (err) {
      log.warn({ err, name }, 'a shared value does not open and is left aside; another SECRET_KEY?');
      return null;
    }
  }

  const shared = (adapter: string): Shared => ({
    get reach() {
      return state.reachable ? ('all' as const) : ('process' as const);
    },
    lease: (name, options) => lease(`${adapter}:${name}`, options),
    async get<N extends string>(names: readonly N[]) {
      const found = await ask(() => redis.mget(...names.map((name) => keyOf(`${adapter}:${name}`))));
      return Object.fromEntries(names.map((name, at) => [name, open(name, found?.[at])])) as Record<N, string | null>;
    },
    async set(name, value, ttlMs) {
      await ask(() => redis.set(keyOf(`${adapter}:${name}`), seal.close(value), 'PX', Math.ceil(ttlMs)));
    },
    async delete(name) {
      await ask(() => redis.del(keyOf(`${adapter}:${name}`)));
    },
    async remind(list, name, dueMs) {
      await ask(() => run(REMIND, [`${PREFIX}list:${adapter}:${list}`], [Math.ceil(dueMs), LIST_MS, name]));
    },
    async due(list, most) {
      return ((await ask(() => run(DUE, [`${PREFIX}list:${adapter}:${list}`], [most]))) ?? []) as string[];
    },
    async forget(list, name) {
      await ask(() => redis.zrem(`${PREFIX}list:${adapter}:${list}`, name));
    },
    digest: (text) => digest(`${adapter} ${text}`),
  });

  return {
    of: shared,
    reachable: () => state.reachable,
    close() {
      clearInterval(timer);
      for (const one of held) leaseOf(one).release();
    },
  };
}
