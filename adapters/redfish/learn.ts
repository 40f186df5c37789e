/** What was found out about one BMC by trying, so that a ladder is walked once and not at every call. */
export interface Learnt {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  /** Forgets everything when this is another BMC, or the same with other firmware. */
  about(mark: string): void;
  /** What changed since the last time, for the other processes; null: nothing. */
  take(): string | null;
  load(saved: string | null): void;
}

/** A firmware update or a new licence makes a BMC do what it could not: after a week it is tried again. */
export const LEARNT_MS = 7 * 24 * 3_600_000;
const CAPS = { entries: 500, name: 200, value: 4_000 };

interface Entry {
  value: string;
  at: number;
}

export function createLearnt(now: () => number = () => Date.now()): Learnt {
  let entries = new Map<string, Entry>();
  let changed = false;
  const self: Learnt = {
    get(name) {
      const found = entries.get(name);
      return found !== undefined && now() - found.at < LEARNT_MS ? found.value : undefined;
    },
    set(name, value) {
      if (self.get(name) === value || name.length > CAPS.name || value.length > CAPS.value) return;
      entries.delete(name);
      entries.set(name, { value, at: now() });
      const [oldest] = entries.keys();
      if (entries.size > CAPS.entries && oldest !== undefined) entries.delete(oldest);
      changed = true;
    },
    about(mark) {
      const before = self.get('mark');
      if (before !== undefined && before !== mark) entries = new Map();
      self.set('mark', mark);
    },
    take() {
      if (!changed) return null;
      changed = false;
      return JSON.stringify([...entries]);
    },
    load(saved) {
      if (saved === null) return;
      for (const [name, entry] of JSON.parse(saved) as [string, Entry][]) {
        const own = entries.get(name);
        if (own === undefined || own.at < entry.at) entries.set(name, entry);
      }
    },
  };
  return self;
}
