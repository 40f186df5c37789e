import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceDraft, DeviceRecords } from '#src/ports/device-records.ts';
import { netboxAdapter } from './index.ts';
import { startNetboxSimulator, type NetboxSimulator } from './simulator.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
const draft: DeviceDraft = {
  name: 'srv-1',
  manufacturer: 'Dell Inc.',
  model: 'PowerEdge R650',
  site: 'AMS1',
  rack: 'R01',
  position: 7,
  serial: 'SN1',
  role: 'server',
  status: 'planned',
};
const bmc = { name: 'BMC', macAddress: '5c:f9:dd:fc:a6:f4', ipAddress: '10.99.0.100/24' };
let simulator: NetboxSimulator;
let connection: Connection;
let records: DeviceRecords;

beforeEach(async () => {
  simulator = await startNetboxSimulator();
  connection = netboxAdapter.connect(
    netboxAdapter.Settings.parse({ url: simulator.url, token: simulator.token, timeoutMs: 1000 }),
    kitForTests('netbox'),
  );
  if (!connection.provides.deviceRecords) throw new Error('no deviceRecords');
  records = connection.provides.deviceRecords;
});
afterEach(async () => {
  await connection.close?.();
  await simulator.close();
});

function counts(): Record<string, number> {
  const models = [
    'site',
    'rack',
    'manufacturer',
    'deviceType',
    'deviceRole',
    'device',
    'interface',
    'macAddress',
    'ipAddress',
    'tag',
  ] as const;
  return Object.fromEntries(models.map((model) => [model, simulator.database.all(model).length]));
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
    for (const path of [
      'sites',
      'racks',
      'manufacturers',
      'device-types',
      'device-roles',
      'devices',
      'interfaces',
      'mac-addresses',
    ]) {
      simulator.server.addFault({ match: `^POST /api/dcim/${path}/$`, kind, times: 1 });
    }
    for (const path of ['extras/tags', 'ipam/ip-addresses'])
      simulator.server.addFault({ match: `^POST /api/${path}/$`, kind, times: 1 });
    simulator.server.addFault({ match: '^PATCH /api/dcim/interfaces/', kind, times: 1 });
    simulator.server.addFault({ match: '^PATCH /api/dcim/devices/', kind, times: 1 });
    const record = await untilDone(() => records.create('k', draft, signal));
    await untilDone(() => records.ensureManagementInterface('k', record, bmc, signal));
    expect(new Set(Object.values(counts()))).toEqual(new Set([1]));
    expect((await records.read(record.id, signal))?.bmc).toMatchObject({
      macAddress: bmc.macAddress,
      ipAddress: bmc.ipAddress,
    });
  });

  test('two at the same time make one device', async () => {
    const found = await Promise.all([records.create('a', draft, signal), records.create('b', draft, signal)]);
    expect(found[0]?.id).toBe(found[1]?.id);
    expect(counts()).toMatchObject({ device: 1, site: 1, manufacturer: 1, deviceType: 1, deviceRole: 1 });
  });

  test('a caller that gives up is told so, and the next one goes on', async () => {
    const giveUp = AbortSignal.timeout(50);
    simulator.server.addFault({ match: '^POST', kind: 'hang', times: 1 });
    await expect(records.create('k', draft, giveUp)).rejects.toThrow();
    expect((await records.create('k', draft, signal)).name).toBe('srv-1');
  });
});

describe('an unchanged world', () => {
  test('costs reads and no writes, and no webhook', async () => {
    const record = await records.create('k', draft, signal);
    await records.ensureManagementInterface('k', record, bmc, signal);
    simulator.server.forget();
    const again = await records.create('k', draft, signal);
    await records.update('k', again, { serial: 'SN1', status: 'planned', addTags: ['reanimator'] }, signal);
    await records.ensureManagementInterface('k', again, { ...bmc, macAddress: bmc.macAddress.toUpperCase() }, signal);
    expect(simulator.server.requests.filter((one) => one.method !== 'GET')).toEqual([]);
  });

  test('a selection as 4.7 shows it is compared by its value', async () => {
    const alice = simulator.as('alice');
    const set = alice.create('choiceSet', { name: 'states', extra_choices: [['ready', 'Ready']] });
    alice.create('customField', {
      name: 'lifecycle_state',
      type: 'select',
      object_types: ['dcim.device'],
      choice_set: set,
    });
    const record = await records.create('k', draft, signal);
    await records.update('k', record, { customFields: { lifecycle_state: 'ready' } }, signal);
    expect(simulator.show('device', Number(record.id))).toMatchObject({
      custom_fields: { lifecycle_state: { value: 'ready', label: 'Ready' } },
    });
    const after = await records.read(record.id, signal);
    expect(after?.customFields).toEqual({ lifecycle_state: 'ready' });
    expect(
      after && (await records.update('k', after, { customFields: { lifecycle_state: 'ready' } }, signal)),
    ).toMatchObject({ changed: false });
  });
});

describe('a listing proves nothing when it is not whole', () => {
  test('no second device when the search answers garbage or nothing at all', async () => {
    await records.create('k', draft, signal);
    for (const kind of ['garbage', 'hang', 'reset'] as const) {
      simulator.server.addFault({ match: '^GET /api/dcim/devices/', kind });
      const error: unknown = await records.create('k', draft, signal).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AdapterError);
      simulator.server.clearFaults();
    }
    expect(counts()).toMatchObject({ device: 1 });
  });

  test('a server that ignores the filter does not make a stranger ours', async () => {
    simulator.seed({ devices: [{ name: 'stranger', site: 'AMS1', serial: 'OTHER' }] });
    const stranger = { count: 1, next: null, results: [simulator.show('device', 1)] };
    simulator.server.addFault({ match: '^GET /api/dcim/devices/\\?', kind: 'status', status: 200, body: stranger });
    expect(await records.find({ serial: 'SN1' }, signal)).toBeUndefined();
    expect(await records.find({ name: 'srv-1', site: 'AMS1' }, signal)).toBeUndefined();
  });
});

test("an address on a virtual machine or in somebody else's hands is never taken", async () => {
  const record = await records.create('k', draft, signal);
  const id = simulator.as('alice').create('ipAddress', {
    address: bmc.ipAddress,
    assigned_object_type: 'virtualization.vminterface',
    assigned_object_id: 4,
  });
  const error: unknown = await records
    .ensureManagementInterface('k', record, bmc, signal)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    kind: 'rejected',
    detail: { ipAddress: id, assignedTo: 'virtualization.vminterface' },
  });
  expect(simulator.database.find('ipAddress', id)?.assigned_object_id).toBe(4);
});
