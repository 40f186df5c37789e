import { afterAll, beforeAll, expect, test } from 'vitest';
import { appear, type AssetAnswer, expectMachines, fallIll, untilHardened } from '../../demo/story.ts';
import { until } from '../../demo/hub-client.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let server: AssetAnswer | undefined;
beforeAll(async () => {
  on = await testHub({ machines: 1 });
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 };
  await expectMachines(story);
  await appear(story);
  server = [...(await untilHardened(story)).values()][0];
});
afterAll(() => on.close());

const entries = (): string[] =>
  on.stage.netbox.database.all('journalEntry').map((row) => `${String(row['kind'])}: ${String(row['comments'])}`);

interface Jobs {
  items: { id: string; name: string; state: string; result: Record<string, unknown> | null; error: unknown }[];
}
const jobsNamed = async (name: string) =>
  (await on.client.get<Jobs>('/v1/jobs?limit=500')).items.filter((job) => job.name === name);

test('what an operator has to see stands in the journal of the device, once, with the way back to the hub', async () => {
  const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 };
  await fallIll(story, new Map(server ? [['it', server]] : []));
  await until('a note about the ticket', async () => entries().find((text) => text.includes('Ticket opened')), 60_000);
  const about = entries().filter((text) => text.includes('Ticket opened'));
  expect(about).toHaveLength(1);
  expect(about[0]).toMatch(/^warning: /);
  expect(about[0]).toContain(`/ui/assets/${server?.id ?? ''}`);
  for (const { id } of await jobsNamed('note-in-record'))
    await on.client.post(`/v1/jobs/${id}/replay`, {}).catch(() => {});
  await until('the notes again', async () =>
    (await jobsNamed('note-in-record')).every(({ state }) => state === 'done') ? true : undefined,
  );
  expect(entries().filter((text) => text.includes('Ticket opened'))).toHaveLength(1);
});

test('an address out of a management prefix is set aside once, on the BMC there', async () => {
  const { netbox } = on.stage;
  netbox.as('alice').create('prefix', { prefix: '10.77.0.0/30' });
  await on.client.post(`/v1/assets/${server?.id ?? ''}/addresses`, { prefix: '10.77.0.0/30', dns_name: 'bmc.example' });
  const [job] = await until('the address', async () => {
    const jobs = await jobsNamed('allocate-address');
    return jobs.some(({ state }) => state === 'done') ? jobs : undefined;
  });
  expect(job?.result).toMatchObject({ outcome: 'allocated', address: '10.77.0.1/30' });
  const made = netbox.database.all('ipAddress').filter((row) => String(row['address']).startsWith('10.77.'));
  expect(made).toHaveLength(1);
  expect(made[0]).toMatchObject({ dns_name: 'bmc.example' });
});

test('a prefix that nobody knows is said to be so, and an exhausted one too', async () => {
  await on.client.post(`/v1/assets/${server?.id ?? ''}/addresses`, { prefix: '10.99.0.0/24' });
  const dead = await until('the job that gave up', async () =>
    (await jobsNamed('allocate-address')).find(({ state }) => state === 'dead'),
  );
  expect(JSON.stringify(dead.error)).toContain('the prefix 10.99.0.0/24 is not there');
});
