import { describe, expect, test } from 'vitest';
import { MACHINES, simulatorLab } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call } = lab;
const D = '/api/dcim/devices/';
const draft = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ name, site: 1, role: 1, device_type: 1 },
  ...more,
});

async function start(version: string): Promise<void> {
  const { seed } = await lab.start({ version });
  seed({ devices: MACHINES });
}
const serial = (id: number): unknown => lab.simulator.show('device', id)?.['serial'];

describe('4.7', () => {
  test('names each entry that is wrong, and does nothing', async () => {
    await start('4.7.3');
    const patched = await call('PATCH', D, [
      { id: 1, serial: 'NEW' },
      { id: 2, status: 'bogus' },
      { id: 3, position: 99 },
    ]);
    expect(patched.status).toBe(400);
    expect(patched.body).toMatchObject({
      detail: '2 of 3 objects could not be updated.',
      errors: [
        { id: 2, errors: { status: ['bogus is not a valid choice.'] } },
        { id: 3, errors: { position: [expect.stringContaining('U99.0')] } },
      ],
    });
    const made = await call('POST', D, [draft('n1'), draft('d1'), draft('n1')]);
    expect(made.body).toMatchObject({ errors: [{ index: 1 }, { index: 2 }] });
    expect([serial(1), lab.simulator.database.all('device')]).toEqual(['S1', expect.objectContaining({ length: 3 })]);
  });

  test.each([
    ['one that is not there', [{ id: 1, serial: 'X' }, { id: 99 }], { errors: [{ id: 99 }] }],
    ['the same one twice', [{ id: 1, serial: 'X' }, { id: 1 }], { errors: [{ id: 1 }] }],
    [
      'no id',
      [{ id: 1, serial: 'X' }, { serial: 'Y' }],
      { errors: [{ index: 1, errors: { id: ['This field is required.'] } }] },
    ],
  ])('refuses %s', async (_what, body, expected) => {
    await start('4.7.3');
    const reply = await call('PATCH', D, body);
    expect([reply.status, reply.body]).toMatchObject([400, expected]);
    expect(serial(1)).toBe('S1');
  });

  test('409 where something else needs what is deleted, and nothing is', async () => {
    await start('4.7.3');
    lab.simulator.seed({ sites: ['EMPTY'] });
    const reply = await call('DELETE', '/api/dcim/sites/', [{ id: 2 }, { id: 1 }]);
    expect(reply).toMatchObject({ status: 409, body: { errors: [{ id: 1 }] } });
    expect(lab.simulator.database.all('site')).toHaveLength(2);
  });
});

describe.each(['4.4.10', '4.5.10', '4.6.9'])('%s', (version) => {
  test('passes over what is not there without a word', async () => {
    await start(version);
    const reply = await call('PATCH', D, [
      { id: 1, serial: 'NEW' },
      { id: 99, serial: 'NEW' },
    ]);
    expect([reply.status, reply.body.list.map(({ id }) => id)]).toEqual([200, [1]]);
    expect((await call('DELETE', D, [{ id: 99 }, { id: 2 }])).status).toBe(204);
    expect(lab.simulator.show('device', 2)).toBeUndefined();
  });

  test('names nobody when one is wrong, and does nothing', async () => {
    await start(version);
    const body = [
      { id: 1, serial: 'NEW' },
      { id: 2, status: 'bogus' },
    ];
    expect(await call('PATCH', D, body)).toMatchObject({
      status: 400,
      body: { status: ['bogus is not a valid choice.'] },
    });
    expect(serial(1)).toBe('S1');
  });

  test('checks what is made before any of it is there; devices one after the other', async () => {
    await start(version);
    const sites = (...all: string[]) =>
      call(
        'POST',
        '/api/dcim/sites/',
        all.map((name) => ({ name, slug: name.toLowerCase() })),
      );
    const refused = await sites('N1', 'AMS1');
    expect([refused.status, refused.body.list]).toMatchObject([
      400,
      [{}, { name: ['site with this name already exists.'] }],
    ]);
    expect((await sites('N1', 'N1')).status).toBe(500);
    expect(await call('POST', D, [draft('n1'), draft('n1')])).toMatchObject({
      status: 400,
      body: { __all__: [expect.any(String)] },
    });
    expect((await call('POST', D, [])).status).toBe(500);
    expect([lab.simulator.database.all('site').length, lab.simulator.database.all('device').length]).toEqual([1, 3]);
  });
});

test.each(['4.5.10', '4.6.9', '4.7.3'])(
  '%s and If-Match: one of a list of states for each object of a bulk',
  async (version) => {
    await start(version);
    const etag = async (id: number): Promise<string> => (await call('GET', `${D}${id}/`)).headers.get('etag') ?? '';
    const states = `${await etag(1)}, ${await etag(2)}`;
    const write = (value: string): Promise<{ status: number }> =>
      call(
        'PATCH',
        D,
        [1, 2].map((id) => ({ id, serial: value })),
        { 'if-match': states },
      );
    expect((await write('A')).status).toBe(200);
    expect((await write('B')).status).toBe(version === '4.5.10' ? 200 : 412);
    expect((await call('DELETE', `${D}1/`, undefined, { 'if-match': states })).status).toBe(
      version === '4.5.10' ? 204 : 412,
    );
    expect(serial(2)).toBe(version === '4.5.10' ? 'B' : 'A');
  },
);

test('a PATCH of nothing moves the time alone; a PUT takes away the place and leaves the rest', async () => {
  await start('4.7.3');
  const before = lab.simulator.show('device', 1);
  const logged = lab.simulator.database.changeLog.length;
  const { body } = await call('PATCH', `${D}1/`, { serial: 'S1' });
  expect(body.last_updated).not.toBe(before?.['last_updated']);
  expect(lab.simulator.database.changeLog).toHaveLength(logged);
  const put = await call('PUT', `${D}1/`, draft('d1'));
  expect(put.body).toMatchObject({
    rack: null,
    position: null,
    face: null,
    serial: 'S1',
    oob_ip: { address: '10.0.0.1/24' },
  });
});

test('a device takes along what is in it and on it; its cable stays, with one end', async () => {
  await start('4.7.3');
  const admin = lab.simulator.as('admin');
  const end = (id: number): object[] => [{ object_type: 'dcim.interface', object_id: id }];
  admin.create('cable', { a_terminations: end(1), b_terminations: end(2), label: 'C1' });
  expect((await call('GET', '/api/dcim/interfaces/2/')).body).toMatchObject({
    ...{
      cable: { label: 'C1' },
      _occupied: true,
      link_peers: [{ id: 1 }],
      connected_endpoints: [{ device: { name: 'd1' } }],
    },
  });
  admin.create('inventoryItem', { device: 1, name: 'Fan 1' });
  const bay = admin.create('moduleBay', { device: 1, name: 'DIMM A1' });
  admin.create('moduleType', { manufacturer: 1, model: 'M1' });
  admin.create('module', { device: 1, module_bay: bay, module_type: 1, serial: 'X' });
  admin.create('journalEntry', { assigned_object_type: 'dcim.device', assigned_object_id: 1, comments: 'x' });
  expect((await call('DELETE', '/api/dcim/module-types/1/')).status).toBe(409);
  expect((await call('DELETE', `${D}1/`)).status).toBe(204);
  const left = (
    model:
      | 'module'
      | 'moduleBay'
      | 'inventoryItem'
      | 'journalEntry'
      | 'interface'
      | 'ipAddress'
      | 'macAddress'
      | 'cable'
      | 'cableTermination',
  ) => lab.simulator.database.all(model).length;
  expect([left('module'), left('moduleBay'), left('inventoryItem'), left('journalEntry')]).toEqual([0, 0, 0, 0]);
  expect([left('interface'), left('ipAddress'), left('macAddress'), left('cable'), left('cableTermination')]).toEqual([
    2, 2, 2, 1, 1,
  ]);
  const cable = (await call('GET', '/api/dcim/cables/1/')).body;
  expect(cable).toMatchObject({ a_terminations: [], b_terminations: [{ object_id: 2 }] });
});
