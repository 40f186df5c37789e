import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { appear, type AssetAnswer, expectMachines } from '../../demo/story.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => {
  on = await testHub({ machines: 1, without: ['JIRA', 'AWX', 'NETBOX'] });
}, 180_000);
afterAll(() => on?.close());

test('a BMC that demands a new password gets one, and its server is looked at with it', async () => {
  const [bmc] = [...on.stage.bmcs.values()];
  const account = bmc?.accounts()[0];
  if (bmc === undefined || account === undefined) throw new Error('no BMC');
  account.mustChange = true;
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {} };
  await expectMachines(story);
  await appear(story);
  const asset = await until(
    'validated',
    async () => {
      const { items } = await on.client.get<{ items: AssetAnswer[] }>('/v1/assets');
      return items.find(({ state }) => state === 'PHYSICAL_VALIDATED');
    },
    30_000,
  );
  expect(account.mustChange).toBe(false);
  expect(account.password).not.toBe(bmc.password);
  expect(bmc.counters().refusedLogins).toBe(0);
  const { items } = await on.client.get<{ items: { type: string; sentence: string }[] }>(
    `/v1/assets/${asset.id}/timeline?limit=100`,
  );
  const asked = items.filter(({ type }) => type === 'asset.bmc_rotation_requested');
  expect(asked.map(({ sentence }) => sentence)).toEqual([
    'Its BMC shall get a new password: it demands a new password before anything else',
  ]);
});
