import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tx } from '#src/core/tx.ts';
import { seeded } from '#test/kit/seeded.ts';
import { type Loss, startLossyProxy } from '#test/kit/lossy-proxy.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await database.db.raw('CREATE TABLE places (id int NOT NULL PRIMARY KEY, n int NOT NULL) ENGINE=InnoDB');
  await database.db.raw(
    'CREATE TABLE marks (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, run varchar(60) NOT NULL) ENGINE=InnoDB',
  );
});
afterAll(() => database.close());

const marksOf = async (run: string): Promise<number> => (await database.db('marks').where({ run }).select('id')).length;
const placeOf = async (id: number): Promise<number> =>
  Number((await database.db('places').where({ id }).select('n'))[0].n);

describe('a transaction', () => {
  test('that throws leaves nothing behind and runs nothing after it', async () => {
    const ctx = testCtx(database.db);
    let after = 0;
    const failing = tx(ctx, async (inside) => {
      inside.afterCommit(() => (after += 1));
      await inside.db('marks').insert({ run: 'thrown' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await marksOf('thrown')).toBe(0);
    expect(after).toBe(0);
  });

  test('that fails in the database leaves nothing behind either, and its connection goes on', async () => {
    const ctx = testCtx(database.db);
    await database.db('places').insert({ id: 1, n: 0 });
    const failing = tx(ctx, async (inside) => {
      await inside.db('marks').insert({ run: 'duplicate' });
      await inside.db('places').insert({ id: 1, n: 5 });
    });
    await expect(failing).rejects.toMatchObject({ errno: 1062 });
    expect(await marksOf('duplicate')).toBe(0);
    await tx(ctx, (inside) => inside.db('marks').insert({ run: 'next' }));
    expect(await marksOf('next')).toBe(1);
  });

  test('gives back the result and runs what was asked for after the commit, once', async () => {
    const ctx = testCtx(database.db);
    const seen: number[] = [];
    const result = await tx(ctx, async (inside) => {
      await inside.db('marks').insert({ run: 'after' });
      inside.afterCommit(() => seen.push(1));
      return 42;
    });
    expect(result).toBe(42);
    expect(seen).toEqual([1]);
  });

  test('that learns what to lock step by step keeps what it learnt over its attempts, and no longer', async () => {
    const ctx = testCtx(database.db);
    const seen: string[][] = [];
    for (let round = 0; round < 2; round += 1)
      await tx(ctx, async ({ learnt }) => {
        const own = learnt.get('places') ?? new Set();
        learnt.set('places', own);
        seen.push([...own]);
        own.add(`place ${seen.length}`);
        if (own.size < 3) throw Object.assign(new Error('a deadlock'), { errno: 1213 });
      });
    const round = (first: number): string[][] => [[], [`place ${first}`], [`place ${first}`, `place ${first + 1}`]];
    expect(seen).toEqual([...round(1), ...round(4)]);
  });

  test('is run again when it was the victim of a deadlock (1213)', async () => {
    await database.db('places').insert([
      { id: 10, n: 0 },
      { id: 11, n: 0 },
    ]);
    const bodies = { left: 0, right: 0 };
    let arrived = 0;
    let open = (): void => {};
    const bothHoldOne = new Promise<void>((resolve) => (open = resolve));
    const run = (name: 'left' | 'right', first: number, second: number): Promise<void> =>
      tx(testCtx(database.db), async (inside) => {
        bodies[name] += 1;
        await inside.db('places').where({ id: first }).increment('n', 1);
        arrived += 1;
        if (arrived === 2) open();
        await bothHoldOne;
        await inside.db('places').where({ id: second }).increment('n', 1);
        await inside.db('marks').insert({ run: 'deadlock' });
      });
    await Promise.all([run('left', 10, 11), run('right', 11, 10)]);
    expect(bodies.left + bodies.right).toBeGreaterThan(2);
    expect([await placeOf(10), await placeOf(11)]).toEqual([2, 2]);
    expect(await marksOf('deadlock')).toBe(2);
  });

  test('is run again as a whole when it waited too long for a lock (1205)', async () => {
    await database.db('places').insert({ id: 20, n: 0 });
    const holder = await database.connect().transaction();
    await holder('places').where({ id: 20 }).increment('n', 1);
    let bodies = 0;
    await tx(testCtx(database.db), async (inside) => {
      bodies += 1;
      await inside.db.raw('SET SESSION innodb_lock_wait_timeout = 1');
      // Of a 1205 the server rolls back the statement only: this one would stay, and be there twice.
      await inside.db('marks').insert({ run: 'lock-wait' });
      if (bodies === 2) await holder.commit();
      await inside.db('places').where({ id: 20 }).increment('n', 1);
    });
    expect(bodies).toBe(2);
    expect(await marksOf('lock-wait')).toBe(1);
    expect(await placeOf(20)).toBe(2);
  });

  test('whose connection breaks before its COMMIT throws and leaves nothing', async () => {
    const proxy = await startLossyProxy(database.url);
    const db = database.connect(proxy.url);
    const failing = tx(testCtx(db), async (inside) => {
      await inside.db('marks').insert({ run: 'cut' });
      await inside.db.raw('KILL CONNECTION_ID()').catch(() => undefined);
      await inside.db('marks').insert({ run: 'cut' });
    });
    await expect(failing).rejects.toThrow();
    expect(await marksOf('cut')).toBe(0);
    await tx(testCtx(db), (inside) => inside.db('marks').insert({ run: 'cut, next' }));
    expect(await marksOf('cut, next')).toBe(1);
    await db.destroy();
    await proxy.close();
  });
});

describe('a COMMIT without an answer', () => {
  const seed = Number(process.env['TEST_SEED'] ?? 20_261_121);

  test(`is read back: what was done is done once, over 60 runs (seed ${seed})`, async () => {
    const proxy = await startLossyProxy(database.url);
    const db = database.connect(proxy.url);
    const random = seeded(seed);
    const losses: readonly Loss[] = ['pass', 'before', 'after', 'racing'];
    // Half of the COMMITs pass, or eight losses in a row would make the transaction give up, rightly.
    proxy.decide = () => (random() < 0.4 ? 'pass' : (losses[Math.floor(random() * losses.length)] ?? 'pass'));
    await database.db('places').insert({ id: 30, n: 0 });
    const after: string[] = [];
    const wrong: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const run = `lost-${index}`;
      const told = await tx(testCtx(db), async (inside) => {
        inside.afterCommit(() => after.push(run));
        await inside.db('places').where({ id: 30 }).increment('n', 1);
        await inside.db('marks').insert({ run });
        return run;
      });
      const times = await marksOf(run);
      if (told !== run || times !== 1) wrong.push(`${run} is there ${times} times`);
    }
    expect(wrong).toEqual([]);
    expect(await placeOf(30)).toBe(60);
    expect(after).toEqual(Array.from({ length: 60 }, (_, index) => `lost-${index}`));
    // Of each kind there were some, or the test proves nothing.
    for (const loss of losses) expect(proxy.counts[loss], loss).toBeGreaterThan(5);
    await db.destroy();
    await proxy.close();
  });

  test('that the server hears of only later is waited for: the transaction is open until then', async () => {
    const proxy = await startLossyProxy(database.url);
    const db = database.connect(proxy.url);
    proxy.decide = (nth) => (nth === 1 ? 'late' : 'pass');
    let bodies = 0;
    await tx(testCtx(db), async (inside) => {
      bodies += 1;
      await inside.db('marks').insert({ run: 'late' });
    });
    expect(proxy.counts.late).toBe(1);
    expect(bodies).toBe(1);
    expect(await marksOf('late')).toBe(1);
    await db.destroy();
    await proxy.close();
  });

  test('of many transactions at once: each is there once', async () => {
    const proxy = await startLossyProxy(database.url);
    const db = database.connect(proxy.url);
    const random = seeded(seed + 1);
    proxy.decide = () => (['pass', 'pass', 'before', 'after', 'racing'] as const)[Math.floor(random() * 5)] ?? 'pass';
    await database.db('places').insert({ id: 40, n: 0 });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        tx(testCtx(db), async (inside) => {
          await inside.db('marks').insert({ run: `many-${index}` });
          await inside.db('places').where({ id: 40 }).increment('n', 1);
        }),
      ),
    );
    expect(await placeOf(40)).toBe(30);
    const counted = await database.db('marks').where('run', 'like', 'many-%').select('run');
    expect(counted.map((row) => row.run).toSorted()).toEqual(
      Array.from({ length: 30 }, (_, index) => `many-${index}`).toSorted(),
    );
    await db.destroy();
    await proxy.close();
  });
});
