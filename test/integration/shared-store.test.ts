import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectRedis } from '#jobs/wake.ts';
import { createSeal } from '#src/core/seal.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import type { Lease, LeaseOptions, Shared } from '#src/kit/shared-store.ts';
import { createSharedStore } from '#src/shared-store.ts';
import { testRedisUrl, withRedis } from '#test/kit/test-redis.ts';

const SECRET = 'a secret key that is long enough for a test';
let url = '';
beforeAll(async () => {
  url = await testRedisUrl();
});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await withRedis(url, (redis) => redis.flushdb());
});

/** What one process has. */
function process1(secretKey = SECRET) {
  const redis = connectRedis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2000 });
  redis.on('error', () => undefined);
  const { log, logged } = kitForTests('redfish');
  const store = createSharedStore({ redis, seal: createSeal(secretKey), secretKey, log, renewMs: 100 });
  ends.push(() => {
    store.close();
    redis.disconnect();
  });
  return {
    store,
    redis,
    logged,
    shared: store.of('redfish'),
    ready: () => vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 60_000 }),
  };
}

async function processes(count: number) {
  const all = Array.from({ length: count }, () => process1());
  for (const one of all) await one.ready();
  return all;
}

async function take(shared: Shared, more: Partial<LeaseOptions> = {}): Promise<Lease> {
  const lease = await shared.lease('bmc', { slots: 2, ttlMs: 2_000, waitMs: 30_000, ...more });
  if (lease === null) throw new Error('waited in vain');
  return lease;
}

describe('a lease', () => {
  test('is never held by more than there are slots, whoever comes', async () => {
    const all = await processes(4);
    let held = 0;
    let most = 0;
    const turn = async (shared: Shared, want: number): Promise<void> => {
      const lease = await take(shared, { slots: 3, want, waitMs: 30_000 });
      held += lease.slots;
      most = Math.max(most, held);
      await sleep(Math.random() * 8);
      held -= lease.slots;
      lease.release();
    };
    await Promise.all(all.flatMap(({ shared }) => Array.from({ length: 25 }, (_, at) => turn(shared, 1 + (at % 3)))));
    expect(most).toBe(3);
  });

  test('goes to who came first', async () => {
    const [a, b, c] = await processes(3);
    const first = await take(a!.shared, { slots: 1 });
    const order: string[] = [];
    const wait = async (name: string, shared: Shared): Promise<void> => {
      const lease = await take(shared, { slots: 1 });
      order.push(name);
      lease.release();
    };
    const second = wait('second', b!.shared);
    await vi.waitFor(() => expect(first.waiting).toBe(1), { timeout: 60_000 });
    const third = wait('third', c!.shared);
    await vi.waitFor(() => expect(first.waiting).toBe(2), { timeout: 60_000 });
    first.release();
    await Promise.all([second, third]);
    expect(order).toEqual(['second', 'third']);
  });

  test('is renewed while it is held, and its holder learns who waits', async () => {
    const [a, b] = await processes(2);
    const lease = await take(a!.shared, { want: 2, ttlMs: 2_000 });
    expect(lease.slots).toBe(2);
    const waiting = take(b!.shared);
    await sleep(3_000); // longer than it would last
    expect(lease).toMatchObject({ slots: 2, waiting: 1 });
    lease.give();
    expect((await waiting).slots).toBe(1);
    expect(lease.slots).toBe(1);
  });

  test('ends by itself when its holder is gone', async () => {
    const [a, b] = await processes(2);
    await take(a!.shared, { want: 2, ttlMs: 500 });
    a!.redis.disconnect(); // as after a SIGKILL: no renewal, no release
    const started = performance.now();
    await take(b!.shared);
    expect(performance.now() - started).toBeGreaterThan(300);
  });

  test('that Redis has forgotten is lost, and says so', async () => {
    const [a] = await processes(1);
    const lease = await take(a!.shared);
    await withRedis(url, (redis) => redis.flushdb());
    await vi.waitFor(() => expect(lease.slots).toBe(0), { timeout: 60_000 });
  });

  test('all of it only when nobody has any', async () => {
    const [a, b] = await processes(2);
    const one = await take(a!.shared);
    const all: LeaseOptions = { slots: 4, all: true, ttlMs: 2_000, waitMs: 0 };
    expect(await b!.shared.lease('bmc', all)).toBeNull();
    one.release();
    await vi.waitFor(async () => expect((await b!.shared.lease('bmc', all))?.slots).toBe(4), { timeout: 60_000 });
    expect(await a!.shared.lease('bmc', { slots: 2, ttlMs: 2_000, waitMs: 0 })).toBeNull();
  });

  test('who gives up waiting stands in nobody’s way', async () => {
    const [a, b, c] = await processes(3);
    const held = await take(a!.shared, { slots: 1 });
    const stop = new AbortController();
    const stopped = take(b!.shared, { slots: 1, signal: stop.signal });
    const inVain = b!.shared.lease('bmc', { slots: 1, ttlMs: 2_000, waitMs: 100 });
    await sleep(150);
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    expect(await inVain).toBeNull();
    held.release();
    await take(c!.shared, { slots: 1, waitMs: 30_000 });
  });
});

describe('a value', () => {
  test('is sealed, ends, and is read by all; another key does not open it', async () => {
    const [a, b] = await processes(2);
    await a!.shared.set('token', 'swordfish', 60_000);
    await a!.shared.set('short', 'x', 50);
    expect(await b!.shared.get(['token', 'none'])).toEqual({ token: 'swordfish', none: null });
    const kept = await withRedis(url, async (redis) =>
      Promise.all((await redis.keys('*')).map((key) => redis.get(key))),
    );
    expect(kept.join()).not.toContain('swordfish');
    await vi.waitFor(async () => expect((await b!.shared.get(['short'])).short).toBeNull(), { timeout: 60_000 });
    const stranger = process1('another secret key that is long enough too');
    await stranger.ready();
    expect((await stranger.shared.get(['token'])).token).toBeNull();
    expect(stranger.logged.join()).toContain('does not open');
    await b!.shared.delete('token');
    expect((await a!.shared.get(['token'])).token).toBeNull();
    expect(a!.shared.digest('x')).toBe(b!.shared.digest('x'));
    expect(a!.shared.digest('x')).not.toBe(stranger.shared.digest('x'));
  });
});

test('a list tells what is due, oldest first, until it is forgotten', async () => {
  const [a, b] = await processes(2);
  await a!.shared.remind('sessions', 'later', 60_000);
  await a!.shared.remind('sessions', 'second', 30);
  await a!.shared.remind('sessions', 'first', 10);
  await sleep(60);
  expect(await b!.shared.due('sessions', 10)).toEqual(['first', 'second']);
  expect(await b!.shared.due('sessions', 1)).toEqual(['first']);
  await a!.shared.remind('sessions', 'first', 60_000);
  await b!.shared.forget('sessions', 'second');
  expect(await a!.shared.due('sessions', 10)).toEqual([]);
});

test('without Redis: one slot, nothing shared, never an error; and with it again when it is back', async () => {
  const [a] = await processes(1);
  a!.redis.disconnect();
  expect(await a!.shared.get(['x'])).toEqual({ x: null });
  expect(a!.shared.reach).toBe('process');
  await a!.shared.set('x', '1', 1_000);
  await a!.shared.remind('l', 'x', 0);
  expect(await a!.shared.due('l', 1)).toEqual([]);
  const one = await take(a!.shared, { want: 2 });
  expect(one.slots).toBe(1);
  expect(await a!.shared.lease('bmc', { slots: 2, ttlMs: 1_000, waitMs: 50 })).toBeNull();
  one.release();
  expect(a!.logged.filter((line) => line.includes('Redis is away'))).toHaveLength(1);
  await a!.redis.connect();
  await vi.waitFor(
    async () => {
      await a!.shared.set('x', '1', 1_000);
      expect(await a!.shared.get(['x'])).toEqual({ x: '1' });
    },
    { timeout: 240_000 },
  );
  expect(a!.store.reachable()).toBe(true);
});
