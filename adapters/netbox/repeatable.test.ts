import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordDraft, RecordObject, RecordObjects } from '#src/ports/record-objects.ts';
import { netboxAdapter } from './index.ts';
import { startNetboxSimulator, type NetboxSimulator } from './simulator.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
const more = { key: 'k', fields: ['name'] };
const bmc = { name: 'BMC', type: 'other', mgmt_only: true, mac_address: '5c:f9:dd:fc:a6:f4' };
const oob = { address: '10.99.0.100/24', status: 'active', role: 'oob', interface: { name: 'BMC' } };
const MODELS = [
  'manufacturer',
  'deviceType',
  'deviceRole',
  'device',
  'interface',
  'macAddress',
  'ipAddress',
  'tag',
] as const;
let simulator: NetboxSimulator;
let connection: Connection;
let records: RecordObjects;
let draft: RecordDraft;

beforeEach(async () => {
  simulator = await startNetboxSimulator();
  const site = simulator.as('alice').create('site', { name: 'AMS1', slug: 'ams1' });
  draft = {
    parentId: null,
    set: {
      ...{ name: 'srv-1', serial: 'SN1', site: { id: String(site) }, role: { name: 'Server' }, status: 'planned' },
      device_type: { manufacturer: { name: 'Dell Inc.' }, model: 'PowerEdge R650' },
    },
  };
  connection = netboxAdapter.connect(
    netboxAdapter.Settings.parse({ url: simulator.url, token: simulator.token, timeoutMs: 1000 }),
    kitForTests('netbox'),
  );
  if (!connection.provides.recordObjects) throw new Error('no recordObjects');
  records = connection.provides.recordObjects;
});
afterEach(async () => {
  await connection.close?.();
  await simulator.close();
});

function counts(): Record<string, number> {
  return Object.fromEntries(MODELS.map((model) => [model, simulator.database.all(model).length]));
}
async function make(type: string, wanted: RecordDraft): Promise<RecordObject> {
  const [result] = await records.create(type, [wanted], more, signal);
  if (result?.outcome === 'written' || result?.outcome === 'found') return result.object;
  throw new Error(JSON.stringify(result));
}
/** Until it succeeds, as a job would; every failure has to be one that may be tried again. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      expect(error).toMatchObject({ retry: 'later' });
      if (attempt === 10) throw error;
    }
  }
}

describe('every step can be lost after it happened, and nothing is there twice', () => {
  test.each(['drop-answer', 'reset', 'garbage'] as const)('%s of each write once', async (kind) => {
    const there = ['manufacturers', 'device-types', 'device-roles', 'devices', 'interfaces', 'mac-addresses'];
    for (const path of [...there.map((one) => `dcim/${one}`), 'extras/tags', 'ipam/ip-addresses'])
      simulator.server.addFault({ match: `^POST /api/${path}/$`, kind, times: 1 });
    for (const path of ['interfaces', 'devices'])
      simulator.server.addFault({ match: `^PATCH /api/dcim/${path}/`, kind, times: 1 });
    const { id } = await untilDone(() => make('device', draft));
    const port = await untilDone(() => make('interface', { parentId: id, set: bmc }));
    // Found, it is given back as it is, perhaps still without a MAC: then it differs, as anything that is there.
    const write = { id: port.id, version: null, set: { mac_address: bmc.mac_address } };
    await untilDone(() => records.update('interface', [write], more, signal));
    await untilDone(() => make('ip-address', { parentId: id, set: oob }));
    expect(counts()).toEqual(Object.fromEntries(MODELS.map((model) => [model, 1])));
    expect(simulator.show('interface', Number(port.id))).toMatchObject({ mac_address: bmc.mac_address.toUpperCase() });
    expect(simulator.show('device', Number(id))).toMatchObject({ oob_ip: { address: oob.address } });
  });

  test('two at the same time make one device', async () => {
    const found = await Promise.all([make('device', draft), make('device', draft)]);
    expect(found[0]?.id).toBe(found[1]?.id);
    expect(counts()).toMatchObject({ device: 1, manufacturer: 1, deviceType: 1, deviceRole: 1 });
  });

  test('a caller that gives up is told so, and the next one goes on', async () => {
    const giveUp = AbortSignal.timeout(50);
    simulator.server.addFault({ match: '^POST', kind: 'hang', times: 1 });
    await expect(records.create('device', [draft], more, giveUp)).rejects.toThrow();
    expect((await make('device', draft)).data['name']).toBe('srv-1');
  });
});

test('what is there already costs reads and no writes, and no webhook', async () => {
  const { id } = await make('device', draft);
  await make('interface', { parentId: id, set: bmc });
  await make('ip-address', { parentId: id, set: oob });
  simulator.server.forget();
  await make('device', draft);
  await make('interface', { parentId: id, set: { ...bmc, mac_address: bmc.mac_address.toUpperCase() } });
  await make('ip-address', { parentId: id, set: oob });
  expect(simulator.server.requests.filter((one) => one.method !== 'GET')).toEqual([]);
});

describe('a listing proves nothing when it is not whole', () => {
  test('no second device when the search answers garbage or nothing at all', async () => {
    await make('device', draft);
    for (const kind of ['garbage', 'hang', 'reset'] as const) {
      simulator.server.addFault({ match: '^GET /api/dcim/devices/', kind });
      const error: unknown = await make('device', draft).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AdapterError);
      simulator.server.clearFaults();
    }
    expect(counts()).toMatchObject({ device: 1 });
  });

  test('a server that ignores the filter does not make a stranger ours', async () => {
    simulator.seed({ devices: [{ name: 'stranger', site: 'AMS1', serial: 'OTHER' }] });
    const stranger = { count: 1, next: null, results: [simulator.show('device', 1)] };
    simulator.server.addFault({ match: '^GET /api/dcim/devices/\\?', kind: 'status', status: 200, body: stranger });
    const made = await make('device', draft);
    expect([made.id === '1', made.data['name']]).toEqual([false, 'srv-1']);
  });
});

test("an address on a virtual machine or in somebody else's hands is never taken", async () => {
  const { id: device } = await make('device', draft);
  await make('interface', { parentId: device, set: bmc });
  const id = simulator.as('alice').create('ipAddress', {
    address: oob.address,
    assigned_object_type: 'virtualization.vminterface',
    assigned_object_id: 4,
  });
  const [result] = await records.create('ip-address', [{ parentId: device, set: oob }], more, signal);
  expect(result).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('10.99.0.100') });
  expect(simulator.database.find('ipAddress', id)?.assigned_object_id).toBe(4);
});
