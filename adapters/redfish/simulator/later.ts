export interface Later {
  /** Runs it after so many milliseconds, unless it is closed before. */
  (ms: number, action: () => void): void;
  close(): void;
}

/** What a BMC does some time after its answer. */
export function laterOf(): Later {
  const timers = new Set<NodeJS.Timeout>();
  function later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  }
  function close(): void {
    for (const timer of timers) clearTimeout(timer);
  }
  return Object.assign(later, { close });
}
