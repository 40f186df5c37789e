/** A firmware update or a new licence makes a BMC do what it could not: after a week it is tried again. */
export const LEARNT_MS = 7 * 24 * 3_600_000;
const CAPS = { entries: 500, name: 200, value: 4_000 };

interface Entry {
  value: string;
  at: number;
}

/** What was found out about one BMC by trying, so that a ladder is walked once and not at every call. */
export class Learnt {
  /** Null while it rests: there are thousands. */
  #entries: Map<string, Entry> | null = null;
  #changed = false;

  get(name: string): string | undefined {
    const found = this.#entries?.get(name);
    return found !== undefined && Date.now() - found.at < LEARNT_MS ? found.value : undefined;
  }

  set(name: string, value: string): void {
    if (this.get(name) === value || name.length > CAPS.name || value.length > CAPS.value) return;
    const entries = (this.#entries ??= new Map());
    entries.delete(name);
    entries.set(name, { value, at: Date.now() });
    const [oldest] = entries.keys();
    if (entries.size > CAPS.entries && oldest !== undefined) entries.delete(oldest);
    this.#changed = true;
  }

  /** Forgets everything when this is another BMC, or the same with other firmware. */
  about(mark: string): void {
    const before = this.get('mark');
    if (before !== undefined && before !== mark) this.#entries = null;
    this.set('mark', mark);
  }

  /** What changed since the last time, for the other processes; null: nothing. */
  take(): string | null {
    if (!this.#changed) return null;
    this.#changed = false;
    return JSON.stringify([...(this.#entries ?? [])]);
  }

  load(saved: string | null): void {
    if (saved === null) return;
    const entries = (this.#entries ??= new Map());
    for (const [name, entry] of JSON.parse(saved) as [string, Entry][]) {
      const own = entries.get(name);
      if (own === undefined || own.at < entry.at) entries.set(name, entry);
    }
  }

  /** Lets go of everything that others were told: it is read again before the next use. */
  rest(): void {
    if (!this.#changed) this.#entries = null;
  }
}
