import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../src/kit/kit.ts';

/** Passes on that something happened: at once, and then not more often than every `everyMs`, whatever storm comes. */
export interface Teller {
  tell(): void;
  /** When nothing is under way any more. */
  settled(): Promise<void>;
}

export function tellSparingly(heard: () => Promise<void>, everyMs: number, log: Log, signal: AbortSignal): Teller {
  let wanted = false;
  let work: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (wanted && !signal.aborted) {
      wanted = false;
      try {
        await heard();
      } catch (err) {
        if (signal.aborted) break;
        wanted = true;
        log.warn({ err }, 'an event of a BMC could not be passed on; tried again soon');
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined); // stopped: the loop sees it
    }
    work = null;
  }

  return {
    tell() {
      wanted = true;
      work ??= run();
    },
    async settled() {
      await work;
    },
  };
}
