import { beforeEach, describe, expect, test } from 'vitest';
import { MACHINES, simulatorLab, type Reply } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call } = lab;

async function start(version = '4.7.3'): Promise<void> {
  const { seed } = await lab.start({ version });
  seed({ sites: ['AMS1', 'FRA1'], devices: MACHINES });
}
beforeEach(() => start());

const post = (path: string, body: unknown): Promise<Reply> => call('POST', `/api/${path}/`, body);
const refused = (body: unknown) => ({ status: 400, body });

describe('places', () => {
  test('locations are a tree within one site', async () => {
    const room = (await post('dcim/locations', { name: 'Room', slug: 'room', site: 1 })).body;
    const row = await post('dcim/locations', { name: 'Row', slug: 'row', site: 1, parent: room['id'] });
    expect(row.body).toMatchObject({
      _depth: 1,
      site: { slug: 'ams1' },
      parent: { name: 'Room', _depth: 0 },
      rack_count: 0,
    });
    const elsewhere = await post('dcim/locations', { name: 'X', slug: 'x', site: 2, parent: room['id'] });
    expect(elsewhere).toMatchObject(
      refused({ __all__: [expect.stringContaining('must belong to the same site (FRA1)')] }),
    );
    const loop = await call('PATCH', '/api/dcim/locations/1/', { parent: 2 });
    expect(loop).toMatchObject(refused({ parent: ['Cannot assign self or a descendant as parent.'] }));
    expect((await post('dcim/locations', { name: 'Room', slug: 'room', site: 2 })).status).toBe(201);
    expect((await post('dcim/locations', { name: 'Room', slug: 'other', site: 1 })).status).toBe(400);
  });

  test('a device stands where its rack stands, and has its units to itself', async () => {
    lab.simulator.seed({ racks: [{ site: 'AMS1', name: 'R2', location: ['Room'] }] });
    const moved = await call('PATCH', '/api/dcim/devices/1/', { rack: 2, position: 1, face: 'front' });
    expect(moved.body).toMatchObject({ rack: { name: 'R2' }, location: { name: 'Room' }, position: 1 });
    const change = (id: number, body: object): Promise<Reply> => call('PATCH', `/api/dcim/devices/${id}/`, body);
    expect(await change(2, { rack: 2, position: 1 })).toMatchObject(
      refused({ position: [expect.stringContaining('U1.0 is already')] }),
    );
    expect(await change(2, { site: 2 })).toMatchObject(refused({ rack: ['Rack R1 does not belong to site FRA1.'] }));
    expect(await change(2, { rack: null })).toMatchObject(refused({ face: [expect.any(String)] }));
    expect((await change(2, { rack: null, position: null, face: '' })).body).toMatchObject({ rack: null, face: null });
    expect(await change(2, { oob_ip: 3 })).toMatchObject(
      refused({ oob_ip: [expect.stringContaining('not assigned to this device')] }),
    );
  });
});

describe('what sits in devices', () => {
  const module = (more: object = {}): Promise<Reply> =>
    post('dcim/modules', { device: 1, module_bay: 1, module_type: 1, serial: 'X1', ...more });

  async function withBay(version?: string): Promise<void> {
    if (version !== undefined) await start(version);
    await post('dcim/module-bays', { device: 1, name: 'DIMM A1', position: 'A1' });
    await post('dcim/module-types', { manufacturer: 1, model: 'M1', part_number: 'P1' });
  }

  test('a module in its bay, which shows it', async () => {
    await withBay();
    expect((await module()).body).toMatchObject({
      ...{ display: 'DIMM A1: M1 (1)', device: { name: 'd1' }, module_bay: { name: 'DIMM A1' }, serial: 'X1' },
      ...{
        module_type: { model: 'M1', manufacturer: { name: 'Dell Inc.' } },
        status: { value: 'active', label: 'Active' },
      },
    });
    const bay = (await call('GET', '/api/dcim/module-bays/1/')).body;
    expect(bay).toMatchObject({ _occupied: true, installed_module: { id: 1, serial: 'X1' } });
    const listed = await call('GET', '/api/dcim/modules/?device_id=1&fields=id,serial,module_bay');
    expect(listed.body.results).toEqual([{ id: 1, serial: 'X1', module_bay: expect.objectContaining({ id: 1 }) }]);
    expect((await call('GET', '/api/dcim/module-types/1/')).body).toMatchObject({ module_count: 1 });
    expect(await module({ device: 2 })).toMatchObject(refused({ __all__: [expect.stringContaining('(d2)')] }));
    expect((await call('DELETE', '/api/dcim/modules/1/')).status).toBe(204);
    expect((await call('GET', '/api/dcim/module-bays/1/')).body).toMatchObject({ installed_module: null });
  });

  test.each([
    ['4.4.10', { status: 400, body: { module_bay: ['Module with this Module bay already exists.'] } }],
    ['4.6.9', { status: 500, body: { exception: 'IntegrityError' } }],
    [
      '4.7.3',
      { status: 400, body: { module_bay: ['Module bay DIMM A1 is already occupied by module DIMM A1: M1 (1).'] } },
    ],
  ])('%s and a bay that is taken', async (version, answer) => {
    await withBay(version);
    await module();
    expect(await module({ serial: 'X2' })).toMatchObject(answer);
    expect(lab.simulator.database.all('module')).toHaveLength(1);
  });

  test('a bay that is named twice: nothing forbids it, for the device alone is no key', async () => {
    await withBay();
    expect((await post('dcim/module-bays', { device: 1, name: 'DIMM A1' })).status).toBe(201);
  });

  test('components stay in their device', async () => {
    const item = await post('dcim/inventory-items', { device: 1, name: 'Fan 1', manufacturer: 1, discovered: true });
    expect(item.body).toMatchObject({ _depth: 0, discovered: true, manufacturer: { name: 'Dell Inc.' } });
    const child = await post('dcim/inventory-items', { device: 1, name: 'Fan 1.1', parent: 1 });
    expect(child.body).toMatchObject({ parent: 1, _depth: 1 });
    expect((await post('dcim/inventory-items', { device: 2, name: 'x', parent: 1 })).status).toBe(400);
    const moved = await call('PATCH', '/api/dcim/interfaces/1/', { device: 2 });
    expect(moved).toMatchObject({
      status: 400,
      body: { device: ['Components cannot be moved to a different device.'] },
    });
    expect(moved.body).not.toHaveProperty('__all__');
  });

  test.each([
    ['4.6.9', null],
    ['4.7.3', '02:00:00:00:00:AA'],
  ])('%s: a MAC that is written on the interface is %j', async (version, shown) => {
    await start(version);
    const body = { device: 1, name: 'eth0', type: 'other', mac_address: '02-00-00-00-00-aa' };
    expect((await post('dcim/interfaces', body)).body).toMatchObject({ mac_address: shown });
    expect((await call('GET', '/api/dcim/mac-addresses/?mac_address=02:00:00:00:00:aa')).body.count).toBe(
      shown === null ? 0 : 1,
    );
  });

  test('a cable is logged with its ends, which are logged too', async () => {
    const end = (id: number): object[] => [{ object_type: 'dcim.interface', object_id: id }];
    const { headers } = await post('dcim/cables', { a_terminations: end(1), b_terminations: end(2), label: 'C1' });
    const rows = lab.simulator.database.changeLog.filter((row) => row.request_id === headers.get('x-request-id'));
    expect(rows.map((row) => `${row.action} ${row.changed_object_type}`)).toEqual([
      'create dcim.cable',
      ...[
        'create dcim.cabletermination',
        'update dcim.interface',
        'create dcim.cabletermination',
        'update dcim.interface',
      ],
      'update dcim.cable',
    ]);
    expect(rows.at(-1)).toMatchObject({ prechange: null, postchange: { a_terminations: [1], b_terminations: [2] } });
    expect(await post('dcim/cables', { a_terminations: end(1), b_terminations: end(3) })).toMatchObject({
      status: 400,
    });
    const freed = await call('PATCH', '/api/dcim/cables/1/', { b_terminations: end(3) });
    expect(freed.body).toMatchObject({ b_terminations: [{ object_id: 3, object: { device: { name: 'd3' } } }] });
    expect(lab.simulator.show('interface', 2)).toMatchObject({ cable: null, _occupied: false });
    expect((await call('POST', '/api/dcim/cable-terminations/', {})).status).toBe(405);
  });
});

describe('addresses out of a prefix', () => {
  const free = '/api/ipam/prefixes/1/available-ips/';
  const addresses = async (path = free): Promise<unknown[]> =>
    (await call('GET', path)).body.list.map(({ address }) => address);

  test('are taken one by one or together, until there is none', async () => {
    await post('ipam/prefixes', { prefix: '10.0.0.0/29' });
    expect(await addresses()).toEqual(['10.0.0.4/29', '10.0.0.5/29', '10.0.0.6/29']);
    expect(await addresses(`${free}?limit=1`)).toEqual(['10.0.0.4/29']);
    expect((await call('POST', free, { description: 'key' })).body).toMatchObject({
      address: '10.0.0.4/29',
      description: 'key',
    });
    const detail = 'Insufficient resources are available to satisfy the request';
    expect(await call('POST', free, [{}, {}, {}])).toMatchObject({ status: 409, body: { detail } });
    expect((await call('POST', free, [{ status: 'bogus' }])).body.list).toEqual([
      { status: ['bogus is not a valid choice.'] },
    ]);
    const two = await call('POST', free, [{}, { dns_name: 'x' }]);
    expect(two.body.list.map(({ address }) => address)).toEqual(['10.0.0.5/29', '10.0.0.6/29']);
    expect(await addresses()).toEqual([]);
    expect((await call('POST', free, {})).status).toBe(409);
    expect((await call('GET', '/api/ipam/prefixes/9/available-ips/')).status).toBe(404);
  });

  test('of IPv6 too, in its short form', async () => {
    await post('ipam/prefixes', { prefix: '2001:db8::/126' });
    expect(await addresses()).toEqual(['2001:db8::1/126', '2001:db8::2/126', '2001:db8::3/126']);
  });
});

test('journal entries and custom links', async () => {
  const about = { assigned_object_type: 'dcim.device', assigned_object_id: 1 };
  const made = await post('extras/journal-entries', { ...about, kind: 'warning', comments: 'The serial differs.' });
  expect(made.body).toMatchObject({ kind: { value: 'warning' }, assigned_object: { name: 'd1' }, created_by: 1 });
  expect((await post('extras/journal-entries', { ...about, assigned_object_id: 99, comments: 'x' })).status).toBe(400);
  const found = await call(
    'GET',
    '/api/extras/journal-entries/?assigned_object_type=dcim.device&assigned_object_id=1&q=DIFFERS',
  );
  expect(found.body.count).toBe(1);
  const link = { name: 'hub', object_types: ['dcim.device'], link_text: 'Hub', link_url: 'http://hub/{{ object.pk }}' };
  expect((await post('extras/custom-links', link)).status).toBe(201);
  expect(await post('extras/custom-links', link)).toMatchObject(
    refused({ name: [expect.stringContaining('already exists')] }),
  );
});
