import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { type Effect, type EffectClass, Later, Parked } from '#src/journal/effect.ts';
import { performEffect } from '#src/journal/perform.ts';
import { claimJob, insertJob } from '#src/journal/store.ts';
import { beforeWrite } from '#src/ports/before-write.ts';
import { AdapterError, type AdapterErrorKind } from '#src/ports/adapter-error.ts';
import { testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase()));
afterAll(() => database.close());

const T0 = Date.parse('2026-11-21T06:00:00.000Z');
const LAG_MS = 10_000;

/** A system outside that does what is asked, and may fail to say so. */
function outside(options: { hiddenUntil?: number } = {}) {
  const made: string[] = [];
  const clock = { now: T0 };
  return {
    made,
    clock,
    probes: 0,
    make(): string {
      made.push(`thing-${made.length + 1}`);
      return made.at(-1) ?? '';
    },
    find(): string | undefined {
      return clock.now < (options.hiddenUntil ?? 0) ? undefined : made[0];
    },
  };
}

async function run(): Promise<{ id: string; fence: number }> {
  const id = newId();
  await insertJob(database.db, {
    id,
    name: 'work',
    input: {},
    subject: { type: 'asset', id: 'a' },
    dedupeKey: id,
    cause: null,
    reaction: null,
    now: new Date(T0),
  });
  return takeOver(id, T0);
}

async function takeOver(id: string, at: number): Promise<{ id: string; fence: number }> {
  const job = await claimJob(database.db, { id, worker: 'w', now: new Date(at), leaseUntil: new Date(at + 1) });
  if (!job) throw new Error('not claimed');
  return { id, fence: job.fence };
}

function effectOn(
  world: ReturnType<typeof outside>,
  key: string,
  kind: EffectClass,
  more: Partial<Effect<string>> = {},
): Effect<string> {
  return {
    key,
    adapter: 'jira',
    operation: 'create issue',
    class: kind,
    request: { summary: 's' },
    act: async () => world.make(),
    ...(kind === 'probe-first' ? { probe: async () => ((world.probes += 1), world.find()), lagMs: LAG_MS } : {}),
    ...more,
  };
}

const by = (job: { id: string; fence: number }, world: ReturnType<typeof outside>) => ({
  db: database.db,
  job,
  now: () => new Date(world.clock.now),
});
const rowOf = async (key: string) => (await database.db('effects').where({ effect_key: key }).select('*'))[0];

const unheard = (): AdapterError => new AdapterError('unreachable', 'no answer', { system: 'jira' });
const CLASSES: readonly EffectClass[] = ['idempotent', 'keyed', 'probe-first', 'manual'];

describe.each(CLASSES)('an effect that is %s', (kind) => {
  test('is done, and what came back is given back instead of doing it again', async () => {
    const world = outside();
    const job = await run();
    const effect = effectOn(world, newId(), kind);
    expect(await performEffect(by(job, world), effect)).toBe('thing-1');
    expect(await performEffect(by(job, world), effect)).toBe('thing-1');
    expect(await performEffect(by(await takeOver(job.id, T0 + 5000), world), effect)).toBe('thing-1');
    expect(world.made).toEqual(['thing-1']);
    expect(await rowOf(effect.key)).toMatchObject({ state: 'done', sends: 1 });
  });

  test('whose intent was written and which was never sent is sent', async () => {
    const world = outside();
    const job = await run();
    const key = newId();
    const stopped = effectOn(world, key, kind);
    // The first worker dies between writing its intent and sending.
    await database.db.raw(
      `INSERT INTO effects (effect_key, adapter, operation, class, state, request, job_id, fence, intended_at) VALUES (?, 'jira', 'create issue', ?, 'intended', '{}', ?, 1, '2026-11-21 06:00:00')`,
      [key, kind, job.id],
    );
    const next = await takeOver(job.id, T0 + 5000);
    expect(await performEffect(by(next, world), stopped)).toBe('thing-1');
    expect(world.made).toHaveLength(1);
  });

  test.each(['rejected', 'unauthorized', 'throttled', 'not-found', 'unsupported'] as const)(
    'that was refused (%s) did not happen and may be sent again',
    async (refusal: AdapterErrorKind) => {
      const world = outside();
      const job = await run();
      const key = newId();
      const refused = effectOn(world, key, kind, {
        act: () => Promise.reject(new AdapterError(refusal, 'no', { system: 'jira' })),
      });
      await expect(performEffect(by(job, world), refused)).rejects.toMatchObject({ kind: refusal });
      expect(await rowOf(key)).toMatchObject({ state: 'refused' });
      expect(await performEffect(by(job, world), effectOn(world, key, kind))).toBe('thing-1');
      expect(world.probes).toBe(0);
      expect(await rowOf(key)).toMatchObject({ state: 'done', error: null, sends: 2 });
    },
  );

  test('of a run that was taken over before it was sent is not sent by it', async () => {
    const world = outside();
    const old = await run();
    await takeOver(old.id, T0 + 5000);
    await expect(performEffect(by(old, world), effectOn(world, newId(), kind))).rejects.toBeInstanceOf(Later);
    expect(world.made).toEqual([]);
  });
});

describe('nobody heard back', () => {
  /** It happened, or not, and the answer was lost. */
  async function lose(
    world: ReturnType<typeof outside>,
    kind: EffectClass,
    happened: boolean,
  ): Promise<{ key: string; job: { id: string; fence: number } }> {
    const [job, key] = [await run(), newId()];
    const lost = effectOn(world, key, kind, {
      act: async () => {
        if (happened) world.make();
        throw unheard();
      },
    });
    await expect(performEffect(by(job, world), lost)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(await rowOf(key)).toMatchObject({ state: 'sent' });
    return { key, job: await takeOver(job.id, T0 + 5000) };
  }

  test.each(['idempotent', 'keyed'] as const)('%s: simply again', async (kind) => {
    const world = outside();
    const { key, job } = await lose(world, kind, true);
    expect(await performEffect(by(job, world), effectOn(world, key, kind))).toBe('thing-2');
    expect(await rowOf(key)).toMatchObject({ state: 'done', sends: 2 });
  });

  test('probe-first, and it is found: adopted, not done again', async () => {
    const world = outside();
    const { key, job } = await lose(world, 'probe-first', true);
    expect(await performEffect(by(job, world), effectOn(world, key, 'probe-first'))).toBe('thing-1');
    expect(world.made).toHaveLength(1);
    expect(await rowOf(key)).toMatchObject({ state: 'done', sends: 1 });
  });

  test('probe-first, not found while search may lag: waits that out, then finds it', async () => {
    const world = outside({ hiddenUntil: T0 + 8000 });
    const { key, job } = await lose(world, 'probe-first', true);
    world.clock.now = T0 + 3000;
    const early = performEffect(by(job, world), effectOn(world, key, 'probe-first'));
    await expect(early).rejects.toMatchObject({ name: 'Later', ms: LAG_MS - 3000 });
    world.clock.now = T0 + LAG_MS;
    expect(await performEffect(by(job, world), effectOn(world, key, 'probe-first'))).toBe('thing-1');
    expect(world.made).toHaveLength(1);
  });

  test('probe-first, not found when the lag is over: it did not happen, and is done', async () => {
    const world = outside();
    const { key, job } = await lose(world, 'probe-first', false);
    world.clock.now = T0 + LAG_MS - 1;
    await expect(performEffect(by(job, world), effectOn(world, key, 'probe-first'))).rejects.toBeInstanceOf(Later);
    expect(world.made).toEqual([]);
    world.clock.now = T0 + LAG_MS;
    expect(await performEffect(by(job, world), effectOn(world, key, 'probe-first'))).toBe('thing-1');
    expect(world.made).toHaveLength(1);
  });

  test('probe-first, and the question fails: nothing is done', async () => {
    const world = outside();
    const { key, job } = await lose(world, 'probe-first', true);
    world.clock.now = T0 + 2 * LAG_MS;
    const blind = effectOn(world, key, 'probe-first', { probe: () => Promise.reject(unheard()) });
    await expect(performEffect(by(job, world), blind)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(world.made).toHaveLength(1);
    expect(await rowOf(key)).toMatchObject({ state: 'sent', sends: 1 });
  });

  test('manual: parked for a person, and stays so', async () => {
    const world = outside();
    const { key, job } = await lose(world, 'manual', true);
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(performEffect(by(job, world), effectOn(world, key, 'manual'))).rejects.toBeInstanceOf(Parked);
    }
    expect(world.made).toHaveLength(1);
    expect(await rowOf(key)).toMatchObject({ state: 'parked', sends: 1 });
  });

  test('an answer that is garbage counts as no answer', async () => {
    const world = outside();
    const [job, key] = [await run(), newId()];
    const garbled = effectOn(world, key, 'probe-first', {
      act: async () => (world.make(), Promise.reject(new AdapterError('malformed', '<html>', { system: 'jira' }))),
    });
    await expect(performEffect(by(job, world), garbled)).rejects.toMatchObject({ kind: 'malformed' });
    expect(await performEffect(by(job, world), effectOn(world, key, 'probe-first'))).toBe('thing-1');
    expect(world.made).toHaveLength(1);
  });

  test('an answer that comes after the run was taken over is kept all the same', async () => {
    const world = outside();
    const [job, key] = [await run(), newId()];
    let answer = (): void => {};
    const slow = effectOn(world, key, 'manual', {
      act: () => new Promise((resolve) => (answer = () => resolve(world.make()))),
    });
    const first = performEffect(by(job, world), slow);
    await expect.poll(async () => (await rowOf(key))?.state).toBe('sent');
    const second = performEffect(by(await takeOver(job.id, T0 + 5000), world), effectOn(world, key, 'manual'));
    await expect(second).rejects.toBeInstanceOf(Parked);
    answer();
    expect(await first).toBe('thing-1');
    expect(await rowOf(key)).toMatchObject({ state: 'done' });
  });
});

test.each(['probe-first', 'manual'] as const)('two runs at once of one %s effect act once', async (kind) => {
  for (let round = 0; round < 8; round += 1) {
    const world = outside();
    const [job, key] = [await run(), newId()];
    let started = 0;
    const slowly = effectOn(world, key, kind, {
      act: async () => {
        started += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return world.make();
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => performEffect(by(job, world), slowly)));
    expect(started).toBe(1);
    // One that comes when it is done is told what came of it.
    const told = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(new Set(told)).toEqual(new Set(['thing-1']));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(['Later', 'Parked']).toContain(outcome.reason.name);
    expect(await performEffect(by(job, world), slowly)).toBe('thing-1');
  }
});

describe('a database that takes the mark late', () => {
  /** The clock jumps once, by so much, while the mark is written. */
  const late = (job: { id: string; fence: number }, world: ReturnType<typeof outside>, byMs: number) => {
    let asked = 0;
    return {
      ...by(job, world),
      now(): Date {
        asked += 1;
        // First for the intent, then for the mark, then to see how long that took.
        if (asked === 3) world.clock.now += byMs;
        return new Date(world.clock.now);
      },
    };
  };

  test('does not make the deed look older than it is: nobody sends again before the other side must show it', async () => {
    const key = `late-${newId()}`;
    const world = outside({ hiddenUntil: T0 + 20_000 + LAG_MS });
    const job = await run();
    const lost: Effect<string> = effectOn(world, key, 'probe-first', {
      act: async () => {
        world.make();
        throw new AdapterError('unreachable', 'no answer', { system: 'jira' });
      },
    });
    await expect(performEffect(late(job, world, 20_000), lost)).rejects.toMatchObject({ kind: 'unreachable' });
    const [row] = await database.db('effects').where({ effect_key: key }).select('sent_at', 'sends');
    expect([String(row.sent_at).slice(0, 19), Number(row.sends)]).toEqual(['2026-11-21 06:00:20', 2]);
    world.clock.now = T0 + 20_000 + LAG_MS - 1;
    const next = await takeOver(job.id, world.clock.now);
    await expect(performEffect(by(next, world), effectOn(world, key, 'probe-first'))).rejects.toBeInstanceOf(Later);
    world.clock.now += 1;
    expect(await performEffect(by(next, world), effectOn(world, key, 'probe-first'))).toBe('thing-1');
    expect(world.made).toEqual(['thing-1']);
  });
});

describe('a deed that looks things up first', () => {
  const sentAt = async (key: string): Promise<number> => new Date(String((await rowOf(key)).sent_at)).getTime();
  /** As an adapter does it: so long for what it must know, then the request. */
  const slowly = (world: ReturnType<typeof outside>, ms: number, meanwhile: () => Promise<unknown> = async () => {}) =>
    effectOn(world, newId(), 'probe-first', {
      async act() {
        world.clock.now += ms;
        await meanwhile();
        await beforeWrite();
        return world.make();
      },
    });

  test('is marked once more right before the request goes out', async () => {
    const world = outside();
    const effect = slowly(world, 90_000);
    expect(await performEffect(by(await run(), world), effect)).toBe('thing-1');
    expect(await sentAt(effect.key)).toBe(T0 + 90_000);
  });

  test('is not marked again where the mark is fresh, by however many requests', async () => {
    const world = outside();
    const quick = slowly(world, 100);
    await performEffect(by(await run(), world), quick);
    expect(await rowOf(quick.key)).toMatchObject({ sends: 1 });
    const slow = outside();
    const several = effectOn(slow, newId(), 'probe-first', {
      async act() {
        slow.clock.now += 90_000;
        await Promise.all([beforeWrite(), beforeWrite(), beforeWrite()]);
        return slow.make();
      },
    });
    await performEffect(by(await run(), slow), several);
    expect(await rowOf(several.key)).toMatchObject({ sends: 2 });
  });

  test('does not go out once another worker has it', async () => {
    const world = outside();
    const job = await run();
    let first = true;
    const effect: Effect<string> = slowly(world, 20_000, async () => {
      if (!first) return;
      first = false;
      // This one stood still meanwhile; the lag is over, and the other found nothing.
      expect(await performEffect(by(await takeOver(job.id, world.clock.now), world), effect)).toBe('thing-1');
    });
    await expect(performEffect(by(job, world), effect)).rejects.toBeInstanceOf(Later);
    expect(world.made).toEqual(['thing-1']);
    expect(await rowOf(effect.key)).toMatchObject({ state: 'done' });
  });

  test('leaves nothing behind that would mark it later', async () => {
    const world = outside();
    let left: Promise<void> | undefined;
    const over = Promise.withResolvers<void>();
    const effect = effectOn(world, newId(), 'probe-first', {
      async act() {
        left = over.promise.then(beforeWrite);
        return world.make();
      },
    });
    await performEffect(by(await run(), world), effect);
    world.clock.now += 90_000;
    over.resolve();
    await left;
    expect(await sentAt(effect.key)).toBe(T0);
  });
});
