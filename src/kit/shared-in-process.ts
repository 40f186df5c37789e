import { createHmac, randomBytes } from 'node:crypto';
import type { Lease, LeaseOptions, Shared } from './shared-store.ts';

interface Queue {
  held: number;
  waiters: Waiter[];
}
interface Waiter {
  options: LeaseOptions;
  take(lease: Lease): void;
}

/** The same for one process alone: for tests, for tools that have no Redis, and while Redis is away. */
export function sharedInProcess({ mostSlots = Infinity }: { mostSlots?: number } = {}): Shared {
  const key = randomBytes(16);
  const queues = new Map<string, Queue>();
  const values = new Map<string, { value: string; until: number }>();
  const lists = new Map<string, Map<string, number>>();

  function grant(name: string, queue: Queue, { slots, want = 1, all }: LeaseOptions): Lease | null {
    const most = Math.min(slots, mostSlots);
    const free = most - queue.held;
    if (free < 1 || (all === true && queue.held > 0)) return null;
    const state = { held: all === true ? most : Math.min(want, free) };
    queue.held += state.held;
    const giveBack = (count: number): void => {
      state.held -= count;
      queue.held -= count;
      serve(name, queue);
    };
    return {
      get slots() {
        return state.held;
      },
      get waiting() {
        return queue.waiters.length;
      },
      give: () => void (state.held > 0 && giveBack(1)),
      release: () => void (state.held > 0 && giveBack(state.held)),
    };
  }

  function serve(name: string, queue: Queue): void {
    for (;;) {
      const first = queue.waiters[0];
      const lease = first === undefined ? null : grant(name, queue, first.options);
      if (first === undefined || lease === null) break;
      queue.waiters.shift();
      first.take(lease);
    }
    if (queue.held === 0 && queue.waiters.length === 0) queues.delete(name);
  }

  async function lease(name: string, options: LeaseOptions): Promise<Lease | null> {
    options.signal?.throwIfAborted();
    const queue = queues.get(name) ?? { held: 0, waiters: [] };
    queues.set(name, queue);
    const now = queue.waiters.length === 0 ? grant(name, queue, options) : null;
    if (now !== null || options.waitMs === 0) return now;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        options,
        take(granted) {
          clearTimeout(timer);
          options.signal?.removeEventListener('abort', stop);
          resolve(granted);
        },
      };
      const leave = (): void => {
        queue.waiters = queue.waiters.filter((one) => one !== waiter);
        serve(name, queue);
      };
      const stop = (): void => {
        clearTimeout(timer);
        leave();
        reject(options.signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        options.signal?.removeEventListener('abort', stop);
        leave();
        resolve(null);
      }, options.waitMs);
      options.signal?.addEventListener('abort', stop, { once: true });
      queue.waiters.push(waiter);
    });
  }

  function read(name: string): string | null {
    const found = values.get(name);
    if (found !== undefined && found.until > Date.now()) return found.value;
    values.delete(name);
    return null;
  }

  return {
    reach: 'process',
    lease,
    async get<N extends string>(names: readonly N[]) {
      return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<N, string | null>;
    },
    async set(name, value, ttlMs) {
      values.set(name, { value, until: Date.now() + ttlMs });
    },
    async delete(name) {
      values.delete(name);
    },
    async remind(list, name, dueMs) {
      const reminders = lists.get(list) ?? new Map<string, number>();
      lists.set(list, reminders);
      reminders.set(name, Date.now() + dueMs);
    },
    async due(list, most) {
      const now = Date.now();
      const due = [...(lists.get(list) ?? [])].filter(([, at]) => at <= now);
      return due
        .toSorted((a, b) => a[1] - b[1])
        .slice(0, most)
        .map(([name]) => name);
    },
    async forget(list, name) {
      lists.get(list)?.delete(name);
    },
    digest: (text) => createHmac('sha256', key).update(text).digest().toString('hex', 0, 16),
  };
}
