import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubRefusal, until } from '../../demo/hub-client.ts';
import { appear, type AssetAnswer, expectMachines } from '../../demo/story.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

let hub: TestHub;

beforeAll(async () => {
  hub = await testHub({ machines: 1, without: ['JIRA', 'AWX'] });
  const story = { stage: hub.stage, hub: hub.client, cast: hub.cast, say: () => {} };
  await expectMachines(story);
  await appear(story);
  await until('it is there', async () => (await hub.client.get<{ items: unknown[] }>('/v1/assets')).items.length === 1);
});
afterAll(() => hub?.close());

async function find(query: Record<string, string>): Promise<(string | null)[]> {
  const { items } = await hub.client.get<{ items: AssetAnswer[] }>(`/v1/assets?${new URLSearchParams(query)}`);
  return items.map(({ name }) => name);
}

test('a server is found by what people type', async () => {
  const { name, serial, bmcMac } = hub.cast[0] ?? { name: '', serial: '', bmcMac: '' };
  for (const q of [
    name,
    name.slice(0, 5).toUpperCase(),
    serial.toLowerCase(),
    bmcMac.replaceAll(':', '-').toUpperCase(),
  ])
    expect(await find({ q })).toEqual([name]);
  for (const q of ['%', '_', 'nobody', name.slice(1)]) expect(await find({ q })).toEqual([]);
});

test('a filter that is not known is refused by name: it would have let everything through', async () => {
  const refusal = await find({ stat: 'HARDENED' }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(HubRefusal);
  expect(refusal).toMatchObject({ status: 400, message: expect.stringContaining('query.stat') });
});

test('a key tells who it is', async () => {
  expect(await hub.client.get('/v1/me')).toMatchObject({ scopes: ['*'], actor: expect.stringMatching(/^api-key:/) });
});
