import pLimit, { type LimitFunction } from 'p-limit';

/** The right to talk to one BMC: at most so many requests at a time, over all reads of this process. */
export interface Lane {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Fewer at a time from now on, for all who use the lane. Never widens. */
  narrow(atATime: number): void;
  leave(): void;
}

interface Shared {
  limit: LimitFunction;
  users: number;
}
// Limits of single collectors do not add up to a limit of the BMC, so that all reads share one (NVIDIA infra-controller #4751).
const lanes = new Map<string, Shared>();

export function enterLane(host: string, atATime: number): Lane {
  const shared = lanes.get(host) ?? { limit: pLimit(atATime), users: 0 };
  lanes.set(host, shared);
  shared.users += 1;
  shared.limit.concurrency = Math.min(shared.limit.concurrency, atATime);
  return {
    run: (work) => shared.limit(work),
    narrow(fewer) {
      shared.limit.concurrency = Math.min(shared.limit.concurrency, fewer);
    },
    leave() {
      shared.users -= 1;
      if (shared.users === 0) lanes.delete(host);
    },
  };
}
