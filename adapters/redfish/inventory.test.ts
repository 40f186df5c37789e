import { describe, expect, test } from 'vitest';
import { countKinds, readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { simulatedTree, SIMULATED_TREES, type SimulatedTreeName } from './simulator/simulated-tree.ts';

async function readTree(name: SimulatedTreeName) {
  const bmc = await startBmcSimulator({ tree: simulatedTree(name), latencyMs: 1 });
  try {
    return { report: await readBmc(bmc), counters: bmc.counters(), openSessions: bmc.openSessions() };
  } finally {
    await bmc.close();
  }
}

// Counted by hand in the trees.
const EXPECTED: Record<SimulatedTreeName, Record<string, number>> = {
  dell: { mainboard: 1, bmc: 1, cpu: 2, dimm: 8, drive: 4, 'storage-controller': 1, nic: 2, gpu: 2, psu: 2, fan: 6 },
  hpe: { bmc: 1, cpu: 2, dimm: 8, drive: 4, 'storage-controller': 1, nic: 2, psu: 2, fan: 6 },
  supermicro: { mainboard: 1, bmc: 1, cpu: 2, dimm: 8, drive: 4, nic: 1, gpu: 4, psu: 2, fan: 3 },
  openbmc: { bmc: 1, cpu: 2, dimm: 4, drive: 2, nic: 2, psu: 2, fan: 4 },
};

describe.each(SIMULATED_TREES)('%s', (name) => {
  test('reads what is there, completely, in one session', async () => {
    const { report, counters, openSessions } = await readTree(name);
    expect(countKinds(report)).toEqual(EXPECTED[name]);
    expect(report.warnings).toEqual([]);
    for (const kind of Object.keys(EXPECTED[name])) expect(report.scope).toContain(kind);
    expect(counters).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1, refusedLogins: 0 });
    expect(openSessions).toBe(0);
    expect(counters.maxInFlight).toBeLessThanOrEqual(2);
    // All but the one that deletes the session, which the next read would have used.
    expect(report.requests).toBe(counters.requests - 1);
  });

  test('gives each part of a kind its own slot, the same ones at the next read', async () => {
    const first = (await readTree(name)).report.components;
    const second = (await readTree(name)).report.components;
    const slots = first.map(({ kind, slot }) => `${kind} ${slot}`);
    expect(new Set(slots).size).toBe(slots.length);
    expect(second).toEqual(first);
  });
});

describe('Dell', () => {
  test('names places by FQDD and shows service tag, board and installed firmware', async () => {
    const { report } = await readTree('dell');
    expect(report.system).toMatchObject({
      manufacturer: 'Dell Inc.',
      sku: 'SIM0001',
      serial: 'CNFCP0037A00AA',
      assetTag: null,
      hostName: null,
      powerState: 'On',
      totalMemoryBytes: 512 * 1024 ** 3,
      processorCount: 2,
    });
    expect(report.manager).toEqual({
      model: '16G Monolithic',
      firmware: '7.10.50.00',
      macAddresses: ['C8:4B:D6:7A:00:01'],
      redfishVersion: '1.18.0',
      vendor: 'Dell',
    });
    const of = (kind: string) => report.components.filter((one) => one.kind === kind);
    expect(of('dimm').map(({ slot }) => slot)).toContain('DIMM.Socket.A1');
    expect(of('dimm')[0]).toMatchObject({ attributes: { capacityBytes: 64 * 1024 ** 3, speedMts: 4800, rank: 2 } });
    expect(of('mainboard')[0]).toMatchObject({ serial: 'CNFCP0037A00AA', partNumber: '0X7V31A02' });
    expect(
      of('nic').map(({ slot, serial, attributes }) => ({ slot, serial, macs: attributes['macAddresses'] })),
    ).toEqual([
      { slot: 'NIC.Embedded.1', serial: null, macs: ['C8:4B:D6:7B:00:10', 'C8:4B:D6:7B:00:11'] },
      { slot: 'NIC.Slot.5', serial: 'IL0A01XZ22K1', macs: ['C8:4B:D6:7B:00:12', 'C8:4B:D6:7B:00:13'] },
    ]);
    expect(of('psu').map(({ slot }) => slot)).toEqual(['PSU.Slot.1', 'PSU.Slot.2']);
    expect(report.firmware.map(({ id }) => id)).toEqual([
      'Installed-159-1.15.2__BIOS.Setup.1-1',
      'Installed-25227-7.10.50.00__iDRAC.Embedded.1-1',
      'Installed-104298-52.26.0-5179__RAID.SL.3-1',
      'Current-27763-1.2.6__CPLD.Embedded.1',
    ]);
  });
});

describe('HPE', () => {
  test('takes drives from Storage and from SmartStorage, and leaves out empty slots and the interface to the host', async () => {
    const { report } = await readTree('hpe');
    const drives = report.components.filter((one) => one.kind === 'drive');
    expect(drives.map(({ slot }) => slot).toSorted()).toEqual([
      'Box 2:Bay 1',
      'Box 2:Bay 2',
      'Slot 2 1I:3:1',
      'Slot 2 1I:3:2',
    ]);
    expect(
      report.components
        .filter((one) => one.kind === 'psu')
        .map(({ slot, attributes }) => [slot, attributes['powerWatts']]),
    ).toEqual([
      ['Bay 1', 1600],
      ['Bay 2', 1600],
    ]);
    expect(report.manager.macAddresses).toEqual(['5C:ED:8C:34:00:01', '5C:ED:8C:34:00:02']);
    const cpu = report.components.find((one) => one.kind === 'cpu');
    expect(cpu).toMatchObject({ slot: 'Proc 1', model: 'AMD EPYC 7543 32-Core Processor', serial: null });
  });

  test('does not put on the list twice what newer firmware shows in both places', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('hpe') });
    const path = '/redfish/v1/Systems/1/SmartStorage/ArrayControllers/2/DiskDrives/0';
    bmc.change(path, { SerialNumber: 'S6EXNE0T4A0101' });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.components.filter((one) => one.kind === 'drive')).toHaveLength(3);
  });
});

describe('Supermicro', () => {
  test('finds the GPUs among the PCIe devices and the vendor without a Vendor', async () => {
    const { report } = await readTree('supermicro');
    expect(report.manager.vendor).toBe('Supermicro');
    expect(report.components.filter((one) => one.kind === 'gpu').map(({ slot, model }) => [slot, model])).toEqual([
      ['GPU1', 'H100 PCIe'],
      ['GPU2', 'H100 PCIe'],
      ['GPU3', 'H100 PCIe'],
      ['GPU4', 'H100 PCIe'],
    ]);
    expect(report.components.find((one) => one.kind === 'mainboard')).toMatchObject({
      model: 'X13DEG-OA',
      serial: 'OM23SIM00001',
    });
    expect(report.components.find((one) => one.kind === 'nic')?.slot).toBe('PCIe Slot 1 (1)');
  });
});

describe('what an empty list proves', () => {
  test('nothing: OpenBMC shows no memory until the host has told it', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('openbmc') });
    bmc.change('/redfish/v1/Systems/system/Memory', { Members: [], 'Members@odata.count': 0 });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.scope).not.toContain('dimm');
    expect(report.scope).toContain('cpu');
    expect(report.warnings).toEqual([]);
  });

  test('empty slots do prove that they are empty', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('openbmc') });
    for (const id of ['nvme0', 'nvme1'])
      bmc.change(`/redfish/v1/Systems/system/Storage/1/Drives/${id}`, { Status: { State: 'Absent' } });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.components.filter((one) => one.kind === 'drive')).toEqual([]);
    expect(report.scope).toContain('drive');
  });

  test('a kind that the BMC does not advertise is out of scope without a warning', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell') });
    bmc.change('/redfish/v1/Systems/System.Embedded.1', { Memory: undefined });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.scope).not.toContain('dimm');
    expect(report.warnings).toEqual([]);
  });
});

describe('$expand', () => {
  test('makes no difference but in requests', async () => {
    const expanded = (await readTree('dell')).report;
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell'), expand: 'ignored' });
    const plain = await readBmc(bmc);
    await bmc.close();
    expect(plain.requests).toBeGreaterThan(expanded.requests);
    expect({ ...plain, requests: 0 }).toEqual({ ...expanded, requests: 0 });
  });

  test('advertised and refused: asked for once, then never again', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell') });
    bmc.addFault({ match: 'expand', kind: 'status', status: 501 });
    const report = await readBmc(bmc, { settings: { maxInFlight: 1 } });
    const asked = bmc.requests.filter((request) => request.query.has('$expand'));
    await bmc.close();
    expect(countKinds(report)).toEqual(EXPECTED.dell);
    expect(report.warnings).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(10);
  });

  test('iLO is asked with `.`, which is all it knows', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('hpe') });
    await readBmc(bmc);
    const asked = bmc.requests.map((request) => request.query.get('$expand')).filter((one) => one !== null);
    await bmc.close();
    expect(new Set(asked)).toEqual(new Set(['.']));
  });
});

describe('paging', () => {
  test('follows every page', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell'), pageSize: 3 });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(countKinds(report)).toEqual(EXPECTED.dell);
    expect(report.warnings).toEqual([]);
  });

  test('pages that go round in a circle end, and the list counts as incomplete', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell') });
    const path = '/redfish/v1/Systems/System.Embedded.1/Memory';
    bmc.change(path, { 'Members@odata.nextLink': `${path}?$skip=50` });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.components.filter((one) => one.kind === 'dimm')).toHaveLength(8);
    expect(report.scope).not.toContain('dimm');
    expect(report.warnings.join()).toContain('circle');
  });

  test('fewer members than promised: incomplete', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('dell') });
    bmc.change('/redfish/v1/Systems/System.Embedded.1/Memory', { 'Members@odata.count': 16 });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.scope).not.toContain('dimm');
    expect(report.warnings.join()).toContain('8 of 16');
  });
});

describe('odd answers', () => {
  test('`Links` for `Members`, one object for a list, numbers as text, the string "null"', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('openbmc') });
    const memory = '/redfish/v1/Systems/system/Memory';
    const members = bmc.read(memory)?.['Members'];
    bmc.change(memory, { Members: undefined, Links: { Members: members } });
    bmc.change(`${memory}/dimm0`, {
      CapacityMiB: '32768',
      RankCount: 'N/A',
      Manufacturer: 'null',
      SerialNumber: ' 2E0A\r\n01 ',
    });
    const drive = { '@odata.id': '/redfish/v1/Systems/system/Storage/1/Drives/nvme0' };
    bmc.change('/redfish/v1/Systems/system/Storage/1', { Drives: drive });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.warnings).toEqual([]);
    const dimm = report.components.find((one) => one.slot === 'DIMM 0');
    expect(dimm).toMatchObject({
      manufacturer: null,
      serial: '2E0A 01',
      attributes: { capacityBytes: 32 * 1024 ** 3 },
    });
    expect(dimm?.attributes).not.toHaveProperty('rank');
    expect(report.components.filter((one) => one.kind === 'drive')).toHaveLength(1);
  });

  test('carriage returns inside a JSON string, and a byte-order mark', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('openbmc') });
    const dimm = JSON.stringify(bmc.read('/redfish/v1/Systems/system/Memory/dimm0')).replace('Micron', 'Mic\rron');
    bmc.addFault({ match: 'Memory/dimm0', kind: 'garbage', body: `\ufeff${dimm}` });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.warnings).toEqual([]);
    expect(report.components.find((one) => one.slot === 'DIMM 0')?.manufacturer).toBe('Mic ron');
  });

  test('two systems with a BIOS are two servers: the further one is not mixed in', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('openbmc') });
    const system = '/redfish/v1/Systems/system';
    bmc.change('/redfish/v1/Systems', {
      Members: [{ '@odata.id': system }, { '@odata.id': '/redfish/v1/Systems/node1' }],
      'Members@odata.count': 2,
    });
    bmc.change('/redfish/v1/Systems/node1', {
      ...bmc.read(system),
      '@odata.id': '/redfish/v1/Systems/node1',
      SerialNumber: 'OTHER',
    });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.system.serial).toBe('CSSIM0001');
    expect(report.warnings.join()).toContain('/redfish/v1/Systems/node1');
    expect(report.components.filter((one) => one.kind === 'dimm')).toHaveLength(4);
  });

  test('a baseboard without a BIOS belongs to the server, even when listed first', async () => {
    const bmc = await startBmcSimulator({ tree: simulatedTree('openbmc') });
    const board = '/redfish/v1/Systems/HGX_Baseboard_0';
    bmc.change('/redfish/v1/Systems', {
      Members: [{ '@odata.id': board }, { '@odata.id': '/redfish/v1/Systems/system' }],
      'Members@odata.count': 2,
    });
    bmc.change(board, {
      '@odata.id': board,
      '@odata.type': '#ComputerSystem.v1_22_0.ComputerSystem',
      Id: 'HGX_Baseboard_0',
      SerialNumber: 'HGX1',
      Processors: { '@odata.id': `${board}/Processors` },
    });
    bmc.change(`${board}/Processors`, {
      Members: [{ '@odata.id': `${board}/Processors/GPU_0` }],
      'Members@odata.count': 1,
    });
    bmc.change(`${board}/Processors/GPU_0`, {
      '@odata.id': `${board}/Processors/GPU_0`,
      Id: 'GPU_0',
      ProcessorType: 'GPU',
      SerialNumber: '1650000000001',
    });
    const report = await readBmc(bmc);
    await bmc.close();
    expect(report.system.serial).toBe('CSSIM0001');
    expect(report.components.filter((one) => one.kind === 'gpu').map(({ slot }) => slot)).toEqual(['GPU_0']);
  });
});
