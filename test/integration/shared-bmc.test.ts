import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startBmcSimulator, type BmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { testRedisUrl, withRedis } from '#test/kit/test-redis.ts';

let redisUrl = '';
beforeAll(async () => {
  redisUrl = await testRedisUrl();
});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await withRedis(redisUrl, (redis) => redis.flushdb());
});

async function startBmc(): Promise<BmcSimulator> {
  const bmc = await startBmcSimulator({ tree: simulatedTree('hpe'), latencyMs: 15, lockoutAfter: 3 });
  ends.push(() => bmc.close());
  return bmc;
}

interface Worker {
  child: ChildProcess;
  /** What failed. */
  work(told: { reads: number; password?: string }): Promise<string[]>;
  stop(): Promise<void>;
}

async function startWorker(bmc: BmcSimulator, idleMs = 60_000): Promise<Worker> {
  const script = new URL('./bmc-worker.ts', import.meta.url).pathname;
  const child = fork(script, [redisUrl, bmc.url, String(idleMs)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  ends.push(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return {
    child,
    async work(told) {
      child.send(told);
      const [failures] = (await once(child, 'message')) as [string[]];
      return failures;
    },
    async stop() {
      child.send('stop');
      await once(child, 'exit');
    },
  };
}

describe('worker processes at one BMC', () => {
  test('have one session and the in-flight limit of one between them', async () => {
    const bmc = await startBmc();
    const workers = await Promise.all([1, 2, 3].map(() => startWorker(bmc)));
    const failures = await Promise.all(workers.map((one) => one.work({ reads: 15 })));
    expect(failures.flat()).toEqual([]);
    expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, maxInFlight: 2, refusedLogins: 0 });
    await Promise.all(workers.map((one) => one.stop()));
    expect(bmc.openSessions()).toBe(0);
  });

  test('open an ended session once more between them', async () => {
    const bmc = await startBmc();
    const workers = await Promise.all([1, 2].map(() => startWorker(bmc)));
    await Promise.all(workers.map((one) => one.work({ reads: 2 })));
    bmc.expireSessions();
    const failures = await Promise.all(workers.map((one) => one.work({ reads: 4 })));
    expect(failures.flat()).toEqual([]);
    expect(bmc.counters().sessionsOpened).toBe(2);
    await Promise.all(workers.map((one) => one.stop()));
    expect(bmc.openSessions()).toBe(0);
  });

  test('a killed one keeps nobody out, and its session is used on and deleted in the end', async () => {
    const bmc = await startBmc();
    const [dying, living] = [await startWorker(bmc), await startWorker(bmc, 1_500)];
    const reading = dying.work({ reads: 1_000 }).catch(() => []);
    await vi.waitFor(() => expect(bmc.counters().requests).toBeGreaterThan(12), { timeout: 60_000 });
    dying.child.kill('SIGKILL');
    await once(dying.child, 'exit');
    void reading;
    // The slots of the dead end by themselves after ten seconds.
    expect(await living.work({ reads: 3 })).toEqual([]);
    expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 0, maxInFlight: 2 });
    await vi.waitFor(() => expect(bmc.counters().sessionsClosed).toBe(1), { timeout: 60_000 });
    await living.stop();
  });

  test('the token is nowhere in Redis as it is', async () => {
    const bmc = await startBmc();
    const one = await startWorker(bmc);
    await one.work({ reads: 1 });
    const token = bmc.requests.map(({ headers }) => headers['x-auth-token']).find((header) => header !== undefined);
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    const all = await withRedis(redisUrl, async (redis) => {
      const keys = await redis.keys('*');
      const values = await Promise.all(keys.map((key) => redis.dump(key)));
      return [...keys, ...values.map(String)].join('\n');
    });
    expect(all).toContain('session:');
    for (const secret of [token ?? '', 'password', bmc.url]) expect(all).not.toContain(secret);
    await one.stop();
  });

  test('without Redis each goes on alone, with one request at a time', async () => {
    const bmc = await startBmc();
    const lost = 'redis://127.0.0.1:1';
    const script = new URL('./bmc-worker.ts', import.meta.url).pathname;
    const child = fork(script, [lost, bmc.url], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    ends.push(() => child.kill('SIGKILL'));
    await once(child, 'message');
    child.send({ reads: 3 });
    const [failures] = (await once(child, 'message')) as [string[]];
    expect(failures).toEqual([]);
    expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, maxInFlight: 1 });
    child.send('stop');
    await once(child, 'exit');
    expect(bmc.openSessions()).toBe(0);
  });
});
