import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type AssetAnswer, appear, type StoryOptions } from '../../demo/story.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

let hub: TestHub;
let story: StoryOptions;

beforeAll(async () => {
  hub = await testHub({ machines: 1, without: ['JIRA'] });
  story = { stage: hub.stage, hub: hub.client, cast: hub.cast, say: () => {} };
});
afterAll(() => hub?.close());

async function timelineOf(asset: AssetAnswer): Promise<string[]> {
  const { items } = await hub.client.get<{ items: { type: string }[] }>(`/v1/assets/${asset.id}/timeline?limit=1000`);
  return items.map(({ type }) => type);
}

test('a machine with another serial than expected is not validated, and nothing of it enters the history', async () => {
  const [actor] = hub.cast;
  if (!actor) throw new Error('no machine');
  await hub.client.post('/v1/expected-machines', [
    { bmc_mac: actor.bmcMac, name: actor.name, serial: 'SOMEBODY-ELSE', site: 'ams1' },
  ]);
  await appear(story);
  const asset = await until('the fault is said', async () => {
    const { items } = await hub.client.get<{ items: AssetAnswer[] }>('/v1/assets');
    return items.find(({ state_reason }) => state_reason?.includes('SOMEBODY-ELSE'));
  });
  expect(asset.state).toBe('DISCOVERED');
  expect(await timelineOf(asset)).not.toContain('asset.inspected');
  await expect(hub.client.get(`/v1/assets/${asset.id}/inventory`)).rejects.toMatchObject({ status: 404 });
});

test('when the operator validates it by hand it goes on, and is hardened', async () => {
  const { items } = await hub.client.get<{ items: AssetAnswer[] }>('/v1/assets');
  const [asset] = items;
  if (!asset) throw new Error('no asset');
  await hub.client.post(`/v1/assets/${asset.id}/moves`, { move: 'validate', reason: 'looked at the label' });
  await until(
    'hardened',
    async () => (await hub.client.get<AssetAnswer>(`/v1/assets/${asset.id}`)).state === 'HARDENED',
  );
});

test('an address that another BMC gets is taken from the one that had it', async () => {
  const { items } = await hub.client.get<{ items: (AssetAnswer & { bmc: { address: string | null } })[] }>(
    '/v1/assets',
  );
  const [first] = items;
  if (!first?.bmc.address) throw new Error('no address');
  const bmc_mac = '02:00:00:00:99:01';
  await hub.client.post('/v1/expected-machines', { bmc_mac, name: 'newcomer', site: 'ams1' });
  await hub.stage.dhcp.discover(bmc_mac); // gets the next address of the pool
  const stranger = await until('the newcomer', async () => {
    const all = await hub.client.get<{ items: (AssetAnswer & { bmc: { address: string | null } })[] }>(
      '/v1/assets?q=newcomer',
    );
    return all.items[0];
  });
  await hub.stage.dhcp.end(hub.cast[0]?.bmcMac ?? '', 'release');
  await hub.stage.dhcp.end(bmc_mac, 'release');
  await hub.stage.dhcp.discover(bmc_mac); // the pool begins again: this is the first one's address
  const after = await until('the first has no address any more', async () => {
    const now = await hub.client.get<{ bmc: { address: string | null } }>(`/v1/assets/${first.id}`);
    return now.bmc.address === null ? now : undefined;
  });
  expect(after.bmc.address).toBeNull();
  expect((await hub.client.get<{ bmc: { address: string } }>(`/v1/assets/${stranger.id}`)).bmc.address).toBe(
    first.bmc.address,
  );
});
