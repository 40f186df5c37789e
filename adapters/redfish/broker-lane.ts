import type { Lease, Shared } from '../../src/kit/shared-store.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';

/**
 * The right to talk to one BMC: at most so many requests at a time, over all workers of the hub. Limits of single collectors do not add
 * up to a limit of the BMC, so that all share one (NVIDIA infra-controller #4751).
 */
export interface Lane {
  /** When it is this use's turn: the uses of one BMC take turns, whoever has asked for the most. @throws AdapterError throttled; the signal's reason */
  run<T>(use: object, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Fewer at a time from now on. Never widens. */
  narrow(atATime: number): void;
  /** Gives the slots back now if nothing is under way, instead of in a moment. */
  rest(): void;
}

interface Task {
  start(): void;
  fail(error: Error): void;
}

/** After a crash a BMC is free again so soon. */
const LEASE_MS = 10_000;
/** Between two requests of one use there is hardly more than the parsing of an answer. */
const LINGER_MS = 250;
/** The last slot goes to others who wait after so long. */
const TURN_MS = 1_000;
/** How often a further slot is asked for beside the one held. */
const WIDEN_MS = 250;

interface LaneOptions {
  system: string;
  /** Who it is about, in messages. */
  host: string;
  atATime: number;
  waitMs: number;
  shared: Shared;
}

/** One per BMC and process. Slots are leased while this process works there and moved on when others wait: no round trip per request. */
export function createLane({ system, host, atATime, waitMs, shared }: LaneOptions): Lane {
  const queues = new Map<object, Task[]>();
  let limit = atATime;
  let running = 0;
  let leases: Lease[] = [];
  let heldSince = 0;
  let taking = false;
  let widenedAt = -WIDEN_MS;
  let lingering: NodeJS.Timeout | undefined;

  const slots = (): number => leases.reduce((sum, lease) => sum + lease.slots, 0);
  const pending = (): number => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);

  function next(): Task | undefined {
    for (const [use, queue] of queues) {
      const task = queue.shift();
      // To the end: the next one is another use's.
      queues.delete(use);
      if (queue.length > 0) queues.set(use, queue);
      if (task) return task;
    }
    return undefined;
  }

  function yieldToOthers(): void {
    const waiting = Math.max(0, ...leases.map((lease) => lease.waiting));
    const held = slots();
    if (waiting === 0 || held <= running) return;
    if (held > 1) leases.find((lease) => lease.slots > 0)?.give();
    else if (performance.now() - heldSince > TURN_MS) release();
  }

  function release(): void {
    for (const lease of leases) lease.release();
    leases = [];
  }

  function pump(): void {
    clearTimeout(lingering);
    leases = leases.filter((lease) => lease.slots > 0);
    yieldToOthers();
    while (running < Math.min(slots(), limit)) {
      const task = next();
      if (task === undefined) break;
      running += 1;
      task.start();
    }
    const wanted = pending();
    if (wanted > 0) void take(Math.min(limit, running + wanted) - slots());
    else if (running === 0 && leases.length > 0) {
      lingering = setTimeout(release, LINGER_MS);
      lingering.unref();
    }
  }

  async function take(want: number): Promise<void> {
    const held = slots();
    if (want < 1 || taking) return;
    if (held > 0 && performance.now() - widenedAt < WIDEN_MS) return;
    taking = true;
    if (held > 0) widenedAt = performance.now();
    let lease: Lease | null = null;
    let failure: unknown;
    try {
      // Who has a slot does not queue for a second one, and so is never counted among those who wait.
      lease = await shared.lease(`bmc:${host}`, {
        ...{ slots: limit, want, ttlMs: LEASE_MS },
        waitMs: held > 0 ? 0 : waitMs,
      });
    } catch (error) {
      failure = error;
    }
    taking = false;
    if (lease !== null) {
      if (slots() === 0) heldSince = performance.now();
      leases.push(lease);
    } else if (held === 0 && slots() === 0) {
      const message = `${system}: other work of the hub has kept ${host} busy for ${Math.round(waitMs / 1000)} s`;
      const error = new AdapterError('throttled', message, { system, retryAfterMs: 30_000, cause: failure });
      for (let task = next(); task !== undefined; task = next()) task.fail(error);
    }
    pump();
  }

  function run<T>(use: object, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const stop = (): void => {
        const queue = queues.get(use)?.filter((one) => one !== task) ?? [];
        if (queue.length > 0) queues.set(use, queue);
        else queues.delete(use);
        reject(signal?.reason as Error);
      };
      const task: Task = {
        start() {
          signal?.removeEventListener('abort', stop);
          const done = (): void => {
            running -= 1;
            pump();
          };
          work().then(resolve, reject).finally(done);
        },
        fail(error) {
          signal?.removeEventListener('abort', stop);
          reject(error);
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      const queue = queues.get(use);
      if (queue) queue.push(task);
      else queues.set(use, [task]);
      pump();
    });
  }

  return {
    run,
    narrow(fewer) {
      limit = Math.min(limit, Math.max(1, fewer));
      for (const lease of leases) while (slots() > Math.max(limit, running) && lease.slots > 0) lease.give();
    },
    rest() {
      if (running > 0 || pending() > 0) return;
      clearTimeout(lingering);
      release();
    },
  };
}
