import type { Knex } from 'knex';
import type { Log } from '../kit/kit.ts';

/** What every command and read is handed first, instead of a container. */
export interface Ctx {
  db: Knex;
  /** Who acts: `api-key:<name>`, `job:<name>`, `webhook:<adapter>`, `cli`, `system`. */
  actor: string;
  /** Id of the event or request that this follows from; null at the start of a chain. */
  cause: string | null;
  log: Log;
  signal: AbortSignal;
  now(): Date;
  /** Nudges another loop after something was committed for it. May be lost: every loop also looks by itself. */
  wake(topic: WakeTopic): void;
}

/** Only here can state change and events be appended. */
export interface TxCtx extends Ctx {
  db: Knex.Transaction;
  /** Runs after the commit; never when it is rolled back. */
  afterCommit(act: () => void): void;
  /**
   * What is kept while the same work is tried again after a deadlock. Who learns step by step what to lock remembers it here, and the next
   * time takes all of it at once, in order: otherwise the same deadlock may come at each attempt.
   */
  learnt: Map<string, Set<string>>;
}

export type WakeTopic = 'relay' | 'deliveries' | 'jobs';
