import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubRefusal, until } from '../../demo/hub-client.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { hubWithServer } from '#test/kit/hub-with-server.ts';
import { type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let id: string;
let bmc: BmcSimulator;
beforeAll(async () => {
  ({ on, id, bmc } = await hubWithServer());
}, 180_000);
afterAll(() => on.close());

interface Shown {
  answered_at: string | null;
  failures: number;
  failure: string | null;
  power: string | null;
  system: string | null;
  complete: boolean | null;
  sensors: { name: string; value: number | null }[];
}
const shown = (): Promise<Shown> => on.client.get<Shown>(`/v1/assets/${id}/health`);

async function poll(): Promise<Record<string, unknown> | null> {
  const { jobs } = await on.client.post<{ jobs: string }>(`/v1/assets/${id}/health/polls`, { reason: 'a test' });
  const job = await until('the end of the poll', async () => {
    const { items } = await on.client.get<{ items: { state: string; result: Record<string, unknown> | null }[] }>(jobs);
    return items.find(({ state }) => state === 'done' || state === 'dead');
  });
  return job.result;
}

async function metrics(): Promise<string> {
  const answer = await fetch(`${on.url}/metrics/bmc`, { headers: { authorization: `Bearer ${on.apiKey}` } });
  expect(answer.status).toBe(200);
  return answer.text();
}

test('nothing is known before anybody asked', async () => {
  expect(await shown()).toMatchObject({ answered_at: null, power: null, system: null, complete: null, sensors: [] });
  expect(await metrics()).not.toContain(id);
});

test('a poll is kept and shown; the next one asks for less', async () => {
  const first = await poll();
  expect(first).toMatchObject({ outcome: 'answered', power: 'On', system: 'OK', complete: true });
  expect(await shown()).toMatchObject({ failures: 0, failure: null, power: 'On', system: 'OK', complete: true });
  const second = await poll();
  expect(Number(second?.['requests'])).toBeLessThan(Number(first?.['requests']));
  const text = await metrics();
  expect(text).toMatch(new RegExp(`reanimator_bmc_up\\{asset="${id}"[^}]*\\} 1\n`));
  expect(text).toMatch(new RegExp(`reanimator_bmc_power_on\\{asset="${id}"[^}]*\\} 1\n`));
});

test('a BMC that does not answer is not off, and nothing that it said is lost', async () => {
  const before = await shown();
  bmc.addFault({ match: 'redfish', kind: 'reset' });
  expect(await poll()).toMatchObject({ outcome: 'no answer', kind: 'unreachable' });
  expect(await poll()).toMatchObject({ outcome: 'no answer' });
  const after = await shown();
  expect(after).toMatchObject({ answered_at: before.answered_at, failures: 2, power: 'On', sensors: before.sensors });
  expect(after.failure).not.toBeNull();
  const text = await metrics();
  expect(text).toMatch(new RegExp(`reanimator_bmc_up\\{asset="${id}"[^}]*\\} 0\n`));
  expect(text).not.toContain('reanimator_bmc_power_on{');
  bmc.clearFaults();
});

test('of a server that nobody knows there is nothing to ask', async () => {
  const asked = on.client.post(`/v1/assets/${crypto.randomUUID()}/health/polls`, {});
  await expect(asked).rejects.toBeInstanceOf(HubRefusal);
});
