import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, type LoggedEvent } from '#src/core/event.ts';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { append } from '#src/events/append.ts';
import { createCatalogue } from '#src/events/catalogue.ts';
import { outboxLagSeconds, readFeed, readTimeline } from '#src/events/reads.ts';
import { relayOnce } from '#src/events/relay.ts';
import { defineJob, type Reaction } from '#src/journal/job.ts';
import { findJob, listJobs } from '#src/journal/reads.ts';
import { seeded } from '#test/kit/seeded.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase()));
afterAll(() => database.close());

const happened = defineEvent({
  type: 'thing.happened',
  version: 1,
  topic: 'things',
  Data: z.object({ n: z.number(), mac: z.string().optional() }),
  sentence: (data) => `thing ${data.n}`,
});
const catalogue = createCatalogue({ happened });

const lookJob = defineJob({
  name: 'look',
  Input: z.strictObject({ mac: z.string() }),
  attempts: 3,
  timeLimitMs: 1000,
  dedupe: (input) => input.mac,
  subject: (input) => ({ type: 'bmc', id: input.mac }),
});
const look: Reaction = {
  name: 'look-at-thing',
  on: [happened.type],
  job: lookJob,
  input: (event) => (event.data['mac'] === undefined ? undefined : { mac: event.data['mac'] }),
};

async function happen(
  n: number,
  more: { mac?: string; assetId?: string; once?: string; throws?: boolean } = {},
  db = database.db,
): Promise<string> {
  return tx(testCtx(db), async (inside) => {
    const id = await append(inside, happened, {
      subject: { type: 'asset', id: more.assetId ?? 'a' },
      data: { n, ...(more.mac === undefined ? {} : { mac: more.mac }) },
      ...(more.once === undefined ? {} : { once: more.once }),
    });
    if (more.throws) throw new Error('rolled back');
    return id;
  });
}

async function relayAll(reactions: readonly Reaction[] = [], db = database.db): Promise<string[]> {
  const jobs: string[] = [];
  for (;;) {
    const taken = await relayOnce(testCtx(db), reactions, 7);
    jobs.push(...taken.jobs);
    if (taken.events === 0) return jobs;
  }
}

/** All of it after a place. */
async function feed(after = 0): Promise<LoggedEvent[]> {
  const page = await readFeed(testCtx(database.db), catalogue, { after, limit: 1000 });
  const last = page.at(-1)?.sequence;
  return typeof last === 'number' ? [...page, ...(await feed(last))] : page;
}

describe('the feed', () => {
  test('gives every committed event one place without gaps, and none to those rolled back, with writers and two relays at once', async () => {
    const random = seeded(7);
    const committed = new Set<string>();
    const writers = Array.from({ length: 6 }, (_, writer) => ({
      writer,
      db: writer % 2 === 0 ? database.db : database.connect(),
    }));
    let writing = true;
    const wrote = Promise.all(
      writers.map(async ({ writer, db }) => {
        for (let index = 0; index < 25; index += 1) {
          const throws = random() < 0.25;
          const id = await happen(writer * 100 + index, { throws, assetId: `w${writer}` }, db).catch((error: Error) => {
            if (error.message !== 'rolled back') throw error;
            return undefined;
          });
          if (id !== undefined) committed.add(id);
        }
      }),
    ).finally(() => (writing = false));
    const read: { id: string; sequence: number | null }[] = [];
    const reader = (async () => {
      for (let more = true; more;) {
        more = writing || (await outboxLagSeconds(testCtx(database.db))).waiting > 0;
        read.push(...(await feed(read.at(-1)?.sequence ?? 0)));
      }
    })();
    const relays = [database.connect(), database.connect()].map(async (db) => {
      for (let more = true; more;) {
        more = writing;
        const { events } = await relayOnce(testCtx(db), [], 5);
        more ||= events > 0;
      }
    });
    await Promise.all([wrote, ...relays, reader]);
    // A reader that goes on from its last place while all of this happens misses nothing and sees nothing twice.
    expect(read.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: committed.size }, (_, index) => index + 1),
    );
    expect(new Set(read.map(({ id }) => id))).toEqual(committed);
    expect(committed.size).toBeGreaterThan(80);
    expect((await outboxLagSeconds(testCtx(database.db))).waiting).toBe(0);
    expect(await database.db('events').whereNull('sequence').select('id')).toEqual([]);
  });

  test('is kept by a relay that is behind while others go on writing', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 220; n += 1) ids.push(await happen(n));
    let writing = true;
    const wrote = [1, 2, 3].map(async (writer) => {
      const db = database.connect();
      while (writing) ids.push(await happen(0, { assetId: `busy-${writer}` }, db));
    });
    let placed = 0;
    for (let turn = 0; turn < 12; turn += 1) placed += (await relayOnce(testCtx(database.db), [], 200)).events;
    writing = false;
    await Promise.all(wrote);
    placed += (await relayOnce(testCtx(database.db), [], 10_000)).events;
    expect(placed).toBe(ids.length);
    expect(await database.db('events').whereNull('sequence').select('id')).toEqual([]);
  });

  test('tells what happened to one subject in the order in which it happened', async () => {
    const assetId = newId();
    // Said once by a key, or not: the ids of the two kinds do not sort with each other.
    for (let n = 1; n <= 12; n += 1) await happen(n, { assetId, ...(n % 2 === 0 ? { once: `key-${n}` } : {}) });
    await relayAll();
    const told = (await feed()).filter((event) => event.subject.id === assetId).map((event) => event.data['n']);
    expect(told).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  test('says an event that is said once per key once, also when it is said by two at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => happen(1, { assetId: 'once', once: 'run-7' })));
    expect(new Set(ids).size).toBe(1);
    await relayAll();
    expect((await feed()).filter((event) => event.id === ids[0])).toHaveLength(1);
    const timeline = await readTimeline(testCtx(database.db), { type: 'asset', id: 'once' }, { limit: 10 });
    expect(timeline.map(({ id, sentence }) => [id, sentence])).toEqual([[ids[0], 'thing 1']]);
  });
});

describe('a reaction', () => {
  test('makes a job for every one of many events: no derived id is lost', async () => {
    const events: string[] = [];
    // One in 64 of the ids that are derived would be refused by MariaDB, if nobody took care.
    for (let n = 0; n < 150; n += 1) events.push(await happen(n, { mac: `many-${n}`, once: `many-${n}` }));
    const jobs = await relayAll([look]);
    expect(jobs).toHaveLength(150);
    const kept = await listJobs(testCtx(database.db), { limit: 1000 });
    expect(
      kept.flatMap((job) => (job.cause !== null && events.includes(job.cause) ? [job.id] : [])).toSorted(),
    ).toEqual(jobs.toSorted());
  });

  test('makes one job for an event, however many relays take it', async () => {
    const id = await happen(1, { mac: 'aa' });
    const relays = [database.connect(), database.connect(), database.db];
    const taken = await Promise.all(relays.map((db) => relayAll([look], db)));
    const jobs = (await listJobs(testCtx(database.db), { cause: id, limit: 10 })).map((job) => job.id);
    expect(jobs).toHaveLength(1);
    expect(taken.flat()).toEqual(jobs);
  });

  test('that sees an event a second time adds nothing', async () => {
    const id = await happen(1, { mac: 'again' });
    await relayAll([look]);
    const [first] = await listJobs(testCtx(database.db), { cause: id, limit: 10 });
    await database.db('jobs').where({ id: first?.id }).update({ state: 'done' });
    await database.db('outbox').insert({ event_id: id, created_at: '2026-11-21 00:00:00' });
    await database.db('events').where({ id }).update({ sequence: null });
    expect(await relayAll([look])).toEqual([]);
    expect(await listJobs(testCtx(database.db), { cause: id, limit: 10 })).toHaveLength(1);
  });

  test('adds no second job while an equal one waits', async () => {
    await happen(1, { mac: 'same' });
    await happen(2, { mac: 'same' });
    expect(await relayAll([look])).toHaveLength(1);
  });

  test('that wants nothing of an event makes no job', async () => {
    const id = await happen(1);
    expect(await relayAll([look])).toEqual([]);
    expect(await listJobs(testCtx(database.db), { cause: id, limit: 10 })).toEqual([]);
  });

  test.each([
    ['gives what the job does not take', { ...look, name: 'wrong-input', input: () => ({ mac: 7 }) }],
    ['gives a key that is too long', { ...look, name: 'long-key', input: () => ({ mac: 'x'.repeat(300) }) }],
    [
      'falls over',
      {
        ...look,
        name: 'falls-over',
        input: (event: { data: Record<string, unknown> }) => (event.data['none'] as { mac: string }).mac,
      },
    ],
  ])('that %s makes a dead job with the reason, and the feed goes on', async (_what, broken) => {
    const id = await happen(1, { mac: `bad-${broken.name}` });
    const next = await happen(2, { mac: `good-${broken.name}` });
    await relayAll([broken, look]);
    const dead = (await listJobs(testCtx(database.db), { cause: id, state: 'dead', limit: 10 }))[0];
    expect(dead).toMatchObject({ name: 'look', reaction: broken.name, state: 'dead' });
    expect(String(dead?.error?.['message'])).toContain(`${broken.name} could not map thing.happened`);
    const places = (await feed()).map((event) => event.id);
    expect(places.slice(-2)).toEqual([id, next]);
    expect(await listJobs(testCtx(database.db), { cause: next, state: 'waiting', limit: 10 })).toHaveLength(1);
    expect((await findJob(testCtx(database.db), String(dead?.id)))?.finished_at).not.toBeNull();
  });
});
