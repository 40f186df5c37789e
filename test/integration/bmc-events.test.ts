import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { hubWithServer } from '#test/kit/hub-with-server.ts';
import { type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let id: string;
let bmc: BmcSimulator;
beforeAll(async () => {
  // Polls come once a day here: whatever is read in between was read because of an event.
  const env = { HEALTH_POLL_MS: '86400000', LOG_POLL_MS: '86400000', EVENT_CHECK_MS: '1500' };
  ({ on, id, bmc } = await hubWithServer({ env, events: true }));
}, 180_000);
afterAll(() => on.close());

const subscribed = (): number => bmc.events?.subscriptions().length ?? 0;
const askedAt = async (): Promise<string | null> =>
  (await on.client.get<{ asked_at: string | null }>(`/v1/assets/${id}/health`)).asked_at;

test('a BMC is asked once to tell of events, and again when it forgot', { timeout: 120_000 }, async () => {
  await until('a subscription', async () => (subscribed() > 0 ? true : undefined), 60_000);
  bmc.events?.forget();
  await until('another one', async () => (subscribed() > 0 ? true : undefined), 60_000);
  expect(subscribed()).toBe(1);
});

test('an event has its server looked at, at once', { timeout: 120_000 }, async () => {
  expect(await askedAt()).toBeNull();
  expect(await bmc.events?.push('Fan 3 has failed')).toEqual([202]);
  await until('a poll', async () => ((await askedAt()) === null ? undefined : true), 60_000);
});

test('nobody else is listened to', async () => {
  const [wanted] = bmc.events?.subscriptions() ?? [];
  const given = String(wanted?.['Context']);
  for (const Context of [given.replace(id, crypto.randomUUID()), 'reanimator', undefined]) {
    const body = JSON.stringify({ Context, Events: [{ MessageId: 'Platform.1.0.Alert' }] });
    const answer = await fetch(String(wanted?.['Destination']), { method: 'POST', body });
    expect([Context, answer.status]).toEqual([Context, 401]);
  }
});
