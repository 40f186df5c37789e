import { afterAll, beforeAll, expect, test } from 'vitest';
import { appear, expectMachines, untilHardened } from '../../demo/story.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';
import { withRedis } from '#test/kit/test-redis.ts';

let on: TestHub;
beforeAll(async () => void (on = await testHub({ machines: 2 })));

const say = (): void => {};

test('a machine that was expected and one from NetBox go all the way to HARDENED', async () => {
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say, timeoutMs: 100_000 };
  await expectMachines(story);
  await appear(story);
  const assets = await untilHardened(story);
  expect([...assets.values()].map(({ name, state }) => [name, state])).toEqual(
    on.cast.map(({ name }) => [name, 'HARDENED']),
  );
  const { items } = await on.client.get<{ items: { state: string }[] }>('/v1/jobs?limit=1000');
  expect(items.filter((job) => job.state === 'dead')).toEqual([]);
});

test('closed, it leaves no connection to Redis or MariaDB behind', async () => {
  const { redisUrl } = on;
  const { name } = on.database;
  const of = new URL(redisUrl).pathname.slice(1);
  const clients = (): Promise<string[]> =>
    withRedis(redisUrl, async (redis) =>
      String(await redis.client('LIST'))
        .split('\n')
        .filter((line) => line.includes(` db=${of} `) && !line.includes('cmd=client')),
    );
  expect((await clients()).length).toBeGreaterThan(0);
  await on.close();
  await expect.poll(clients, { timeout: 60_000 }).toEqual([]);
  expect(name).not.toBe('');
});

afterAll(() => on.close().catch(() => undefined));
