import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { appear, expectMachines, untilHardened } from '../../demo/story.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let id: string;
let neighbour: string;
let bmc: BmcSimulator;
beforeAll(async () => {
  // Polls come once a day here: whatever is read in between was read because of an event.
  const env = { HEALTH_POLL_MS: '86400000', LOG_POLL_MS: '86400000', EVENT_CHECK_MS: '1500', BMC_EVENT_STREAMS: '5' };
  on = await testHub({ machines: 2, env, events: true });
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 };
  await expectMachines(story);
  await appear(story);
  const ids = [...(await untilHardened(story)).values()].map((asset) => asset.id);
  [id = '', neighbour = ''] = ids;
  const { db } = on.hub.ctx;
  const [row] = await db('assets').where({ id }).select('bmc_address');
  const address = (row as { bmc_address: string }).bmc_address;
  const found = [...on.stage.bmcs.values()].find(({ url }) => url.includes(`//${address}:`));
  if (found === undefined) throw new Error(`the stage has no BMC at ${address}`);
  bmc = found;
  // Two servers behind one BMC, as in a chassis.
  await db('assets').where({ id: neighbour }).update({ bmc_address: address });
}, 180_000);
afterAll(() => on.close());

const listeners = (): number => bmc.events?.listeners() ?? 0;
const openedStreams = (): number => bmc.requests.filter(({ path }) => path.endsWith('/SSE')).length;
const askedAt = async (asset: string): Promise<string | null> =>
  (await on.client.get<{ asked_at: string | null }>(`/v1/assets/${asset}/health`)).asked_at;

test('a BMC is listened to once, however often it is looked after, and asked for no subscription', async () => {
  await until('a listener', async () => (listeners() > 0 ? true : undefined), 60_000);
  await new Promise((resolve) => setTimeout(resolve, 4_000)); // two more looks
  expect(listeners()).toBe(1);
  expect(bmc.events?.subscriptions()).toEqual([]);
  expect(openedStreams()).toBe(1);
});

test('an event of the stream has the servers behind that BMC looked at, at once', { timeout: 120_000 }, async () => {
  for (const asset of [id, neighbour]) expect([asset, await askedAt(asset)]).toEqual([asset, null]);
  expect(bmc.events?.stream('Fan 3 has failed')).toBe(1);
  for (const asset of [id, neighbour])
    await until(`a poll of ${asset}`, async () => ((await askedAt(asset)) === null ? undefined : true), 60_000);
});

test('a worker that stops lets go of it, and the next one takes it up', { timeout: 120_000 }, async () => {
  await on.stopWorker();
  await until('nobody listens', async () => (listeners() === 0 ? true : undefined), 60_000);
  await on.startWorker();
  await until('a listener', async () => (listeners() === 1 ? true : undefined), 60_000);
});

test(
  'two workers listen once between them, and what one lets go the other takes up',
  { timeout: 240_000 },
  async () => {
    const other = await on.startWorkerProcess();
    try {
      await new Promise((resolve) => setTimeout(resolve, 4_000)); // two looks of each
      expect(listeners()).toBe(1);
      const opened = openedStreams();
      await on.stopWorker();
      const hasTakenUp = (): boolean => listeners() === 1 && openedStreams() > opened;
      await until('the other one listens', async () => (hasTakenUp() ? true : undefined), 60_000);
      const before = await askedAt(id);
      expect(bmc.events?.stream('Fan 4 has failed')).toBe(1);
      await until('a poll', async () => ((await askedAt(id)) === before ? undefined : true), 60_000);
    } finally {
      await other.stop();
    }
    await until('nobody listens', async () => (listeners() === 0 ? true : undefined), 60_000);
    await on.startWorker();
    await until('a listener', async () => (listeners() === 1 ? true : undefined), 60_000);
  },
);

test('a BMC that offers no stream any more is subscribed to', { timeout: 120_000 }, async () => {
  await on.stopWorker();
  bmc.change('/redfish/v1/EventService', { ServerSentEventUri: null });
  await on.startWorker();
  await until('a subscription', async () => (bmc.events?.subscriptions().length === 0 ? undefined : true), 60_000);
  expect(listeners()).toBe(0);
});
