import type { Lease, Shared } from '../../src/kit/shared-store.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';

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

/** The same for all BMCs. */
export interface LaneRules {
  system: string;
  atATime: number;
  waitMs: number;
  shared: Shared;
}

const NONE: readonly Lease[] = [];

/**
 * The right to talk to one BMC: at most so many requests at a time, over all workers of the hub. Limits of single collectors do not add
 * up to a limit of the BMC, so that all share one (NVIDIA infra-controller #4751).
 *
 * One per BMC and process. Slots are leased while this process works there and moved on when others wait: no round trip per request.
 */
export class Lane {
  readonly #rules: LaneRules;
  /** Who it is about, in messages. */
  readonly #host: string;
  #limit: number;
  /** Null where nobody waits: it is one of thousands. */
  #queues: Map<object, Task[]> | null = null;
  #running = 0;
  #leases = NONE;
  #heldSince = 0;
  #taking = false;
  #widenedAt = -WIDEN_MS;
  #lingering: NodeJS.Timeout | null = null;

  constructor(host: string, rules: LaneRules) {
    this.#host = host;
    this.#rules = rules;
    this.#limit = rules.atATime;
  }

  /** When it is this use's turn: the uses of one BMC take turns, whoever has asked for the most. @throws AdapterError throttled; the signal's reason */
  run<T>(use: object, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const stop = (): void => {
        this.#forget(use, task);
        reject(signal?.reason as Error);
      };
      const task: Task = {
        start: () => {
          signal?.removeEventListener('abort', stop);
          const done = (): void => {
            this.#running -= 1;
            this.#pump();
          };
          work().then(resolve, reject).finally(done);
        },
        fail(error) {
          signal?.removeEventListener('abort', stop);
          reject(error);
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#queues ??= new Map();
      const queue = this.#queues.get(use);
      if (queue) queue.push(task);
      else this.#queues.set(use, [task]);
      this.#pump();
    });
  }

  /** Fewer at a time from now on. Never widens. */
  narrow(atATime: number): void {
    this.#limit = Math.min(this.#limit, Math.max(1, atATime));
    for (const lease of this.#leases)
      while (this.#slots() > Math.max(this.#limit, this.#running) && lease.slots > 0) lease.give();
  }

  /** Gives the slots back now if nothing is under way, instead of in a moment. */
  rest(): void {
    if (this.#running > 0 || this.#pending() > 0) return;
    this.#stopLingering();
    this.#release();
  }

  #slots(): number {
    let sum = 0;
    for (const lease of this.#leases) sum += lease.slots;
    return sum;
  }

  #pending(): number {
    let sum = 0;
    for (const queue of this.#queues?.values() ?? []) sum += queue.length;
    return sum;
  }

  #forget(use: object, task: Task): void {
    const queue = this.#queues?.get(use)?.filter((one) => one !== task) ?? [];
    if (queue.length > 0) this.#queues?.set(use, queue);
    else this.#queues?.delete(use);
  }

  #next(): Task | undefined {
    const queues = this.#queues;
    for (const [use, queue] of queues ?? []) {
      const task = queue.shift();
      // To the end: the next one is another use's.
      queues?.delete(use);
      if (queue.length > 0) queues?.set(use, queue);
      if (task) return task;
    }
    return undefined;
  }

  #yieldToOthers(): void {
    const waiting = Math.max(0, ...this.#leases.map((lease) => lease.waiting));
    const held = this.#slots();
    if (waiting === 0 || held <= this.#running) return;
    if (held > 1) this.#leases.find((lease) => lease.slots > 0)?.give();
    else if (performance.now() - this.#heldSince > TURN_MS) this.#release();
  }

  #release(): void {
    for (const lease of this.#leases) lease.release();
    this.#leases = NONE;
    if (this.#queues?.size === 0) this.#queues = null;
  }

  #stopLingering(): void {
    if (this.#lingering !== null) clearTimeout(this.#lingering);
    this.#lingering = null;
  }

  #pump(): void {
    this.#stopLingering();
    this.#leases = this.#leases.filter((lease) => lease.slots > 0);
    this.#yieldToOthers();
    while (this.#running < Math.min(this.#slots(), this.#limit)) {
      const task = this.#next();
      if (task === undefined) break;
      this.#running += 1;
      task.start();
    }
    const wanted = this.#pending();
    if (wanted > 0) void this.#take(Math.min(this.#limit, this.#running + wanted) - this.#slots());
    else if (this.#running === 0 && this.#leases.length > 0) {
      this.#lingering = setTimeout(() => this.rest(), LINGER_MS);
      this.#lingering.unref();
    }
  }

  async #take(want: number): Promise<void> {
    const held = this.#slots();
    if (want < 1 || this.#taking) return;
    if (held > 0 && performance.now() - this.#widenedAt < WIDEN_MS) return;
    this.#taking = true;
    if (held > 0) this.#widenedAt = performance.now();
    let lease: Lease | null = null;
    let failure: unknown;
    const { shared, waitMs } = this.#rules;
    try {
      // Who has a slot does not queue for a second one, and so is never counted among those who wait.
      lease = await shared.lease(`bmc:${this.#host}`, {
        ...{ slots: this.#limit, want, ttlMs: LEASE_MS },
        waitMs: held > 0 ? 0 : waitMs,
      });
    } catch (error) {
      failure = error;
    }
    this.#taking = false;
    if (lease !== null) {
      if (this.#slots() === 0) this.#heldSince = performance.now();
      this.#leases = [...this.#leases, lease];
    } else if (held === 0 && this.#slots() === 0) this.#failAll(failure);
    this.#pump();
  }

  #failAll(cause: unknown): void {
    const { system, waitMs } = this.#rules;
    const message = `${system}: other work of the hub has kept ${this.#host} busy for ${Math.round(waitMs / 1000)} s`;
    const error = new AdapterError('throttled', message, { system, retryAfterMs: 30_000, cause });
    for (let task = this.#next(); task !== undefined; task = this.#next()) task.fail(error);
  }
}
