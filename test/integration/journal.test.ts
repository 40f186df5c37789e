import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runJob } from '#jobs/run-job.ts';
import { HubError } from '#src/core/error.ts';
import { newId } from '#src/core/id.ts';
import { createSeal } from '#src/core/seal.ts';
import { Later, Parked } from '#src/journal/effect.ts';
import { type BundleIntake, handle, type JobHandler } from '#jobs/job-ctx.ts';
import { defineJob } from '#src/journal/job.ts';
import { findJob } from '#src/journal/reads.ts';
import {
  claimJob,
  type ClaimedJob,
  endJob,
  findDue,
  findEqualWaiting,
  insertJob,
  ownsJob,
  renewLeases,
  reviveJob,
  saveProgress,
  sweepJournal,
} from '#src/journal/store.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase()));
afterAll(() => database.close());
beforeEach(async () => void (await database.db('jobs').delete()));

const T0 = new Date('2026-11-21T06:00:00.000Z');
const later = (ms: number): Date => new Date(T0.getTime() + ms);

async function add(more: { dedupeKey?: string; name?: string; now?: Date } = {}): Promise<string> {
  const id = newId();
  const { dedupeKey = id, name = 'work', now = T0 } = more;
  const added = await insertJob(database.db, {
    id,
    name,
    input: { n: 1 },
    subject: { type: 'asset', id: 'a' },
    dedupeKey,
    cause: null,
    reaction: null,
    now,
  });
  return added ? id : '';
}

async function claim(
  id: string,
  more: { worker?: string; now?: Date; leaseMs?: number } = {},
): Promise<ClaimedJob | undefined> {
  const { worker = 'w1', now = later(1), leaseMs = 1000 } = more;
  return claimJob(database.db, { id, worker, now, leaseUntil: new Date(now.getTime() + leaseMs) });
}

async function claimed(id: string, more: Parameters<typeof claim>[1] = {}): Promise<ClaimedJob> {
  const job = await claim(id, more);
  if (!job) throw new Error(`${id} could not be claimed`);
  return job;
}

const jobOf = (id: string) => findJob(testCtx(database.db), id);

describe('a claim', () => {
  test('is for one of many workers', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => add()));
    const pools = [database.db, database.connect(), database.connect()];
    const wins: string[] = [];
    await Promise.all(
      Array.from({ length: 15 }, async (_, index) => {
        for (const id of ids) {
          const db = pools[index % pools.length] ?? database.db;
          const won = await claimJob(db, { id, worker: `w${index}`, now: later(1), leaseUntil: later(1000) });
          if (won) wins.push(won.id);
        }
      }),
    );
    expect(wins.toSorted()).toEqual(ids.toSorted());
  });

  test('comes not before the job is due', async () => {
    const id = await add({ now: later(5000) });
    expect(await claim(id, { now: later(4999) })).toBeUndefined();
    expect(await claim(id, { now: later(5000) })).toMatchObject({ id, attempts: 1, fence: 1 });
  });

  test('takes over from a worker that gave no sign of life, and only then', async () => {
    const id = await add();
    const first = await claimed(id, { worker: 'gone', leaseMs: 1000 });
    expect(await claim(id, { worker: 'next', now: later(900) })).toBeUndefined();
    const second = await claimed(id, { worker: 'next', now: later(1100) });
    expect(second.fence).toBe(first.fence + 1);
    expect(await ownsJob(database.db, first)).toBe(false);
    expect(await ownsJob(database.db, second)).toBe(true);
  });

  test('that was taken over is over: the old run ends nothing, renews nothing, says nothing', async () => {
    const id = await add();
    const old = await claimed(id, { worker: 'old' });
    const now = await claimed(id, { worker: 'new', now: later(2000) });
    expect(await endJob(database.db, old, { state: 'done', result: { by: 'old' } }, later(2001))).toBe(false);
    expect(await endJob(database.db, old, { state: 'dead', error: {} }, later(2001))).toBe(false);
    expect(
      await endJob(database.db, old, { state: 'waiting', dueAt: T0, failed: true, error: null }, later(2001)),
    ).toBe(false);
    await saveProgress(database.db, old, { by: 'old' });
    expect([...(await renewLeases(database.db, { worker: 'old', jobs: [old], leaseUntil: later(9000) }))]).toEqual([]);
    expect(await jobOf(id)).toMatchObject({ state: 'active', progress: null, result: null, failures: 0 });
    expect(await endJob(database.db, now, { state: 'done', result: { by: 'new' } }, later(2002))).toBe(true);
    expect(await jobOf(id)).toMatchObject({ state: 'done', result: { by: 'new' } });
    expect(await endJob(database.db, now, { state: 'done', result: { by: 'twice' } }, later(2003))).toBe(false);
  });

  test('that is renewed is not taken over', async () => {
    const id = await add();
    const job = await claimed(id, { worker: 'w1', leaseMs: 1000 });
    expect([...(await renewLeases(database.db, { worker: 'w1', jobs: [job], leaseUntil: later(10_000) }))]).toEqual([
      id,
    ]);
    expect(await claim(id, { worker: 'w2', now: later(5000) })).toBeUndefined();
    expect(await findDue(database.db, later(5000), 10)).toEqual([]);
    expect((await findDue(database.db, later(10_001), 10)).map((due) => due.id)).toEqual([id]);
  });
});

describe('of equal jobs', () => {
  test('one waits and one runs', async () => {
    const first = await add({ dedupeKey: 'k' });
    expect(await add({ dedupeKey: 'k' })).toBe('');
    const running = await claimed(first);
    const second = await add({ dedupeKey: 'k' });
    expect(second).not.toBe('');
    expect(await add({ dedupeKey: 'k' })).toBe('');
    expect(await claim(second)).toBeUndefined();
    await endJob(database.db, running, { state: 'done', result: {} }, later(2));
    expect((await findEqualWaiting(database.db, first)).map((job) => job.id)).toEqual([second]);
    expect(await claim(second)).toMatchObject({ id: second });
  });

  test('of another name do not count', async () => {
    await add({ dedupeKey: 'k' });
    expect(await add({ dedupeKey: 'k', name: 'other work' })).not.toBe('');
  });

  test('the one that ran and must wait goes on instead of the one that was added, and as early as that was due', async () => {
    const first = await add({ dedupeKey: 'k' });
    const running = await claimed(first);
    const second = await add({ dedupeKey: 'k' });
    const end = { state: 'waiting' as const, dueAt: later(100_000), failed: false, error: { message: 'away' } };
    expect(await endJob(database.db, running, end, later(2))).toBe(true);
    // Its effects are known by its id: the other one would do them again.
    expect(await jobOf(second)).toMatchObject({ state: 'done', result: { merged: first } });
    expect(await jobOf(first)).toMatchObject({ state: 'waiting', error: { message: 'away' } });
    expect(await claim(first, { now: later(3) })).toMatchObject({ id: first, attempts: 2 });
  });

  test('many that are added at once become one', async () => {
    const added = await Promise.all(Array.from({ length: 12 }, () => add({ dedupeKey: 'at once' })));
    expect(added.filter((id) => id !== '')).toHaveLength(1);
  });
});

describe('a dead job', () => {
  test('is revived with its failures forgotten, and only when it is dead', async () => {
    const id = await add();
    expect(await reviveJob(database.db, id, later(1))).toBe(false);
    await endJob(database.db, await claimed(id), { state: 'dead', error: { message: 'no' } }, later(2));
    expect(await claim(id, { now: later(9_999_999) })).toBeUndefined();
    expect(await reviveJob(database.db, id, later(3))).toBe(true);
    expect(await jobOf(id)).toMatchObject({ state: 'waiting', failures: 0, finished_at: null });
    expect(await claim(id, { now: later(3) })).toMatchObject({ attempts: 2, fence: 2 });
  });

  test('stays dead while an equal one waits', async () => {
    const id = await add({ dedupeKey: 'k' });
    await endJob(database.db, await claimed(id), { state: 'dead', error: {} }, later(2));
    await add({ dedupeKey: 'k' });
    expect(await reviveJob(database.db, id, later(3))).toBe(false);
    expect(await jobOf(id)).toMatchObject({ state: 'dead' });
  });

  test('is not swept, however old; a done one is', async () => {
    const [dead, done] = [await add(), await add()];
    await endJob(database.db, await claimed(dead), { state: 'dead', error: {} }, later(2));
    await endJob(database.db, await claimed(done), { state: 'done', result: {} }, later(2));
    await sweepJournal(database.db, later(89 * 24 * 3_600_000));
    expect(await jobOf(done)).toBeDefined();
    await sweepJournal(database.db, later(91 * 24 * 3_600_000));
    expect(await jobOf(done)).toBeUndefined();
    expect(await jobOf(dead)).toBeDefined();
  });
});

describe('what an error means for a run', () => {
  const Work = defineJob({
    name: 'work',
    Input: z.strictObject({ n: z.number() }),
    attempts: 3,
    timeLimitMs: 200,
    dedupe: (input) => String(input.n),
    subject: () => ({ type: 'asset', id: 'a' }),
  });
  const away = (): AdapterError => new AdapterError('unreachable', 'netbox: no answer', { system: 'netbox' });

  async function run(act: JobHandler['run'], more: { id?: string; signal?: AbortSignal; now?: Date } = {}) {
    const id = more.id ?? (await add());
    const now = more.now ?? later(1);
    const ctx = testCtx(database.db, { now: () => now, ...(more.signal ? { signal: more.signal } : {}) });
    const options = {
      adapters: {} as Adapters,
      bundles: {} as BundleIntake,
      seal: createSeal('x'.repeat(32)),
      settings: {} as never,
    };
    const job = await claimed(id, { now, leaseMs: 60_000 });
    await runJob(ctx, job, handle(Work, act as never), options);
    const after = await jobOf(id);
    if (!after) throw new Error('the job is gone');
    return { ...after, id, waitsMs: Date.parse(after.due_at) - now.getTime() };
  }
  const failing = (error: unknown) => run(() => Promise.reject(error));

  test('none: done, with the result', async () => {
    expect(await run(async () => ({ outcome: 'well' }))).toMatchObject({
      state: 'done',
      result: { outcome: 'well' },
      error: null,
    });
  });

  test('Later: waits as long as it says, with its progress, and that is no failure', async () => {
    expect(await failing(new Later(4321, 'run 7 is running', { step: 'following' }))).toMatchObject({
      state: 'waiting',
      waitsMs: 4321,
      failures: 0,
      error: null,
      progress: { step: 'following' },
    });
    expect(await failing(new Later(1, 'run 7 is running'))).toMatchObject({
      progress: { step: 'waiting', why: 'run 7 is running' },
    });
  });

  test('another system is away: waits for as long as it takes, longer each time, and is never dead', async () => {
    const id = await add();
    const waits: number[] = [];
    let now = later(1);
    for (let turn = 0; turn < 12; turn += 1) {
      const job = await run(() => Promise.reject(away()), { id, now });
      expect(job).toMatchObject({
        state: 'waiting',
        failures: 0,
        error: { kind: 'unreachable', message: 'netbox: no answer', tries: turn + 1 },
      });
      waits.push(job.waitsMs);
      now = new Date(Date.parse(job.due_at) + 1);
    }
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits[11]).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });

  test('throttled: not before the other side said', async () => {
    const job = await failing(new AdapterError('throttled', 'slow down', { system: 'jira', retryAfterMs: 77_000 }));
    expect(job).toMatchObject({ state: 'waiting', failures: 0, waitsMs: 77_000 });
  });

  test('unauthorized: waits minutes, and says what to do', async () => {
    const job = await failing(new AdapterError('unauthorized', 'netbox said 403', { system: 'netbox' }));
    expect(job).toMatchObject({ state: 'waiting', failures: 0, waitsMs: 300_000 });
    expect(String(job.error?.['remedy'])).toContain('credentials');
  });

  test.each(['rejected', 'not-found', 'unsupported'] as const)(
    '%s: dead at once, with what the other side said',
    async (kind) => {
      const job = await failing(
        new AdapterError(kind, 'no such rack', { system: 'netbox', detail: { rack: ['does not exist'] } }),
      );
      expect(job).toMatchObject({
        state: 'dead',
        error: { kind, message: 'no such rack', detail: { rack: ['does not exist'] } },
      });
      expect(job.error?.['remedy']).toBeTypeOf('string');
    },
  );

  test('Parked: dead, for a person', async () => {
    expect(await failing(new Parked('look'))).toMatchObject({
      state: 'dead',
      error: { kind: 'parked', message: 'look' },
    });
  });

  test('a refusal of our own: dead, with the sentence', async () => {
    expect(await failing(new HubError('invalid', 'a device needs a site'))).toMatchObject({
      state: 'dead',
      error: { kind: 'invalid', message: 'a device needs a site' },
    });
  });

  test('the database is away: waits, and that is no failure', async () => {
    expect(await failing(Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' }))).toMatchObject({
      state: 'waiting',
      failures: 0,
    });
    expect(await failing(new HubError('unavailable', 'commit without answer'))).toMatchObject({
      state: 'waiting',
      failures: 0,
    });
  });

  test('a fault of ours: tried as often as the job says, then dead', async () => {
    const id = await add();
    const states = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const job = await run(() => Promise.reject(new TypeError('undefined is not a function')), {
        id,
        now: later(turn * 100_000 + 1),
      });
      states.push([job.state, job.failures]);
    }
    expect(states).toEqual([
      ['waiting', 1],
      ['waiting', 2],
      ['dead', 3],
    ]);
  });

  test('an input that does not fit (any more): tried, then dead, with the field', async () => {
    const id = await add();
    await database.db('jobs').where({ id }).update({ input: '{"n":"seven"}' });
    const job = await run(async () => ({}), { id });
    expect(job).toMatchObject({ state: 'waiting', failures: 1 });
    expect(String(job.error?.['message'])).toContain('"n"');
  });

  test('it takes too long: its signal aborts and it waits', async () => {
    const job = await run(
      (ctx) =>
        new Promise((_resolve, reject) =>
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error)),
        ),
    );
    expect(job).toMatchObject({ state: 'waiting', failures: 0 });
  });

  test('the worker stops: it waits, and that is no failure of the work', async () => {
    const stopping = new AbortController();
    const running = run(
      (ctx) =>
        new Promise((_resolve, reject) => {
          ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
          stopping.abort(new Error('the worker stops'));
        }),
      { signal: stopping.signal },
    );
    expect(await running).toMatchObject({ state: 'waiting', failures: 0 });
  });
});
