import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';
import { MACHINES, simulatorLab } from './lab-for-tests.ts';
import { fleetDevice, fleetMac, fleetPart } from './seed-fleet.ts';
import { serveFleet, type Served } from './serve.ts';

const lab = simulatorLab();
const { call } = lab;

test('a fleet is there as if somebody had made it, and nothing tells of it', async () => {
  const simulator = await lab.start();
  const { url, deliveries } = await lab.listen();
  lab.subscribe(url);
  await simulator.webhooksSent();
  simulator.seedFleet({ devices: 60, modulesPerDevice: 5, interfacesPerDevice: 3, sites: 2, racks: 2 });
  await simulator.webhooksSent();
  expect([deliveries.length, simulator.database.changeLog.length]).toEqual([0, 2]);
  const count = async (list: string): Promise<unknown> => (await call('GET', `/api/dcim/${list}/?limit=1`)).body.count;
  expect([await count('devices'), await count('modules'), await count('interfaces'), await count('racks')]).toEqual([
    60, 300, 180, 2,
  ]);
  const { name, serial } = fleetDevice(7);
  const [device] = (await call('GET', `/api/dcim/devices/?serial=${serial}`)).body.results;
  expect(device).toMatchObject({
    ...{ name, id: 8, position: 4, rack: { name: 'R2' }, site: { slug: 'site-2' }, status: { value: 'active' } },
    ...{ device_type: { model: 'PowerEdge R650' }, interface_count: 3, module_bay_count: 5 },
  });
  const modules = (await call('GET', '/api/dcim/modules/?device_id=8&ordering=id')).body.results;
  expect(modules.map((one) => one['serial'])).toEqual([0, 1, 2, 3, 4].map((place) => fleetPart(7, place).serial));
  expect(modules[0]).toMatchObject({ module_bay: { name: 'CPU 1' }, module_type: { model: 'Xeon Gold 6338' } });
  const [port] = (await call('GET', `/api/dcim/interfaces/?mac_address=${fleetMac(7, 0)}`)).body.results;
  expect(port).toMatchObject({ name: 'BMC', mgmt_only: true, device: { id: 8 }, mac_address: fleetMac(7, 0) });
});

test('its rows have the fields of others, and can be written like others', async () => {
  const simulator = await lab.start();
  const [made] = simulator.seed({ devices: MACHINES }).values();
  simulator.seedFleet({ devices: 2, modulesPerDevice: 1 });
  const [ours, theirs] = [simulator.show('device', made ?? 0), simulator.show('device', 4)];
  expect(Object.keys(theirs ?? {})).toEqual(Object.keys(ours ?? {}));
  simulator.as('admin').create('tag', { name: 'T', slug: 't' });
  const { status, body } = await call('PATCH', '/api/dcim/devices/4/', { add_tags: [{ slug: 't' }], serial: 'X' });
  expect([status, body]).toMatchObject([200, { serial: 'X', tags: [{ slug: 't' }] }]);
  expect(simulator.show('device', 5)).toMatchObject({ tags: [] });
  expect((await call('DELETE', '/api/dcim/devices/4/')).status).toBe(204);
  expect(simulator.database.all('module').map(({ device }) => device)).toEqual([5]);
});

test('its parts are what the caller says', async () => {
  const simulator = await lab.start();
  simulator.seedFleet({
    ...{ devices: 1, modulesPerDevice: 2 },
    device: () => ({ name: 'x', serial: 'SX', assetTag: null }),
    part: (_device, place) => ({ bay: `Slot ${place}`, manufacturer: 'Acme', model: 'M', serial: `P${place}` }),
  });
  expect(simulator.database.all('module').map(({ serial }) => serial)).toEqual(['P0', 'P1']);
  expect(simulator.database.all('moduleType')).toHaveLength(1);
});

test('a process of its own says where it is, and ends with whoever started it', { timeout: 30_000 }, async () => {
  const child = fork(
    path.join(import.meta.dirname, 'serve.ts'),
    ['--devices', '3', '--modules', '2', '--version', '4.6.9'],
    { silent: true },
  );
  const [served] = (await once(child, 'message')) as [Served];
  expect(served).toMatchObject({ version: '4.6.9', devices: 3, modules: 6, interfaces: 6 });
  const answer = await fetch(`${served.url}/api/dcim/modules/`, {
    headers: { authorization: `Token ${served.token}` },
  });
  expect([answer.headers.get('api-version'), ((await answer.json()) as { count: number }).count]).toEqual(['4.6', 6]);
  child.disconnect();
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
});

test('a count that is none is refused by its name', async () => {
  await expect(serveFleet(['--devices', 'many'])).rejects.toThrow('--devices many: give a whole number');
});
