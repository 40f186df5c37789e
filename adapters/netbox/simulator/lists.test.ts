import { beforeEach, describe, expect, test } from 'vitest';
import { MACHINES, simulatorLab } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call, ids } = lab;
const D = '/api/dcim/devices/';

beforeEach(async () => {
  const { seed } = await lab.start();
  seed({
    locations: [{ site: 'AMS1', path: ['Room 1', 'Row A'] }],
    racks: [{ site: 'AMS1', name: 'R1', location: ['Room 1', 'Row A'] }],
    devices: [...MACHINES, { name: 'null', site: 'FRA1', tenant: 'Acme', assetTag: 'A-1' }],
  });
});

const names = async (query: string): Promise<unknown[]> =>
  (await call('GET', `${D}?${query}`)).body.results.map(({ name }) => name);
const status = async (path: string): Promise<number> => (await call('GET', path)).status;

describe('pages', () => {
  test('a cursor counts nothing, and an exactly full last page has a next one that is empty', async () => {
    const first = (await call('GET', `${D}?start=0&limit=2`)).body;
    expect(first).toMatchObject({ count: null, previous: null });
    const second = (await call('GET', first.next ?? '')).body;
    expect(second.results.map(({ id }) => id)).toEqual([3, 4]);
    expect(second.next).toContain('start=5');
    expect((await call('GET', second.next ?? '')).body).toMatchObject({ results: [], next: null });
    for (const query of ['start=0&ordering=id', 'start=0&offset=0', 'start=x', 'start=-1', 'start='])
      expect(await status(`${D}?${query}`), query).toBe(400);
  });

  test('before 4.6 there is no cursor: start is one more name that nobody knows', async () => {
    const { seed } = await lab.start({ version: '4.5.10' });
    seed({ devices: MACHINES });
    expect((await call('GET', `${D}?start=3&ordering=id&limit=1`)).body).toMatchObject({
      count: 3,
      results: [{ id: 1 }],
    });
  });

  test('1,000 rows are the most, 50 the default', async () => {
    lab.simulator.seedFleet({ devices: 30, modulesPerDevice: 40, sites: 1 });
    const count = async (query: string): Promise<number> =>
      (await call('GET', `/api/dcim/modules/?${query}`)).body.results.length;
    expect([await count('limit=0'), await count('limit=5000'), await count('start=0&limit=0')]).toEqual([
      1000, 1000, 1000,
    ]);
    expect([await count(''), await count('limit=-1'), await count('limit=x&offset=x')]).toEqual([50, 50, 50]);
    expect(new Set(await ids('/api/dcim/modules/?limit=1000&offset=0')).size).toBe(1200);
    expect(await ids('/api/dcim/modules/?limit=500&id__gt=100&ordering=id')).toHaveLength(1100);
  });

  test('of a large table are as fresh as those of a small one', async () => {
    lab.simulator.seedFleet({ devices: 10, modulesPerDevice: 40, sites: 1 });
    const M = '/api/dcim/modules/';
    const first = async (query: string): Promise<unknown> =>
      (await call('GET', `${M}?${query}`)).body.results[0]?.['serial'];
    const queries = ['limit=300', 'start=0&limit=300', 'limit=1', 'device_id=5&limit=1', 'limit=300&ordering=serial'];
    const shown = (): Promise<unknown[]> => Promise.all(queries.map(first));
    const before = await shown();
    const row = (await call('GET', `${M}?limit=1`)).body.results[0];
    await call('PATCH', `${M}${String(row?.['id'])}/`, { serial: 'AAA' });
    const after = await shown();
    expect(after).toEqual(['AAA', 'AAA', 'AAA', 'AAA', 'AAA']);
    expect(before).not.toContain('AAA');
    // The first device by name is last by another; its modules go with it.
    await call('PATCH', '/api/dcim/devices/5/', { name: 'zzz' });
    expect(await shown()).toEqual(['P2-1', 'AAA', 'P2-1', 'AAA', 'AAA']);
    await call('DELETE', `${M}${String(row?.['id'])}/`);
    expect(await shown()).not.toContain('AAA');
    expect((await call('GET', `${M}?limit=1`)).body.count).toBe(399);
    const devices = async (rack: number): Promise<number> =>
      (await call('GET', `${D}?rack_id=${rack}&limit=1`)).body.count ?? 0;
    const [from, to] = [await devices(2), await devices(1)];
    await call('PATCH', `${D}6/`, { rack: 1, site: 1, position: null, face: '' });
    expect([await devices(2), await devices(1)]).toEqual([from - 1, to + 1]);
  });

  test('a request line may have 4,094 bytes', async () => {
    const line = (many: number): string => `${D}?${Array.from({ length: many }, (_, at) => `id=${at + 1}`).join('&')}`;
    const refused = await call('GET', line(900));
    expect([refused.status, refused.headers.has('api-version')]).toEqual([400, false]);
    expect(refused.body.text).toContain('Request Line is too large');
    expect((await call('GET', line(500))).body.results).toHaveLength(4);
  });
});

describe('what rows show', () => {
  test('fields wins over omit, omit over brief', async () => {
    const keys = async (query: string): Promise<string[]> =>
      Object.keys((await call('GET', `${D}?${query}`)).body.results[0] ?? {});
    expect(await keys('fields=name,id,nosuch&omit=id&brief=1')).toEqual(['id', 'name']);
    expect(await keys('brief=false')).toEqual(['id', 'url', 'display', 'name', 'description']);
    const [all, omitted] = [await keys(''), await keys('omit=config_context,tags')];
    expect(all.filter((key) => !omitted.includes(key)).toSorted()).toEqual(['config_context', 'tags']);
    expect(await keys('exclude=config_context')).toContain('config_context');
    const { seed } = await lab.start({ version: '4.6.9' });
    seed({ devices: MACHINES });
    expect(await keys('exclude=config_context')).not.toContain('config_context');
  });

  test('a write reads no other fields than it asks for', async () => {
    const changed = await call('PATCH', `${D}1/?fields=id,serial`, { serial: 'NEW', description: 'new' });
    expect(changed.body).toEqual({ id: 1, serial: 'NEW' });
    expect(lab.simulator.show('device', 1)).toMatchObject({ serial: 'NEW', description: '' });
    const many = await call('PATCH', `${D}?omit=comments`, [{ id: 2, serial: 'NEW', comments: 'new' }]);
    expect(many.body.list[0]).not.toHaveProperty('comments');
    expect(lab.simulator.show('device', 2)).toMatchObject({ serial: 'NEW', comments: '' });
    const made = await call('POST', `${D}?fields=id,name`, { name: 'new', site: 1, role: 1, device_type: 1 });
    expect(made.body).toMatchObject({ site: ['This field cannot be null.'] });
  });
});

describe('filters', () => {
  test('the exact ones ignore case for names and serials, not for asset tags', async () => {
    expect([await names('name=D1'), await names('serial=s1'), await names('asset_tag=a-1')]).toEqual([
      ['d1'],
      ['d1'],
      [],
    ]);
    expect([await names('asset_tag__ie=a-1'), await names('name__ie=D2')]).toEqual([['null'], ['d2']]);
  });

  test('null asks for what has none, and can be no name', async () => {
    expect(await names('name=null')).toEqual([]);
    expect(await names('name=NULL')).toEqual(['null']);
    expect(await names('asset_tag=null')).toEqual(['d1', 'd2', 'd3']);
    expect(await names('tenant_id=null')).toEqual(['d1', 'd2', 'd3']);
    expect(await names('location_id=null')).toEqual(['null']);
    expect((await call('GET', `${D}?name__ic=null`)).status).toBe(500);
  });

  test('a place means all below it for racks and devices, and itself alone for what sits in devices', async () => {
    expect([await names('location_id=1'), await names('location=row-a')]).toEqual([
      ['d1', 'd2', 'd3'],
      ['d1', 'd2', 'd3'],
    ]);
    expect(await ids('/api/dcim/interfaces/?location_id=1')).toEqual([]);
    expect(await ids('/api/dcim/interfaces/?location_id=2')).toEqual([1, 2, 3]);
    expect(await ids('/api/dcim/locations/?ancestor_id=1')).toEqual([2]);
  });

  test('an object that is gone is no choice, but any number is one for addresses and cables', async () => {
    for (const path of [
      'interfaces/?device_id=99',
      'modules/?device_id=1&device_id=99',
      'devices/?rack_id=99',
      'devices/?location_id=99',
    ])
      expect(await status(`/api/dcim/${path}`), path).toBe(400);
    for (const path of [
      'dcim/mac-addresses/?device_id=99',
      'ipam/ip-addresses/?device_id=99',
      'dcim/cables/?device_id=99',
    ])
      expect((await call('GET', `/api/${path}`)).body, path).toMatchObject({ count: 0 });
    expect(await ids('/api/ipam/ip-addresses/?device_id=2&device_id=99')).toEqual([2]);
  });

  test('a blank value is no filter, unless there is something to choose from', async () => {
    expect(await names('name=&serial=&id__gt=')).toHaveLength(4);
    for (const query of ['site_id=', 'site=', 'status=', 'tag='])
      expect(await status(`${D}?${query}`), query).toBe(400);
  });

  test('by id, by time, by request; what the real one refuses', async () => {
    expect(await ids(`${D}?id=1&id=3&id=99&ordering=id`)).toEqual([1, 3]);
    expect(await ids(`${D}?id__gte=2&id__lt=4&ordering=id`)).toEqual([2, 3]);
    const { headers, body } = await call('PATCH', `${D}3/`, { serial: 'X' });
    expect(await names(`last_updated__gte=${String(body.last_updated)}`)).toEqual(['d3']);
    expect(await names(`updated_by_request=${headers.get('x-request-id')}`)).toEqual(['d3']);
    for (const query of [
      'id=x',
      'id__gt=x',
      'last_updated__gte=junk',
      'last_updated__gte=2020-01-01T00:00:00+02:00',
      'modified_by_request=x',
    ])
      expect(await status(`${D}?${query}`), query).toBe(400);
  });

  test('whoever asks by a name that is no filter can be found out', async () => {
    await call('GET', `${D}?serial_number=S1&device_id=1&name=d1`);
    expect(lab.simulator.ignoredFilters).toEqual(['devices: serial_number', 'devices: device_id']);
  });
});
