import type { Log } from '#src/kit/kit.ts';

export interface Loop {
  /** Runs soon, also when it runs now. */
  nudge(): void;
  /** When the last turn ended well, in milliseconds since the epoch. */
  lastOk(): number;
  stop(): Promise<void>;
}

/** A turn that hangs is given up: all of them are repeatable, and what it holds in the database ends there by itself. */
const TURN_LIMIT_MS = 45_000;

async function withinLimit<T>(turn: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a turn did not end within ${TURN_LIMIT_MS / 1000} s`)), TURN_LIMIT_MS);
  });
  return Promise.race([turn, late]).finally(() => clearTimeout(timer));
}

/** Calls `turn` when nudged and at least every `everyMs`, one at a time. While `turn` says that there is more, at once again. */
export function startLoop(name: string, everyMs: number, log: Log, turn: () => Promise<boolean>): Loop {
  let nudged = true;
  let stopped = false;
  let wakeUp: (() => void) | undefined;
  let lastOk = Date.now();

  async function pause(): Promise<void> {
    if (nudged || stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = undefined;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await pause();
      if (stopped) return;
      nudged = false;
      try {
        if (await withinLimit(turn())) nudged = true;
        lastOk = Date.now();
      } catch (err) {
        log.warn({ err, loop: name }, 'loop failed; it goes on');
        await new Promise((resolve) => setTimeout(resolve, Math.min(everyMs, 1000)));
      }
    }
  }

  const running = run();
  return {
    nudge() {
      nudged = true;
      wakeUp?.();
    },
    lastOk: () => lastOk,
    async stop() {
      stopped = true;
      wakeUp?.();
      await running;
    },
  };
}
