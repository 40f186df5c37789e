import { describe, expect, test } from 'vitest';
import { webhookDoor } from '../webhook.ts';
import { MACHINES, SECRET, simulatorLab, type Reply } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call } = lab;
const D = '/api/dcim/devices/';

interface Hook {
  event: string;
  object_type: string;
  data: Record<string, unknown>;
  request: { id: string };
  snapshots: { prechange: Record<string, unknown> | null; postchange: Record<string, unknown> | null };
}

async function start(options: Parameters<typeof lab.start>[0] = {}) {
  const simulator = await lab.start(options);
  simulator.seed({ devices: MACHINES });
  const { url, deliveries } = await lab.listen();
  lab.subscribe(url);
  return { simulator, deliveries, hooks: () => deliveries.map(({ body }) => JSON.parse(body.toString()) as Hook) };
}
const change = (id: number, serial: string): Promise<Reply> => call('PATCH', `${D}${id}/`, { serial });
const changeAll = (serial: string): Promise<Reply> =>
  call(
    'PATCH',
    D,
    [1, 2, 3].map((id) => ({ id, serial })),
  );
const told = (hooks: readonly Hook[]): string[] =>
  hooks.map(({ event, object_type, data }) => `${event} ${object_type} ${String(data['id'])}`).toSorted();

test.each(['4.4.10', '4.5.10', '4.6.9', '4.7.3'])(
  'of %s are signed, and our own door understands them',
  async (version) => {
    const { simulator, deliveries } = await start({ version });
    const { headers } = await change(2, 'CHANGED');
    await call('PATCH', '/api/ipam/ip-addresses/3/', { description: 'x' });
    await call('DELETE', `${D}1/`);
    await simulator.webhooksSent();
    const door = webhookDoor({ webhookSecret: SECRET, maxDeliveryAgeMs: 60_000 });
    expect(deliveries.map((one) => door.verify(one))).toEqual(deliveries.map(() => ({ ok: true })));
    const seen = deliveries.flatMap((one) => {
      const result = door.translate(one);
      return result.result === 'observed' ? result.observations : [];
    });
    expect(seen).toHaveLength(6);
    const requestId = headers.get('x-request-id');
    const device = { objectType: 'dcim.device', objectId: '2', change: 'updated', deviceId: '2', requestId };
    expect(seen).toContainEqual(expect.objectContaining(device));
    expect(seen).toContainEqual(
      expect.objectContaining({ objectType: 'ipam.ipaddress', objectId: '3', deviceId: '3' }),
    );
    for (const objectType of ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress'])
      expect(seen).toContainEqual(expect.objectContaining({ objectType, objectId: '1', change: 'deleted' }));
  },
);

describe('which are sent', () => {
  test('one for each object of a bulk, with the request id of its answer', async () => {
    const { simulator, hooks } = await start();
    const { headers } = await changeAll('NEW');
    await simulator.webhooksSent();
    expect(told(hooks())).toEqual([1, 2, 3].map((id) => `updated dcim.device ${id}`));
    expect(new Set(hooks().map(({ request }) => request.id))).toEqual(new Set([headers.get('x-request-id')]));
    expect(hooks()[0]?.snapshots).toMatchObject({ prechange: { serial: 'S1' }, postchange: { serial: 'NEW' } });
  });

  test('one for each object and request: what was made and changed is created', async () => {
    const { simulator, hooks } = await start();
    const port = await call('POST', '/api/dcim/interfaces/', {
      device: 1,
      name: 'e0',
      type: 'other',
      mac_address: '02:00:00:00:00:aa',
    });
    await simulator.webhooksSent();
    expect(told(hooks())).toEqual(['created dcim.interface 4', 'created dcim.macaddress 4']);
    const made = hooks().find(({ object_type }) => object_type === 'dcim.interface');
    expect(made?.data).toMatchObject({ mac_address: port.body['mac_address'], url: '/api/dcim/interfaces/4/' });
  });

  test('a change that changes nothing sends one too', async () => {
    const { simulator, deliveries } = await start();
    await change(2, 'S2');
    await simulator.webhooksSent();
    expect(deliveries).toHaveLength(1);
  });

  test('one for each object that a tag is taken from when it goes', async () => {
    const { simulator, hooks } = await start();
    const tag = simulator.as('admin').create('tag', { name: 'T', slug: 't' });
    simulator.as('admin').change('device', 1, { tags: [tag] });
    const before = simulator.show('device', 1);
    await call('DELETE', `/api/extras/tags/${tag}/`);
    await simulator.webhooksSent();
    expect(told(hooks())).toEqual(['updated dcim.device 1', 'updated dcim.device 1']);
    expect(simulator.show('device', 1)).toEqual({ ...before, tags: [] });
  });

  test('none for what was refused, for a disabled rule and for one with a condition', async () => {
    const { simulator, deliveries } = await start();
    const admin = simulator.as('admin');
    admin.change('eventRule', 1, { enabled: false });
    await change(2, 'A');
    admin.change('eventRule', 1, { enabled: true });
    await call('PATCH', `${D}2/`, { status: 'bogus' });
    admin.change('eventRule', 1, { conditions: { attr: 'status', value: 'active' } });
    await change(2, 'B');
    await simulator.webhooksSent();
    expect(deliveries).toEqual([]);
  });

  test.each([
    ['4.6.8', ['updated dcim.device 1']],
    ['4.6.9', []],
  ])('%s: of a bulk that was rolled back %j', async (version, expected) => {
    const { simulator, hooks } = await start({ version });
    await call('PATCH', D, [
      { id: 1, serial: 'X' },
      { id: 2, status: 'bogus' },
    ]);
    await simulator.webhooksSent();
    expect(told(hooks())).toEqual(expected);
    expect(simulator.show('device', 1)).toMatchObject({ serial: 'S1' });
  });
});

describe('when they come', () => {
  test('late after a bulk, so that a later single write is told first', async () => {
    const { simulator, hooks } = await start({ bulkWebhookDelayMs: 1_500 });
    await changeAll('BULK');
    await change(1, 'ONE');
    await simulator.webhooksSent();
    expect(hooks().map(({ snapshots }) => snapshots.postchange?.['serial'])).toEqual(['ONE', 'BULK', 'BULK', 'BULK']);
  });

  test('before the answer to the write, if that is asked for', async () => {
    const { deliveries } = await start({ webhookBeforeResponse: true, webhookDelayMs: 30 });
    await changeAll('NEW');
    expect(deliveries).toHaveLength(3);
  });

  test('at most once: a receiver that fails is not asked again, and one that is gone is noted', async () => {
    const { simulator } = await start();
    const { url, deliveries } = await lab.listen(500);
    simulator.as('admin').change('webhook', 1, { payload_url: url });
    await change(1, 'A');
    await simulator.webhooksSent();
    expect(deliveries).toHaveLength(1);
    expect(simulator.sent.map(({ answer }) => answer)).toEqual([500]);
    simulator.as('admin').change('webhook', 1, { payload_url: 'http://127.0.0.1:9/' });
    simulator.as('alice').change('device', 1, { serial: 'Z' });
    await simulator.webhooksSent();
    expect(simulator.sent.at(-1)?.answer).toEqual(expect.stringContaining('ECONNREFUSED'));
  });

  test('not at all, or twice, if that is asked for', async () => {
    const { simulator, hooks } = await start();
    simulator.loseWebhooks(1);
    simulator.repeatWebhooks(1);
    await change(1, 'LOST');
    await change(2, 'TWICE');
    await change(3, 'ONCE');
    await simulator.webhooksSent();
    expect(told(hooks())).toEqual([2, 2, 3].map((id) => `updated dcim.device ${id}`));
  });
});
