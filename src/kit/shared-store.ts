/** What is shared by all processes of the hub. Losing it (an empty or unreachable Redis) costs time, never correctness. */
export interface Shared {
  /** 'process': nobody else sees it, because there is no Redis (or not now). */
  readonly reach: 'all' | 'process';
  /** A semaphore, first come first served. Null: waited in vain. @throws the signal's reason */
  lease(name: string, options: LeaseOptions): Promise<Lease | null>;
  /** Values by name; null where there is none (any more). */
  get<N extends string>(names: readonly N[]): Promise<Record<N, string | null>>;
  /** Sealed on the way. Never throws: where it is not kept, the next `get` says so. */
  set(name: string, value: string, ttlMs: number): Promise<void>;
  delete(name: string): Promise<void>;
  /** Puts a name on a list of things to look after in `dueMs`; one that is on it already gets the new time. */
  remind(list: string, name: string, dueMs: number): Promise<void>;
  /** What on the list is due, oldest first. They stay on it. */
  due(list: string, most: number): Promise<string[]>;
  forget(list: string, name: string): Promise<void>;
  /** Keyed: what stands for a secret in a name, and tells nothing of it. */
  digest(text: string): string;
}

export interface LeaseOptions {
  /** How many there are, over all processes. */
  slots: number;
  /** How many of them are wanted: as many as are free, at least one, unless `all`. Default 1. */
  want?: number;
  /** Only when every slot is free. */
  all?: boolean;
  /** It is renewed while it is held, and ends by itself so long after a crash. */
  ttlMs: number;
  /** 0: now or never. */
  waitMs: number;
  signal?: AbortSignal | undefined;
}

export interface Lease {
  /** Slots held now. 0: released, or lost (Redis forgot it, or this process slept for longer than `ttlMs`). */
  readonly slots: number;
  /** How many wait for it, as far as was seen at the last renewal. */
  readonly waiting: number;
  /** Gives back one slot. */
  give(): void;
  release(): void;
}
