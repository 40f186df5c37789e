import type { Knex } from 'knex';
import type { Ctx, TxCtx } from './ctx.ts';
import { HubError } from './error.ts';
import { newId } from './id.ts';

/** Deadlock, lock wait time-out, and the snapshot conflict of innodb_snapshot_isolation: nothing is wrong with the work itself. */
const TRANSIENT_ERRNO = new Set([1213, 1205, 1020]);
/** The lightest of those that wait for each other is always the victim: it has to outlast all heavier ones that come meanwhile. */
const ATTEMPTS = 20;
const LONGEST_PAUSE_MS = 1000;
/** How long to keep asking whether a COMMIT without an answer happened; a server that restarts needs seconds. */
const READ_BACK_MS = 30_000;

/**
 * The one way to change state. Rolls back on every error (after a 1205 the earlier half would otherwise still be committed),
 * repeats on a deadlock or lock time-out, and when the answer to COMMIT is lost reads back whether it happened before
 * anything goes on. The body may run more than once, so it reaches the database only.
 *
 * @throws HubError unavailable when a lost COMMIT could not be read back: the caller then does not know, and must look.
 */
export async function tx<T>(ctx: Ctx, body: (tx: TxCtx) => Promise<T>, options: TxOptions = {}): Promise<T> {
  const learnt: TxCtx['learnt'] = new Map();
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(ctx, body, options, learnt);
    if ('result' in outcome) return outcome.result;
    if (attempt >= ATTEMPTS || !outcome.again) throw outcome.error;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(10 * 2 ** attempt, LONGEST_PAUSE_MS)));
  }
}

export interface TxOptions {
  /**
   * `read committed`: each read sees what was committed before it. For work that learns step by step what it has to lock: what it reads
   * after it got a lock is then the newest. Default: MariaDB's, repeatable read.
   */
  isolation?: 'read committed';
}

type Outcome<T> = { result: T } | { error: unknown; again: boolean };

async function attemptOnce<T>(
  ctx: Ctx,
  body: (tx: TxCtx) => Promise<T>,
  options: TxOptions,
  learnt: TxCtx['learnt'],
): Promise<Outcome<T>> {
  const id = newId();
  const after: (() => void)[] = [];
  const trx = await ctx.db.transaction(options.isolation ? { isolationLevel: options.isolation } : {});
  // knex swallows the error of COMMIT and ROLLBACK in their own promises and rejects this one instead.
  const ended = trx.executionPromise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  let result: T;
  try {
    result = await body({ ...ctx, db: trx, learnt, afterCommit: (act) => void after.push(act) });
    await trx.raw('INSERT INTO commits (id) VALUES (?)', [id]);
  } catch (error) {
    await trx.rollback();
    await ended;
    return { error, again: TRANSIENT_ERRNO.has(errnoOf(error)) };
  }
  await trx.commit();
  const failed = await ended;
  if (failed !== undefined) {
    if (errnoOf(failed.error) !== 0 && TRANSIENT_ERRNO.has(errnoOf(failed.error)))
      return { error: failed.error, again: true };
    if (!(await wasCommitted(ctx, id))) return { error: failed.error, again: true };
  }
  for (const act of after) act();
  return { result };
}

/**
 * A locking read: if the server still holds the transaction open (it has not noticed yet that the connection is gone), this
 * waits until it is committed or rolled back.
 */
async function wasCommitted(ctx: Ctx, id: string): Promise<boolean> {
  const until = Date.now() + READ_BACK_MS;
  for (;;) {
    try {
      return await ctx.db.transaction(async (trx: Knex.Transaction) => {
        const rows = await trx('commits').where({ id }).forUpdate().select('id');
        return rows.length > 0;
      });
    } catch (cause) {
      if (Date.now() > until) {
        throw new HubError(
          'unavailable',
          'The database went away during a commit and did not come back to say whether it happened',
          { cause },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The server's error number; 0 where the error did not come from the server (a lost connection). */
export function errnoOf(error: unknown): number {
  const errno = (error as { errno?: unknown }).errno;
  return typeof errno === 'number' && errno >= 1000 && errno < 10_000 ? errno : 0;
}

export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === 1062;
}

/** A value does not fit its column: out of range, truncated, of the wrong form, too long, or against a CHECK. Trying again cannot help. */
const DATA_ERRNO = new Set([1264, 1265, 1292, 1366, 1406, 4025]);

export function isDataFault(error: unknown): boolean {
  return DATA_ERRNO.has(errnoOf(error));
}
