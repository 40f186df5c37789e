import { setTimeout as sleep } from 'node:timers/promises';
import { AdapterError } from '../../../src/ports/adapter-error.ts';

/** How long things may take on a BMC before we say so. All in milliseconds. */
export interface Waits {
  /** Between two looks at something that is changing. */
  lookMs: number;
  /** Until a power state shows. sushy-tools' emulator takes up to 11 s, real ones a few. */
  powerMs: number;
  /** Until a boot override, or an LED, shows. */
  settingMs: number;
  /** Until an image shows as inserted: some fetch its beginning first. */
  mediaMs: number;
  /** A BMC that answers 409: iDRAC 10 shortly after power was switched (ironic: six times, ten seconds apart). */
  busyMs: number;
  busyTries: number;
  /** iLO refuses changes while the server is in POST (ironic: six times, five seconds apart). */
  postMs: number;
  postTries: number;
}

export const WAITS: Waits = {
  lookMs: 1_000,
  powerMs: 15_000,
  settingMs: 8_000,
  mediaMs: 30_000,
  busyMs: 10_000,
  busyTries: 6,
  postMs: 5_000,
  postTries: 6,
};

/**
 * Looks until it is so or the time is over; at least once. A look without an answer is not one: the BMC may be busy with just this.
 * @returns what was seen last
 * @throws AdapterError where no look at all was answered
 */
export async function lookUntil<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  { forMs, everyMs, signal }: { forMs: number; everyMs: number; signal: AbortSignal },
): Promise<T> {
  const end = performance.now() + forMs;
  let last: { seen: T } | null = null;
  for (;;) {
    try {
      last = { seen: await look() };
      if (isSo(last.seen)) return last.seen;
    } catch (error) {
      const mayPass = error instanceof AdapterError && (error.kind === 'unreachable' || error.kind === 'throttled');
      if (!mayPass || signal.aborted) throw error;
      if (last === null && performance.now() >= end) throw error;
    }
    if (last !== null && performance.now() >= end) return last.seen;
    await sleep(everyMs, undefined, { signal });
  }
}
