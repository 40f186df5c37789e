import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { appear, type AssetAnswer } from '../../demo/story.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

let hub: TestHub;

beforeAll(async () => {
  hub = await testHub({ machines: 1, without: ['JIRA', 'AWX', 'NETBOX'] });
});
afterAll(() => hub?.close());

test('a BMC that refuses the credentials is not asked again, until somebody corrects them: then at once', async () => {
  const [actor] = hub.cast;
  const bmc = actor && hub.stage.bmcs.get(actor.name);
  if (!actor || !bmc) throw new Error('no machine');
  const machine = { bmc_mac: actor.bmcMac, name: actor.name, site: 'ams1', bmc_username: 'root' };
  await hub.client.post('/v1/expected-machines', { ...machine, bmc_password: 'not-this-one' });
  await appear({ stage: hub.stage, hub: hub.client, cast: hub.cast, say: () => {} });
  const job = await until('the refusal is said', async () => {
    const { items } = await hub.client.get<{ items: { state: string; error: { kind: string } | null }[] }>(
      '/v1/jobs?name=inspect-asset',
    );
    return items.find(({ error }) => error?.kind === 'unauthorized');
  });
  expect(job.state).toBe('waiting');
  expect(bmc.counters().refusedLogins).toBe(1);
  const [asset] = (await hub.client.get<{ items: AssetAnswer[] }>('/v1/assets')).items;
  await hub.client.post(`/v1/assets/${asset?.id}/inspections`, {});
  await until('it was looked at again', async () => {
    const { items } = await hub.client.get<{ items: { attempts: number }[] }>('/v1/jobs?name=inspect-asset');
    return items.some(({ attempts }) => attempts > 1);
  });
  expect(bmc.counters().refusedLogins).toBe(1);

  await hub.client.post('/v1/expected-machines', { ...machine, bmc_password: bmc.password });
  await until(
    'validated',
    async () => (await hub.client.get<AssetAnswer>(`/v1/assets/${asset?.id}`)).state === 'PHYSICAL_VALIDATED',
    60_000,
  );
  expect(bmc.counters().refusedLogins).toBe(1);
});
