import { AdapterError } from '../../src/ports/adapter-error.ts';

/** Leaves one BMC alone that does not answer, or that asked for it, and says why and until when. */
export interface Breaker {
  /** @throws AdapterError unreachable | throttled while it is left alone */
  admit(): void;
  answered(): void;
  /** No answer, or one that says no more than that something is broken there. */
  failed(why: string): void;
  /** The BMC named a time. */
  leaveAlone(forMs: number, why: string): void;
  /** For the other processes, and for how long it holds; null: nothing new to say. */
  save(): { text: string; forMs: number } | null;
  load(saved: string | null): void;
}

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

export function createBreaker(system: string, host: string, now: () => number = () => Date.now()): Breaker {
  let failures = 0;
  let since = 0;
  let open: State | null = null;
  let trialUntil = 0;
  let told: State | null = null;

  function say({ kind, why, since: from, until }: State): AdapterError {
    const message =
      kind === 'throttled'
        ? `${system}: ${host} asked to be left alone until ${clock(until)} (${why})`
        : `${system}: ${host} has not answered since ${clock(from)} (${why}); it is asked again at ${clock(until)}`;
    return new AdapterError(kind, message, { system, retryAfterMs: Math.max(1_000, until - now()) });
  }

  return {
    admit() {
      if (open === null) return;
      const at = now();
      if (at < open.until) throw say(open);
      if (open.kind === 'throttled') open = null;
      else if (at < trialUntil) throw say({ ...open, until: trialUntil });
      else trialUntil = at + TRIAL_MS;
    },
    answered() {
      failures = 0;
      trialUntil = 0;
      if (open?.kind === 'unreachable') open = null;
    },
    failed(why) {
      failures += 1;
      trialUntil = 0;
      if (failures === 1) since = now();
      if (failures < FAILURES) return;
      // Jitter: all BMCs of a rack come back at the same time.
      const pauseMs = Math.min(FIRST_MS * 2 ** (failures - FAILURES), LONGEST_MS) * (0.8 + Math.random() * 0.4);
      open = { kind: 'unreachable', why, since, until: now() + pauseMs, failures };
    },
    leaveAlone(forMs, why) {
      open = { kind: 'throttled', why, since: now(), until: now() + forMs, failures };
    },
    save() {
      if (open === null || open === told) return null;
      told = open;
      return { text: JSON.stringify(open), forMs: Math.max(1, open.until - now()) };
    },
    load(saved) {
      if (saved === null || open !== null) return;
      open = JSON.parse(saved) as State;
      told = open;
      ({ failures, since } = open);
    },
  };
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
