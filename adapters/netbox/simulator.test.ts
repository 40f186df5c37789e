import { beforeEach, describe, expect, test } from 'vitest';
import { MACHINES as devices, simulatorLab } from './simulator/lab-for-tests.ts';

const lab = simulatorLab();
const { call } = lab;

beforeEach(async () => void (await lab.start()));

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
    lab.simulator.seed({ devices });
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
    lab.simulator.seed({ devices });
    const first = (await call('GET', '/api/dcim/devices/?limit=2')).body;
    expect(first).toMatchObject({
      count: 3,
      previous: null,
      next: `${lab.simulator.url}/api/dcim/devices/?limit=2&offset=2`,
    });
    const cursor = (await call('GET', '/api/dcim/devices/?start=2&limit=2')).body;
    expect(cursor).toMatchObject({ count: null, next: `${lab.simulator.url}/api/dcim/devices/?limit=2&start=4` });
    expect((await call('GET', '/api/dcim/devices/?limit=0')).body.results).toHaveLength(3);
  });

  test('unique where the real one is, and not where it is not', async () => {
    lab.simulator.seed({ devices });
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
    lab.simulator.seed({ devices });
    const reply = await call('PATCH', '/api/dcim/devices/', [
      { id: 1, serial: 'NEW' },
      { id: 2, status: 'bogus' },
    ]);
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ id: 2 }] } });
    expect(lab.simulator.database.find('device', 1)?.serial).toBe('S1');
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
    lab.simulator.seed({ devices });
    const { headers } = await call('GET', '/api/dcim/devices/1/');
    const etag = headers.get('etag') ?? '';
    expect((await call('PATCH', '/api/dcim/devices/1/', { serial: 'A' }, { 'if-match': etag })).status).toBe(200);
    const stale = await call('PATCH', '/api/dcim/devices/1/', { serial: 'B' }, { 'if-match': etag });
    expect(stale.status).toBe(412);
    expect(stale.headers.get('etag')).not.toBe(etag);
    expect((await call('PATCH', '/api/dcim/devices/1/', { add_tags: [{ slug: 'nosuch' }] })).status).toBe(500);
  });

  test('deleting: 409 for what is in use, and a device takes its interfaces, MACs and addresses along', async () => {
    lab.simulator.seed({ devices });
    expect(await call('DELETE', '/api/dcim/sites/1/')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('dependent objects') },
    });
    expect((await call('DELETE', '/api/dcim/devices/1/')).status).toBe(204);
    expect(
      ['interface', 'macAddress', 'ipAddress'].map((model) => lab.simulator.database.all(model as 'interface').length),
    ).toEqual([2, 2, 2]);
    expect(await call('GET', '/api/dcim/devices/1/')).toMatchObject({
      status: 404,
      body: { detail: 'No Device matches the given query.' },
    });
  });

  test('not JSON, an unknown path; without the last slash only reading goes on', async () => {
    lab.simulator.seed({ devices });
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
    await lab.start({ version });
    lab.simulator.seed({ devices });
    lab.simulator.as('admin').create('choiceSet', { name: 's', extra_choices: [['ready', 'Ready']] });
    lab.simulator
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

describe('pages for a person', () => {
  test('the list and each device, without a log-in, escaped', async () => {
    lab.simulator.seed({ devices: [...devices, { name: '<b>x</b>', site: 'AMS1' }] });
    const list = await (await fetch(`${lab.simulator.url}/dcim/devices/`)).text();
    expect(list).toContain('href="/dcim/devices/1/"');
    expect(list).toContain('&lt;b&gt;x&lt;/b&gt;');
    const page = await fetch(String(lab.simulator.show('device', 1)?.display_url));
    expect(page.headers.get('content-type')).toContain('text/html');
    const text = await page.text();
    for (const word of ['d1', 'Planned', 'AMS1', '02:00:00:00:00:01', '10.0.0.1/24']) expect(text).toContain(word);
    expect((await fetch(`${lab.simulator.url}/dcim/devices/99/`)).status).toBe(404);
  });
});
