import { expect, test } from 'vitest';
import { appear, expectMachines, untilHardened } from '../../demo/story.ts';
import { brokenInvariants } from '../../demo/verify.ts';
import { testHub } from '#test/kit/test-hub.ts';
import { withRedis } from '#test/kit/test-redis.ts';

test('a Redis that forgets everything, again and again, loses nothing', async () => {
  const on = await testHub({ machines: 2, runMs: 400 });
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 };
  let flushes = 0;
  let forgotten = 0;
  const forgetting = setInterval(() => {
    flushes += 1;
    void withRedis(on.redisUrl, async (redis) => {
      forgotten += await redis.dbsize();
      await redis.flushdb();
    });
  }, 150);
  await expectMachines(story);
  await appear(story);
  const assets = await untilHardened(story).finally(() => clearInterval(forgetting));
  expect(flushes).toBeGreaterThan(3);
  expect(forgotten).toBeGreaterThan(3);
  // The last word to NetBox follows the last state here.
  await expect.poll(() => brokenInvariants(on.stage, on.cast, assets, new Map()), { timeout: 60_000 }).toEqual([]);
  await on.close();
});

test('work that was journalled while nobody was there is done by the worker that comes', async () => {
  const on = await testHub({ machines: 1, parts: ['web'] });
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 };
  await expectMachines(story);
  await appear(story);
  await withRedis(on.redisUrl, (redis) => redis.flushdb());
  await on.startWorker();
  await untilHardened(story);
  await on.close();
});
