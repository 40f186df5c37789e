/**
 * What a repeat may do after a crash or a time-out, when nobody knows whether the effect happened:
 *
 * - idempotent: the other side ends in the same state however often: simply repeat
 * - keyed: the other side refuses or returns the first one for the same key: repeat with the same key
 * - probe-first: ask by the key whether it happened, adopt what is found, else repeat
 * - manual: cannot be asked: stop in plain sight for a person
 */
export type EffectClass = 'idempotent' | 'keyed' | 'probe-first' | 'manual';

/** One thing to do outside. `T` is kept as JSON and given back, not done again, once it is recorded. */
export interface Effect<T> {
  /** Unique for the thing that shall happen once; at most 190 ASCII characters. */
  key: string;
  adapter: string;
  operation: string;
  class: EffectClass;
  /** What is asked for, for people to read in the ledger. Never a secret. */
  request: Record<string, unknown>;
  act(): Promise<T>;
  /** probe-first only: what the earlier attempt made, if anything. */
  probe?(): Promise<T | undefined>;
  /** probe-first only: how long the other side may hide what it has done, counted from when it was sent (search lag plus the call's time-out). */
  lagMs?: number;
}

/** Not an error: the work goes on at another time. */
export class Later extends Error {
  readonly ms: number;
  readonly progress: Record<string, unknown> | undefined;

  constructor(ms: number, why: string, progress?: Record<string, unknown>) {
    super(why);
    this.name = 'Later';
    this.ms = ms;
    this.progress = progress;
  }
}

/** Only a person can say whether it happened. */
export class Parked extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Parked';
  }
}
