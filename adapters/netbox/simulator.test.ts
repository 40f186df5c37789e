import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Delivery } from '#src/ports/adapter.ts';
import { startNetboxSimulator, type NetboxSimulator, type NetboxSimulatorOptions } from './simulator.ts';
import { startReceiver } from './test-receiver.ts';
import { webhookDoor } from './webhook.ts';

const secret = 'simulated-secret';
const devices = [1, 2, 3].map((at) => ({
  name: `d${at}`,
  site: 'AMS1',
  rack: 'R1',
  position: at,
  serial: `S${at}`,
  bmcMac: `02:00:00:00:00:0${at}`,
  bmcIp: `10.0.0.${at}/24`,
}));
const closing: (() => Promise<void>)[] = [];
let simulator: NetboxSimulator;

beforeEach(() => start());
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: NetboxSimulatorOptions = {}): Promise<void> {
  simulator = await startNetboxSimulator({ webhookDelayMs: 0, ...options });
  closing.push(simulator.close);
}

interface Reply {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { results: Record<string, unknown>[]; count: number };
}
async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await fetch(simulator.url + path, {
    method,
    headers: { authorization: `Token ${simulator.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { text }) as Reply['body'],
  };
}

/** A hub's door: keeps what arrives. */
async function listen(status = 202): Promise<{ url: string; deliveries: Delivery[] }> {
  const receiver = await startReceiver(status);
  closing.push(receiver.close);
  return { url: `${receiver.url}/hooks/netbox`, deliveries: receiver.deliveries };
}
function subscribe(url: string, more: Record<string, unknown> = {}): void {
  const admin = simulator.as('admin');
  const id = admin.create('webhook', { name: 'hub', payload_url: url, secret });
  admin.create('eventRule', {
    name: 'hub',
    action_type: 'webhook',
    action_object_type: 'extras.webhook',
    action_object_id: id,
    object_types: ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress'],
    event_types: ['object_created', 'object_updated', 'object_deleted'],
    ...more,
  });
}

describe('as the real one', () => {
  test('403 without a token and with a wrong one; every answer has its request id and the API version', async () => {
    for (const authorization of ['', 'Token wrong', 'Bearer nbt_a.b']) {
      const reply = await call('GET', '/api/dcim/devices/', undefined, { authorization });
      expect(reply.status).toBe(403);
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(reply.headers.get('api-version')).toBe('4.7');
    }
  });

  test('a query parameter that it does not know brings the whole table; a bad value of one it knows, 400', async () => {
    simulator.seed({ devices });
    for (const query of ['serial_number=S1', 'id[]=1', 'name__foo=d1', 'cf_nosuch=1', '']) {
      expect((await call('GET', `/api/dcim/devices/?${query}`)).body.count, query).toBe(3);
    }
    expect((await call('GET', '/api/dcim/devices/?serial=s2')).body.count).toBe(1);
    expect(
      (await call('GET', '/api/dcim/devices/?mac_address=02-00-00-00-00-03')).body.results.map((row) => row.name),
    ).toEqual(['d3']);
    for (const query of [
      'site_id=99',
      'site_id=x',
      'site=nowhere',
      'mac_address=junk',
      'status=bogus',
      'tag=nosuch',
      'start=0&ordering=id',
    ]) {
      expect((await call('GET', `/api/dcim/devices/?${query}`)).status, query).toBe(400);
    }
  });

  test('pages with absolute links; a cursor without a count', async () => {
    simulator.seed({ devices });
    const first = (await call('GET', '/api/dcim/devices/?limit=2')).body;
    expect(first).toMatchObject({
      count: 3,
      previous: null,
      next: `${simulator.url}/api/dcim/devices/?limit=2&offset=2`,
    });
    const cursor = (await call('GET', '/api/dcim/devices/?start=2&limit=2')).body;
    expect(cursor).toMatchObject({ count: null, next: `${simulator.url}/api/dcim/devices/?limit=2&start=4` });
    expect((await call('GET', '/api/dcim/devices/?limit=0')).body.results).toHaveLength(3);
  });

  test('unique where the real one is, and not where it is not', async () => {
    simulator.seed({ devices });
    const body = { name: 'D1', site: 1, device_type: 1, role: 1 };
    expect(await call('POST', '/api/dcim/devices/', body)).toMatchObject({
      status: 400,
      body: { __all__: ['Device name must be unique per site and tenant.'] },
    });
    expect((await call('POST', '/api/dcim/devices/', { ...body, name: null })).status).toBe(201);
    expect((await call('POST', '/api/dcim/devices/', { ...body, name: null })).status).toBe(201);
    expect((await call('POST', '/api/dcim/mac-addresses/', { mac_address: '02:00:00:00:00:01' })).status).toBe(201);
    expect(await call('POST', '/api/ipam/ip-addresses/', { address: '10.0.0.1/24' })).toMatchObject({ status: 400 });
    const taken = await call('POST', '/api/dcim/devices/', { ...body, name: 'x', rack: 1, position: 1, face: 'front' });
    expect(taken).toMatchObject({ status: 400, body: { position: [expect.stringContaining('already occupied')] } });
  });

  test('bulk writes are all or nothing', async () => {
    simulator.seed({ devices });
    const reply = await call('PATCH', '/api/dcim/devices/', [
      { id: 1, serial: 'NEW' },
      { id: 2, status: 'bogus' },
    ]);
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ id: 2 }] } });
    expect(simulator.database.find('device', 1)?.serial).toBe('S1');
    expect(
      (
        await call('PATCH', '/api/dcim/devices/', [
          { id: 1, serial: 'NEW' },
          { id: 2, serial: 'NEW2' },
        ])
      ).status,
    ).toBe(200);
  });

  test('a stale If-Match is 412, and an unknown tag in add_tags 500', async () => {
    simulator.seed({ devices });
    const { headers } = await call('GET', '/api/dcim/devices/1/');
    const etag = headers.get('etag') ?? '';
    expect((await call('PATCH', '/api/dcim/devices/1/', { serial: 'A' }, { 'if-match': etag })).status).toBe(200);
    const stale = await call('PATCH', '/api/dcim/devices/1/', { serial: 'B' }, { 'if-match': etag });
    expect(stale.status).toBe(412);
    expect(stale.headers.get('etag')).not.toBe(etag);
    expect((await call('PATCH', '/api/dcim/devices/1/', { add_tags: [{ slug: 'nosuch' }] })).status).toBe(500);
  });

  test('deleting: 409 for what is in use, and a device takes its interfaces, MACs and addresses along', async () => {
    simulator.seed({ devices });
    expect(await call('DELETE', '/api/dcim/sites/1/')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('dependent objects') },
    });
    expect((await call('DELETE', '/api/dcim/devices/1/')).status).toBe(204);
    expect(
      ['interface', 'macAddress', 'ipAddress'].map((model) => simulator.database.all(model as 'interface').length),
    ).toEqual([2, 2, 2]);
    expect(await call('GET', '/api/dcim/devices/1/')).toMatchObject({
      status: 404,
      body: { detail: 'No Device matches the given query.' },
    });
  });

  test('moving a rack moves its devices without a trace', async () => {
    simulator.seed({ devices, sites: ['FRA1'] });
    const before = simulator.database.find('device', 1)?.last_updated;
    await call('PATCH', '/api/dcim/racks/1/', { site: 2 });
    expect(simulator.database.find('device', 1)).toMatchObject({ site: 2, last_updated: before });
  });

  test('not JSON, an unknown path; without the last slash only reading goes on', async () => {
    simulator.seed({ devices });
    expect(await call('POST', '/api/dcim/devices/', 'garbage{')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('JSON parse error') },
    });
    for (const path of ['/api/nosuch/', '/api/nosuch', '/api/dcim/devices/1/x/', '/nowhere'])
      expect((await call('GET', path)).body.text).toContain('Page Not Found');
    expect((await call('GET', '/api/dcim/devices?name=d2')).body.count).toBe(1);
    expect((await call('PATCH', '/api/dcim/devices/1', { serial: 'X' })).body.text).toContain('Page Not Found');
  });

  test.each([
    ['4.5.10', { etag: false, select: 'ready', mac: null }],
    ['4.7.3', { etag: true, select: { value: 'ready', label: 'Ready' }, mac: '02:00:00:00:00:AA' }],
  ])('%s is told apart', async (version, expected) => {
    await start({ version });
    simulator.seed({ devices });
    simulator.as('admin').create('choiceSet', { name: 's', extra_choices: [['ready', 'Ready']] });
    simulator
      .as('admin')
      .create('customField', { name: 'st', type: 'select', object_types: ['dcim.device'], choice_set: 1 });
    const reply = await call('PATCH', '/api/dcim/devices/1/', { custom_fields: { st: 'ready' } });
    expect(reply.headers.has('etag')).toBe(expected.etag);
    expect(reply.body.custom_fields).toEqual({ st: expected.select });
    const made = await call('POST', '/api/dcim/interfaces/', {
      device: 1,
      name: 'eth0',
      type: 'other',
      mac_address: '02:00:00:00:00:aa',
    });
    expect(made.body.mac_address).toBe(expected.mac);
  });
});

describe('webhooks', () => {
  test.each(['4.4.10', '4.5.10', '4.6.9', '4.7.3'])(
    'of %s are signed, and our own door understands them',
    async (version) => {
      await start({ version });
      const { url, deliveries } = await listen();
      simulator.seed({ devices });
      subscribe(url);
      const { headers } = await call('PATCH', '/api/dcim/devices/2/', { serial: 'CHANGED' });
      await call('PATCH', '/api/ipam/ip-addresses/3/', { description: 'x' });
      await call('DELETE', '/api/dcim/devices/1/');
      await simulator.webhooksSent();
      const door = webhookDoor({ webhookSecret: secret, maxDeliveryAgeMs: 60_000 });
      expect(deliveries.map((one) => door.verify(one))).toEqual(deliveries.map(() => ({ ok: true })));
      const seen = deliveries.flatMap((one) => {
        const result = door.translate(one);
        return result.result === 'observed' ? result.observations : [];
      });
      expect(seen).toHaveLength(6);
      expect(seen).toContainEqual(
        expect.objectContaining({
          objectType: 'dcim.device',
          objectId: '2',
          change: 'updated',
          deviceId: '2',
          requestId: headers.get('x-request-id'),
        }),
      );
      expect(seen).toContainEqual(
        expect.objectContaining({ objectType: 'ipam.ipaddress', objectId: '3', deviceId: '3' }),
      );
      for (const objectType of ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress']) {
        expect(seen).toContainEqual(expect.objectContaining({ objectType, objectId: '1', change: 'deleted' }));
      }
    },
  );

  test('a change that changes nothing sends one too, and stands in no change log', async () => {
    const { url, deliveries } = await listen();
    simulator.seed({ devices });
    subscribe(url);
    const logged = simulator.database.changeLog.length;
    await call('PATCH', '/api/dcim/devices/2/', { serial: 'S2' });
    await simulator.webhooksSent();
    expect(deliveries).toHaveLength(1);
    expect(simulator.database.changeLog).toHaveLength(logged);
  });

  test('are sent at most once: a receiver that fails is not asked again', async () => {
    const { url, deliveries } = await listen(500);
    subscribe(url);
    simulator.seed({ devices: [{ name: 'a', site: 'S' }] });
    await simulator.webhooksSent();
    expect(deliveries).toHaveLength(1);
    expect(simulator.sent.map((one) => one.answer)).toEqual([500]);
    subscribeElsewhere();
    await simulator.webhooksSent();
    expect(simulator.sent.at(-1)?.answer).toEqual(expect.stringContaining('ECONNREFUSED'));
  });
  function subscribeElsewhere(): void {
    simulator.as('admin').change('webhook', 1, { payload_url: 'http://127.0.0.1:9/' });
    simulator.as('alice').change('device', 1, { serial: 'Z' });
  }

  test('a refused write, a disabled rule and a rule with a condition send nothing', async () => {
    const { url, deliveries } = await listen();
    simulator.seed({ devices });
    subscribe(url, { enabled: false });
    await call('PATCH', '/api/dcim/devices/2/', { serial: 'S2' });
    simulator.as('admin').change('eventRule', 1, { enabled: true });
    await call('PATCH', '/api/dcim/devices/2/', { status: 'bogus' });
    simulator.as('admin').change('eventRule', 1, { conditions: { attr: 'status', value: 'active' } });
    await call('PATCH', '/api/dcim/devices/2/', { serial: 'S3' });
    await simulator.webhooksSent();
    expect(deliveries).toEqual([]);
  });
});

describe('pages for a person', () => {
  test('the list and each device, without a log-in, escaped', async () => {
    simulator.seed({ devices: [...devices, { name: '<b>x</b>', site: 'AMS1' }] });
    const list = await (await fetch(`${simulator.url}/dcim/devices/`)).text();
    expect(list).toContain('href="/dcim/devices/1/"');
    expect(list).toContain('&lt;b&gt;x&lt;/b&gt;');
    const page = await fetch(String(simulator.show('device', 1)?.display_url));
    expect(page.headers.get('content-type')).toContain('text/html');
    const text = await page.text();
    for (const word of ['d1', 'Planned', 'AMS1', '02:00:00:00:00:01', '10.0.0.1/24']) expect(text).toContain(word);
    expect((await fetch(`${simulator.url}/dcim/devices/99/`)).status).toBe(404);
  });
});
