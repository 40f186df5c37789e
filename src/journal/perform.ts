import type { Knex } from 'knex';
import { AdapterError } from '../ports/adapter-error.ts';
import { withBeforeWrite } from '../ports/before-write.ts';
import { type Effect, Later, Parked } from './effect.ts';
import { type EffectRow, intendEffect, markDone, markParked, markRefused, markSent } from './effect-store.ts';
import { ownsJob } from './store.ts';

/** After these the other side has done nothing. After all others nobody knows. */
const NOTHING_HAPPENED = new Set<AdapterError['kind']>([
  'rejected',
  'unauthorized',
  'throttled',
  'not-found',
  'unsupported',
]);

export interface Performer {
  db: Knex;
  job: { id: string; fence: number };
  now(): Date;
}

/**
 * Does it outside effectively once: intent first, then the deed, then what came back. A run that finds an earlier one's
 * deed without its answer does what the effect's class allows.
 *
 * @throws Later while the other side may still hide what an earlier run did, or when another run is at it
 * @throws Parked where only a person can know
 */
export async function performEffect<T>(by: Performer, effect: Effect<T>): Promise<T> {
  const { db, job } = by;
  const seen = await intendEffect(db, { ...effect, jobId: job.id, fence: job.fence, now: by.now() });
  if (seen.state === 'done') return seen.result as T;
  if (seen.state === 'parked') throw new Parked(`${effect.operation} (${effect.key}) waits for a person`);
  if (seen.state === 'sent') {
    const found = await settle(by, effect, seen.sentAt ?? by.now());
    if (found !== undefined) return found.value;
  }
  if (!(await ownsJob(db, job))) throw new Later(0, 'another worker has taken over');
  const mark = createMark(by, effect.key, seen);
  await mark.set();
  // What is asked for by its key is believed not to have happened some time after the mark.
  const deed = effect.class === 'probe-first' ? () => withBeforeWrite(mark.renew, effect.act) : effect.act;
  return act(by, { ...effect, act: deed }).finally(mark.close);
}

/** How much older than the deed its mark may be, in milliseconds: small beside what anybody allows a call to take. */
const MARK_AGE_MS = 500;
const MARKS = 5;

/**
 * The mark that says when the deed went out. What others conclude from it depends on its time, so it is not set once: a database that is away
 * for a while takes it late, an adapter looks up fields first, or waits for its turn, and a process may stand still. Each time it also says
 * that nobody else has taken over.
 */
function createMark({ db, job, now }: Performer, key: string, seen: EffectRow) {
  let before: Pick<EffectRow, 'state' | 'fence' | 'jobId' | 'sends'> = seen;
  let at = 0;
  let renewing: Promise<void> | undefined;
  let open = true;
  const isFresh = (): boolean => now().getTime() - at < MARK_AGE_MS;

  async function set(): Promise<void> {
    for (let marks = 1; marks <= MARKS; marks += 1) {
      const time = now();
      if (!(await markSent(db, key, before, { jobId: job.id, fence: job.fence, now: time })))
        throw new Later(1000, 'another run is doing this now');
      before = { state: 'sent', fence: job.fence, jobId: job.id, sends: before.sends + 1 };
      at = time.getTime();
      if (isFresh()) return;
    }
    throw new Later(1000, 'the database takes too long to note that it is sent');
  }

  return {
    set,
    /** Right before a request: two at a time renew it once. */
    async renew(): Promise<void> {
      if (!open || isFresh()) return;
      renewing ??= set().finally(() => (renewing = undefined));
      await renewing;
    },
    /** What the deed has begun and left running (a pool, a session) is not it any more. */
    close(): void {
      open = false;
    },
  };
}

async function act<T>(by: Performer, effect: Effect<T>): Promise<T> {
  let result: T;
  try {
    result = await effect.act();
  } catch (error) {
    if (error instanceof AdapterError && didNothing(error)) {
      await markRefused(
        by.db,
        effect.key,
        { jobId: by.job.id, fence: by.job.fence },
        { kind: error.kind, message: error.message },
      );
    }
    throw error;
  }
  await markDone(by.db, effect.key, result, by.now());
  return result;
}

/** `sent: false`: the adapter knows that the other side was asked for nothing, though it did not answer. */
function didNothing({ kind, detail }: AdapterError): boolean {
  return NOTHING_HAPPENED.has(kind) || detail?.['sent'] === false;
}

/** An earlier run sent it and never heard back. @returns what that run made, or undefined when it may be sent again */
async function settle<T>(by: Performer, effect: Effect<T>, sentAt: Date): Promise<{ value: T } | undefined> {
  if (effect.class === 'idempotent' || effect.class === 'keyed') return undefined;
  if (effect.class === 'manual' || effect.probe === undefined) {
    const message = `${effect.operation} was sent at ${sentAt.toISOString()} and nobody heard back; look whether it happened`;
    await markParked(by.db, effect.key, { message });
    throw new Parked(message);
  }
  const found = await effect.probe();
  if (found !== undefined) {
    await markDone(by.db, effect.key, found, by.now());
    return { value: found };
  }
  const hiddenForMs = sentAt.getTime() + (effect.lagMs ?? 0) - by.now().getTime();
  if (hiddenForMs > 0)
    throw new Later(hiddenForMs, `${effect.operation} was sent and may not show yet; looking again before any repeat`);
  return undefined;
}
