import { AdapterError } from '../../src/ports/adapter-error.ts';

interface State {
  kind: 'unreachable' | 'throttled';
  why: string;
  since: number;
  until: number;
  failures: number;
}

const FAILURES = 3;
const FIRST_MS = 5_000;
const LONGEST_MS = 60_000;
/** While one tries whether it is back, the others are not let in for so long. */
const TRIAL_MS = 45_000;

/** Leaves one BMC alone that does not answer, or that asked for it, and says why and until when. */
export class Breaker {
  readonly #system: string;
  readonly #host: string;
  #failures = 0;
  #since = 0;
  #open: State | null = null;
  #trialUntil = 0;
  #told: State | null = null;

  constructor(system: string, host: string) {
    this.#system = system;
    this.#host = host;
  }

  /** @throws AdapterError unreachable | throttled while it is left alone */
  admit(): void {
    const open = this.#open;
    if (open === null) return;
    const at = Date.now();
    if (at < open.until) throw this.#say(open);
    if (open.kind === 'throttled') this.#open = null;
    else if (at < this.#trialUntil) throw this.#say({ ...open, until: this.#trialUntil });
    else this.#trialUntil = at + TRIAL_MS;
  }

  answered(): void {
    this.#failures = 0;
    this.#trialUntil = 0;
    if (this.#open?.kind === 'unreachable') this.#open = null;
  }

  /** No answer, or one that says no more than that something is broken there. */
  failed(why: string): void {
    this.#failures += 1;
    this.#trialUntil = 0;
    if (this.#failures === 1) this.#since = Date.now();
    if (this.#failures < FAILURES) return;
    const failures = this.#failures;
    // Jitter: all BMCs of a rack come back at the same time.
    const pauseMs = Math.min(FIRST_MS * 2 ** (failures - FAILURES), LONGEST_MS) * (0.8 + Math.random() * 0.4);
    this.#open = { kind: 'unreachable', why, since: this.#since, until: Date.now() + pauseMs, failures };
  }

  /** The BMC named a time. */
  leaveAlone(forMs: number, why: string): void {
    const now = Date.now();
    this.#open = { kind: 'throttled', why, since: now, until: now + forMs, failures: this.#failures };
  }

  /** For the other processes, and for how long it holds; null: nothing new to say. */
  save(): { text: string; forMs: number } | null {
    const open = this.#open;
    if (open === null || open === this.#told) return null;
    this.#told = open;
    return { text: JSON.stringify(open), forMs: Math.max(1, open.until - Date.now()) };
  }

  load(saved: string | null): void {
    if (saved === null || this.#open !== null) return;
    const open = JSON.parse(saved) as State;
    this.#open = open;
    this.#told = open;
    this.#failures = open.failures;
    this.#since = open.since;
  }

  #say({ kind, why, since: from, until }: State): AdapterError {
    const [system, host] = [this.#system, this.#host];
    const message =
      kind === 'throttled'
        ? `${system}: ${host} asked to be left alone until ${clock(until)} (${why})`
        : `${system}: ${host} has not answered since ${clock(from)} (${why}); it is asked again at ${clock(until)}`;
    return new AdapterError(kind, message, { system, retryAfterMs: Math.max(1_000, until - Date.now()) });
  }
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
