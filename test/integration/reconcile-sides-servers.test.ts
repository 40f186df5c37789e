import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hardwareFacts } from '#jobs/tasks/hardware-facts.ts';
import { latestInventory } from '#src/history/reads.ts';
import type { Json } from './history-audit-web.ts';
import { FROM, sideNamed, type SidesHub, sidesHub } from './reconcile-sides.ts';

let on: SidesHub;
const id: Record<string, string> = {};

beforeAll(async () => {
  on = await sidesHub();
  for (const [key, body] of [
    ['ams1', { type: 'site', name: 'ams1' }],
    ['fra1', { type: 'site', name: 'fra1' }],
    ['hall', { type: 'room', name: 'Hall 2', parent: 'ams1' }],
    ['r1', { type: 'rack', name: 'R1', parent: 'ams1 / Hall 2' }],
    ['r2', { type: 'rack', name: 'R2', parent: 'fra1' }],
  ] as const)
    id[key] = await on.make('/v1/locations', body);
  id['srv'] = await on.make('/v1/assets', {
    ...{ name: 'srv-1', serial: 'SN-1', asset_tag: 'A-1', manufacturer: 'Dell Inc.', model: 'R650' },
    ...{ location_id: id['r1'], position: 10, height_u: 2 },
  });
  id['other'] = await on.make('/v1/assets', { serial: 'SN-2' });
});
afterAll(() => on.close());

const values = async (key: string) => (await on.objects('server')).get(id[key] ?? '')?.values;
const shown = async (key: string) => (await on.ask(`/v1/assets/${id[key]}`)).json;
const timeline = (key: string) => on.told(`/v1/assets/${id[key]}/timeline`);

function hardware(at: string, more: Json = {}): Json {
  const part = (kind: string, slot: string, fields: Json): Json => ({ kind, slot, ...fields });
  return {
    schema: 'reanimator.report/v1',
    ...{ source: 'redfish', collected_at: at, host: { asset_id: id['srv'] } },
    system: { biosVersion: '2.4', processorCount: 2 },
    scope: ['cpu', 'dimm', 'drive', 'bmc'],
    components: [
      part('bmc', 'BMC', { manufacturer: 'Dell', model: 'iDRAC9', serial: 'B1', firmware: '7.0' }),
      part('cpu', 'CPU 10', { manufacturer: 'Intel', model: 'Xeon B' }),
      part('cpu', 'CPU 2', { manufacturer: 'Intel', model: 'Xeon A' }),
      part('dimm', 'A1', { manufacturer: 'Micron', serial: 'D1', attributes: { capacityBytes: 64 * 2 ** 30 } }),
      part('dimm', 'A2', { manufacturer: 'Micron', serial: 'D2', attributes: { capacityBytes: 32 * 2 ** 30 } }),
      part('nic', 'NIC 1', { manufacturer: 'Intel', serial: 'N1' }),
    ],
    ...more,
  };
}

describe('what is shown', () => {
  test('what the hub knows of a server; what it does not know is unknown', async () => {
    expect(await values('srv')).toEqual({
      ...{ name: 'srv-1', serial: 'SN-1', asset_tag: 'A-1', manufacturer: 'Dell Inc.', model: 'R650' },
      ...{ site: id['ams1'], location: id['hall'], rack: id['r1'], position: 10, face: 'front' },
      ...{ state: 'RACKED', hub_asset_id: id['srv'], tags: ['reanimator'] },
    });
    const other = await values('other');
    expect(other).toMatchObject({ name: 'SN-2', serial: 'SN-2', state: 'ORDERED' });
    for (const field of ['asset_tag', 'model', 'site', 'rack', 'position', 'face', 'cpu_count'])
      expect(other?.[field], field).toBeUndefined();
  });

  test('is found by serial, asset tag and name, whatever their case', async () => {
    const side = sideNamed('server');
    const find = async (field: string, wanted: string[]) =>
      (await side.find(on.ctx, field, wanted)).map((one) => one.id);
    expect(await find('serial', ['sn-1', 'SN-2', 'SN-9'])).toEqual([id['srv'], id['other']].toSorted());
    expect(await find('asset_tag', ['a-1'])).toEqual([id['srv']]);
    expect(await find('name', ['SRV-1'])).toEqual([id['srv']]);
    await expect(side.find(on.ctx, 'site', ['x'])).rejects.toThrow('a server cannot be found by "site"');
  });

  test('where it only has words for its place, the one site and rack of that name', async () => {
    const words = async (site: string, rack: string | null) => {
      await on.database.db('assets').where({ id: id['other'] }).update({ site, rack, position: 4 });
      const { site: siteId, rack: rackId, position } = (await values('other')) ?? {};
      return [siteId, rackId, position];
    };
    expect(await words('fra1', 'R2')).toEqual([id['fra1'], id['r2'], 4]);
    expect(await words('ams1', 'R2')).toEqual([id['ams1'], undefined, undefined]);
    expect(await words('nowhere', 'R2')).toEqual([undefined, undefined, undefined]);
    await on.database.db('assets').where({ id: id['other'] }).update({ site: null, rack: null, position: null });
  });

  test('what only bundles speak of is not, until somebody says where it is', async () => {
    const report = hardware('2026-05-01T00:00:00Z', {
      host: { product_serial: 'UNSEEN-1' },
      components: [{ kind: 'dimm', slot: 'A1', serial: 'D9', attributes: { capacityBytes: 96 * 2 ** 30 } }],
    });
    expect(await on.changedBy('server', () => on.upload(report))).toEqual([]);
    const [seen] = await sideNamed('server').find(on.ctx, 'serial', ['UNSEEN-1']);
    expect(seen).toMatchObject({ values: { serial: 'UNSEEN-1', state: 'RECEIVED', memory_gib: 96 } });
    const place = () => on.change(`/v1/assets/${seen?.id}`, { location_id: id['ams1'] });
    expect(await on.changedBy('server', place)).toEqual([seen?.id]);
  });
});

describe('digests', () => {
  test('change with each value, and with nothing else', async () => {
    const asset = `/v1/assets/${id['srv']}`;
    const only = [id['srv']];
    expect(await on.changedBy('server', () => on.change(asset, { name: 'srv-1b' }))).toEqual(only);
    expect(await on.changedBy('server', () => on.change(asset, { name: 'srv-1' }))).toEqual(only);
    expect(await on.changedBy('server', () => on.change(asset, { position: 20 }))).toEqual(only);
    expect(await on.changedBy('server', () => on.change(asset, { height_u: 1 }))).toEqual([]);
    expect(await on.changedBy('server', () => on.upload(hardware('2026-05-02T00:00:00Z')))).toEqual(only);
    // Looked at again, and the same: only the time is another one.
    expect(await on.changedBy('server', () => on.upload(hardware('2026-05-03T00:00:00Z')))).toEqual([]);
    const bios = hardware('2026-05-04T00:00:00Z', { system: { biosVersion: '2.5', processorCount: 2 } });
    expect(await on.changedBy('server', () => on.upload(bios))).toEqual(only);
    const moveRack = () => on.change(`/v1/locations/${id['r1']}`, { parent_id: id['fra1'] });
    expect(await on.changedBy('server', moveRack)).toEqual(only);
    await on.change(`/v1/locations/${id['r1']}`, { parent_id: id['hall'] });
    // Two servers that change places.
    const ids = [id['srv'], id['other']];
    await on.change(`/v1/assets/${id['other']}`, { location_id: id['r1'], position: 30, name: 'other' });
    const swap = async () => {
      await on.change(`/v1/assets/${id['srv']}`, { position: 38 });
      await on.change(`/v1/assets/${id['other']}`, { position: 20 });
      await on.change(`/v1/assets/${id['srv']}`, { position: 30 });
    };
    expect(await on.changedBy('server', swap)).toEqual(ids.toSorted());
  });
});

test('hardware facts are those of the whole inventory', async () => {
  const inventory = await latestInventory(on.ctx, id['srv'] ?? '');
  const facts = inventory && hardwareFacts(inventory);
  expect(facts).toEqual({
    ...{ bmc_firmware: '7.0', bios_version: '2.5', cpu_model: 'Xeon A', cpu_count: 2, memory_gib: 96, drive_count: 0 },
  });
  expect(await values('srv')).toMatchObject(facts ?? {});
  // Cards were seen, and not all of them looked at: how many there are, nobody has said.
  expect((await values('srv'))?.['nic_count']).toBeUndefined();
});

describe('what the other side says', () => {
  test('is taken over: names, and where it stands, by the rack itself', async () => {
    const before = (await timeline('srv')).length;
    const there = { name: 'web-1', site: id['fra1'] ?? '', location: null, rack: id['r2'] ?? '', position: 7 };
    expect(await on.changedBy('server', () => on.adopt('server', id['srv'] ?? '', there))).toEqual([id['srv']]);
    expect(await shown('srv')).toMatchObject({
      ...{ name: 'web-1', site: 'fra1', rack: 'R2', position: 7, location: { id: id['r2'] } },
      record: { id: '77', url: FROM.recordUrl },
    });
    const told = (await timeline('srv')).slice(before);
    expect(told.map(({ type }) => type).toSorted()).toEqual([
      ...['asset.placement_changed', 'asset.recorded', 'asset.updated'],
    ]);
    expect(told.find(({ type }) => type === 'asset.placement_changed')).toMatchObject({
      sentence: 'netbox moved it from ams1 / R1 / U30 to fra1 / R2 / U7',
      data: { from: { site: 'ams1', rack: 'R1', position: 30 }, to: { site: 'fra1', rack: 'R2', position: 7 } },
    });
    expect((await on.told(`/v1/locations/${id['r2']}/timeline`)).at(-1)?.type).toBe('asset.placement_changed');
    await on.adopt('server', id['srv'] ?? '', there);
    expect(await timeline('srv')).toHaveLength(before + 3);
  });

  test('the unit alone, out of the rack, and back', async () => {
    await on.adopt('server', id['srv'] ?? '', { position: 9.5 });
    expect(await shown('srv')).toMatchObject({ position: 9.5, location: { id: id['r2'] } });
    await on.adopt('server', id['srv'] ?? '', { rack: null, position: null });
    expect(await shown('srv')).toMatchObject({
      site: 'fra1',
      rack: null,
      position: null,
      location: { id: id['fra1'] },
    });
    await on.adopt('server', id['srv'] ?? '', { site: id['ams1'] ?? '' });
    expect(await shown('srv')).toMatchObject({ site: 'ams1', rack: null, location: { id: id['ams1'] } });
    await on.adopt('server', id['srv'] ?? '', { location: id['hall'] ?? '', rack: id['r1'] ?? '', position: 1 });
    expect(await shown('srv')).toMatchObject({ site: 'ams1', rack: 'R1', position: 1 });
  });

  test('where only the words were known, the location is told as such', async () => {
    await on.database.db('assets').where({ id: id['srv'] }).update({ location_id: null });
    const before = (await timeline('srv')).length;
    await on.adopt('server', id['srv'] ?? '', { site: id['ams1'] ?? '', rack: id['r1'] ?? '', position: 1 });
    expect((await timeline('srv')).slice(before).map(({ sentence }) => sentence)).toEqual([
      'Placed: from nowhere to ams1 / Hall 2 / R1 / U1',
    ]);
  });

  test.each([
    ['units that are taken', { position: 20 }, 'other is in the way'],
    ['units that the rack does not have', { position: 50 }, 'has the units 1 to 42'],
    ['a rack that is in another site here', { site: 'fra1', rack: 'r1' }, 'is somewhere else here'],
    ['a rack that is not here yet', { rack: 'new:rack:5' }, 'its rack is not here yet'],
    ['a serial of another server', { serial: 'SN-2' }, 'SN-2 is that of other already'],
    ['a name that is too long', { name: 'x'.repeat(65) }, '/name'],
  ])('%s: refused, and nothing has changed', async (_what, said, why) => {
    const before = [await shown('srv'), await timeline('srv')];
    const meant = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, id[String(value)] ?? value]));
    const all = { name: 'renamed as well', ...meant } as Record<string, string>;
    await expect(on.adopt('server', id['srv'] ?? '', all)).rejects.toThrow(why);
    expect([await shown('srv'), await timeline('srv')]).toEqual(before);
  });

  test('the model is taken over only where nobody has looked into the server', async () => {
    await on.adopt('server', id['srv'] ?? '', { model: 'PowerEdge R650' });
    expect(await shown('srv')).toMatchObject({ model: 'PowerEdge R650' });
    await on.database.db('assets').where({ id: id['srv'] }).update({ inspected_at: '2026-05-05 00:00:00' });
    await expect(on.adopt('server', id['srv'] ?? '', { model: 'R750' })).rejects.toThrow(
      'the server itself says that it is PowerEdge R650',
    );
  });
});

describe('what is known there', () => {
  test('is told on the timeline, once where nothing was written', async () => {
    await on.note('server', id['other'] ?? '', ['serial', 'status'], '78');
    await on.note('server', id['other'] ?? '', [], '78');
    expect((await timeline('other')).filter(({ type }) => type === 'asset.recorded')).toMatchObject([
      { sentence: 'Recorded in netbox as device 78: serial, status' },
    ]);
  });

  test('a record that proves to be another server is that one from now on', async () => {
    await on.note('server', id['srv'] ?? '', ['created'], '78');
    expect((await shown('srv'))['record']).toMatchObject({ id: '78' });
    expect((await shown('other'))['record']).toBeNull();
    expect((await timeline('other')).at(-1)?.sentence).toBe('Changed: record from 78 to none');
  });
});

describe('what is new there', () => {
  const there = { name: 'new-1', serial: 'SN-77', manufacturer: 'dell', model: 'R750', asset_tag: null };

  test('is registered, in the state that it has there, once per record', async () => {
    const place = { site: id['fra1'], location: undefined, rack: id['r2'], position: 30 };
    const made = await on.create('server', { ...there, ...place, status: 'IN_SERVICE', lifecycle_state: null }, '500');
    id['made'] = made;
    expect(await shown('made')).toMatchObject({
      ...{ name: 'new-1', serial: 'SN-77', state: 'IN_SERVICE', site: 'fra1', rack: 'R2', position: 30 },
      ...{ record: { id: '500' }, location: { id: id['r2'] } },
    });
    expect(await timeline('made')).toMatchObject([
      { sentence: 'Registered new-1 as IN_SERVICE (found in the system of record)' },
    ]);
    expect(await on.create('server', { ...there, ...place, position: 33 }, '500')).toBe(made);
    const own = { name: 'new-2', serial: 'SN-78', site: id['fra1'], lifecycle_state: 'READY', status: 'RACKED' };
    id['ready'] = await on.create('server', own, '501');
    expect(await shown('ready')).toMatchObject({ state: 'READY', site: 'fra1', rack: null });
  });

  test.each([
    ['a serial of ours', { ...there, serial: 'SN-1' }, 'SN-1 is that of'],
    ['an asset tag of ours', { ...there, serial: null, asset_tag: 'A-1' }, 'A-1 is that of'],
    ['nothing that it could be found by', { name: null, serial: null }, 'could not be found again'],
    ['units that are taken', { ...there, serial: null, site: 'fra1', rack: 'r2', position: 30 }, 'is in the way'],
    ['a unit without a rack', { ...there, serial: null, position: 30 }, 'it stands in no rack here'],
  ])('%s: refused', async (_what, said, why) => {
    const meant = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, id[String(value)] ?? value]));
    await expect(on.create('server', meant, '900')).rejects.toThrow(why);
    expect(await on.database.db('assets').where({ record_id: '900' }).select('id')).toEqual([]);
  });
});
