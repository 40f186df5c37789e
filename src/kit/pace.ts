import { AdapterError } from '../ports/adapter-error.ts';

export interface PaceOptions {
  /** The adapter's id, for errors. */
  system: string;
  /** Requests per second when the other side is well; as many may go at once after a quiet second. */
  perSecond: number;
  /** Nobody waits longer than this because the other side asked to be left alone; in milliseconds. Default 30,000. */
  longestWaitMs?: number | undefined;
}

/** One request's leave to go. */
export interface Turn {
  /** Tells how it ended; the next ones go slower or faster accordingly. */
  ended(status: number | 'timeout', retryAfterMs?: number): void;
}

/** How fast one system is spoken to by this process. */
export interface Pace {
  /** Resolves when it is this request's turn, first come first served. @throws AdapterError throttled; or the signal's reason */
  turn(signal?: AbortSignal): Promise<Turn>;
  /** Requests per second at the moment. */
  readonly perSecond: number;
}

/** Too much for it, or for what stands before it. A 500 says nothing about load. */
const STRAINED = new Set<number | 'timeout'>([429, 502, 503, 504, 'timeout']);
/** Successes that it takes from standing to full speed. */
const RECOVERY = 100;
const SLOWEST = 1 / 64;

interface Waiter {
  go(turn: Turn): void;
}

/**
 * A token bucket that halves its rate when the other side is strained and raises it again with each success. Answers to requests
 * that were under way when it slowed down do not slow it down once more: twenty at a time are one overload, not twenty.
 */
export function createPace({ system, perSecond, longestWaitMs = 30_000 }: PaceOptions): Pace {
  const waiting = new Set<Waiter>();
  let rate = perSecond;
  let tokens = Math.max(1, perSecond);
  let refilledAt = performance.now();
  let notBefore = 0;
  let slowedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function refill(now: number): void {
    tokens = Math.min(Math.max(1, rate), tokens + ((now - refilledAt) / 1000) * rate);
    refilledAt = now;
  }

  function serve(): void {
    clearTimeout(timer);
    const now = performance.now();
    refill(now);
    for (const waiter of waiting) {
      if (tokens < 1 || now < notBefore) break;
      tokens -= 1;
      waiting.delete(waiter);
      waiter.go(turnOf(now));
    }
    if (waiting.size > 0)
      timer = setTimeout(serve, Math.ceil(Math.max(notBefore - now, ((1 - tokens) / rate) * 1000, 1)));
  }

  function turnOf(begunAt: number): Turn {
    return {
      ended(status, retryAfterMs) {
        const now = performance.now();
        refill(now);
        if (STRAINED.has(status)) {
          if (begunAt >= slowedAt) rate = Math.max(perSecond * SLOWEST, rate / 2);
          if (begunAt >= slowedAt) slowedAt = now;
          if (retryAfterMs !== undefined) notBefore = Math.max(notBefore, now + retryAfterMs);
          tokens = Math.min(tokens, Math.max(1, rate));
        } else if (status !== 'timeout' && status < 500) rate = Math.min(perSecond, rate + perSecond / RECOVERY);
      },
    };
  }

  async function turn(signal?: AbortSignal): Promise<Turn> {
    signal?.throwIfAborted();
    const restMs = notBefore - performance.now();
    if (restMs > longestWaitMs) {
      throw new AdapterError(
        'throttled',
        `${system} asked to be left alone for another ${Math.ceil(restMs / 1000)} s`,
        {
          system,
          retryAfterMs: Math.ceil(restMs),
        },
      );
    }
    return new Promise<Turn>((resolve, reject) => {
      const stop = (): void => {
        waiting.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        go(given) {
          signal?.removeEventListener('abort', stop);
          resolve(given);
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      waiting.add(waiter);
      serve();
    });
  }

  return {
    turn,
    get perSecond() {
      return rate;
    },
  };
}

/** No answer came in time, as `AbortSignal.timeout` says it. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
