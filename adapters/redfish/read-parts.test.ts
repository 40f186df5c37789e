import { describe, expect, test } from 'vitest';
import type { InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { readBmc, testKit } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { C, link, list, machine, partsOf, S } from './small-machine-for-tests.ts';
import { asMockup, readTrees } from './tree-kit-for-tests.ts';

// Parts that stand in odd places, or in two of them. Small trees in the manner of the vendors.

const scopeOf = async (tree: Record<string, object>) => (await readTrees(asMockup(tree)))[0]?.scope ?? [];

describe('TPM', () => {
  test('stands in the system, and an empty header is none', async () => {
    const present = machine({ TrustedModules: [{ InterfaceType: 'TPM2_0', FirmwareVersion: '7.2.2.0' }] }, {}, {});
    expect(await partsOf(present, 'tpm')).toMatchObject([
      { slot: 'TPM', firmware: '7.2.2.0', serial: null, attributes: { interfaceType: 'TPM2_0' } },
    ]);
    const absent = machine({ TrustedModules: [{ Status: { State: 'Absent' } }] }, {}, {});
    expect(await partsOf(absent, 'tpm')).toEqual([]);
    expect(await scopeOf(absent)).toContain('tpm');
    expect(await scopeOf(machine({}, {}, {}))).not.toContain('tpm');
  });

  test('is, where the system says nothing, the trusted component that calls itself so', async () => {
    const components = `${C}/TrustedComponents`;
    const tree = machine({}, { TrustedComponents: link(components) }, {
      [components]: list(`${components}/ERoT_BMC_0`, `${components}/TPM`),
      [`${components}/ERoT_BMC_0`]: { Id: 'ERoT_BMC_0', TrustedComponentType: 'Discrete' },
      [`${components}/TPM`]: { Id: 'TPM', TrustedComponentType: 'Discrete' },
    }); // prettier-ignore
    expect((await partsOf(tree, 'tpm')).map(({ slot }) => slot)).toEqual(['TPM']);
  });
});

describe('batteries', () => {
  test('of a power subsystem, of HPE in the chassis, of Dell beside the controller', async () => {
    const power = `${C}/PowerSubsystem`;
    const tree = machine(
      { Storage: link(`${S}/Storage`) },
      {
        PowerSubsystem: link(power),
        Oem: {
          Hpe: {
            SmartStorageBattery: [{ Index: 1, ProductName: 'Hybridcap', Model: 'P1-B21', SerialNumber: '6WSPU0' }],
          },
        },
      },
      {
        [power]: { Batteries: link(`${power}/Batteries`) },
        [`${power}/Batteries`]: list(`${power}/Batteries/1`),
        [`${power}/Batteries/1`]: { Id: '1', SerialNumber: '3488247', CapacityRatedWattHours: 20 },
        [`${S}/Storage`]: list(`${S}/Storage/RAID.SL.3-1`),
        [`${S}/Storage/RAID.SL.3-1`]: {
          Id: 'RAID.SL.3-1',
          Oem: { Dell: { DellControllerBattery: { Id: 'Battery.Integrated.1:RAID.SL.3-1', PrimaryStatus: 'OK' } } },
        },
      },
    );
    const found = await partsOf(tree, 'battery');
    expect(found.map(({ slot, serial, health }) => [slot, serial, health])).toEqual([
      ['Smart Storage Battery 1', '6WSPU0', null],
      ['1', '3488247', null],
      ['Battery.Integrated.1:RAID.SL.3-1', null, 'OK'],
    ]);
  });
});

describe('transceivers', () => {
  const card = (ends: object) =>
    machine({}, { NetworkAdapters: link(`${C}/NetworkAdapters`) }, {
      [`${C}/NetworkAdapters`]: list(`${C}/NetworkAdapters/7`),
      [`${C}/NetworkAdapters/7`]: {
        Id: 'NIC7',
        NetworkDeviceFunctions: link(`${C}/NetworkAdapters/7/Functions`),
        Ports: link(`${C}/NetworkAdapters/7/Ports`),
      },
      ...ends,
    }); // prettier-ignore
  const functions = `${C}/NetworkAdapters/7/Functions`;
  const ports = `${C}/NetworkAdapters/7/Ports`;

  test('are told by the ports, and a cage with no more than a status is empty', async () => {
    const tree = card({
      [functions]: list(`${functions}/1`),
      [`${functions}/1`]: { Id: '1', Ethernet: { PermanentMACAddress: '02:00:5E:00:00:01' } },
      [ports]: list(`${ports}/0`, `${ports}/1`),
      [`${ports}/0`]: {
        Id: '0',
        SFP: { Manufacturer: 'FCI', PartNumber: '10137634', SerialNumber: '6C12', Type: 'SFP28' },
      },
      [`${ports}/1`]: { Id: '1', SFP: { Status: { State: 'Enabled' } } },
    });
    expect(await partsOf(tree, 'transceiver')).toMatchObject([
      { slot: 'NIC7 0', manufacturer: 'FCI', serial: '6C12', attributes: { moduleType: 'SFP28' } },
    ]);
    expect(await scopeOf(tree)).toContain('transceiver');
  });

  test('are looked for once where the ports tell nothing of them', async () => {
    const tree = card({
      [functions]: list(`${functions}/1`),
      [`${functions}/1`]: { Id: '1', Ethernet: { PermanentMACAddress: '02:00:5E:00:00:01' } },
      [ports]: list(`${ports}/0`),
      [`${ports}/0`]: { Id: '0', LinkStatus: 'LinkUp' },
    });
    const bmc = await startBmcSimulator({ tree });
    const kit = testKit();
    const asked: string[][] = [];
    const reports: InventoryReport[] = [];
    for (let n = 0; n < 2; n += 1) {
      bmc.forget();
      reports.push(await readBmc(bmc, { kit }));
      asked.push(bmc.requests.map(({ path }) => path).filter((path) => path.startsWith(ports)));
    }
    await bmc.close();
    expect(asked).toEqual([[ports, `${ports}/0`], []]);
    expect(reports[1]?.components).toEqual(reports[0]?.components);
    expect(reports[0]?.scope).not.toContain('transceiver');
  });

  test('of Dell are told by the functions, and the ports are not asked', async () => {
    const tree = card({
      [functions]: list(`${functions}/1`),
      [`${functions}/1`]: {
        Id: 'NIC.Slot.7-1-1',
        Ethernet: { PermanentMACAddress: '02:00:5E:00:00:01' },
        Oem: {
          Dell: { DellNIC: { Id: 'NIC.Slot.7-1-1', TransceiverVendorName: 'DELL', TransceiverSerialNumber: 'CN01' } },
        },
      },
    });
    const [reading] = await readTrees(asMockup(tree));
    expect(reading?.warnings).toEqual([]);
    expect(await partsOf(tree, 'transceiver')).toMatchObject([{ manufacturer: 'DELL', serial: 'CN01' }]);
  });
});

describe('drives', () => {
  test('stand behind the volumes where the unit lists none', async () => {
    const unit = `${S}/Storage/1`;
    const tree = machine({ Storage: link(`${S}/Storage`) }, {}, {
      [`${S}/Storage`]: list(unit),
      [unit]: { Id: '1', Volumes: link(`${unit}/Volumes`) },
      [`${unit}/Volumes`]: list(`${unit}/Volumes/A`, `${unit}/Volumes/B`),
      [`${unit}/Volumes/A`]: { Id: 'A', Links: { Drives: [link(`${unit}/Drives/1`), link(`${unit}/Drives/2`)] } },
      [`${unit}/Volumes/B`]: { Id: 'B', Links: { Drives: [link(`${unit}/Drives/2`)] } },
      [`${unit}/Drives/1`]: { Id: '1', SerialNumber: 'SAS00001' },
      [`${unit}/Drives/2`]: { Id: '2', SerialNumber: 'SAS00002' },
    }); // prettier-ignore
    expect((await partsOf(tree, 'drive')).map(({ serial }) => serial)).toEqual(['SAS00001', 'SAS00002']);
  });

  test('stand in the chassis where no controller has any', async () => {
    const tree = machine({}, { Drives: link(`${C}/Drives`) }, {
      [`${C}/Drives`]: list(`${C}/Drives/0`),
      [`${C}/Drives/0`]: { Id: '0', SerialNumber: 'NVME0001' },
    }); // prettier-ignore
    expect((await partsOf(tree, 'drive')).map(({ serial }) => serial)).toEqual(['NVME0001']);
    expect(await scopeOf(tree)).toContain('drive');
  });

  test('that the BMC itself plugs in are none, and chassis that know nothing of theirs do not count', async () => {
    const tree = machine({ SimpleStorage: link(`${S}/SimpleStorage`) }, { Links: { Drives: [link(`${C}/Drives/9`)] } }, {
      [`${C}/Drives/9`]: { Id: '9' },
      [`${S}/SimpleStorage`]: list(`${S}/SimpleStorage/1`),
      [`${S}/SimpleStorage/1`]: {
        Id: '1',
        Devices: [{ Name: 'NVMe 0', Model: 'KCM6DRUL3T84', Manufacturer: 'N/A' }, { Name: 'USB 2', Model: 'Virtual HDisk Device' }],
      },
    }); // prettier-ignore
    const drives = await partsOf(tree, 'drive');
    expect(drives.map(({ model, manufacturer }) => [model, manufacturer])).toEqual([['KCM6DRUL3T84', null]]);
  });
});

describe('HPE until iLO 5', () => {
  test('shows GPUs among the devices of the chassis, and cards with their ports beside the system', async () => {
    const tree = machine(
      {
        EthernetInterfaces: link(`${S}/EthernetInterfaces`),
        Oem: { Hpe: { Links: { NetworkAdapters: link(`${S}/BaseNetworkAdapters`) } } },
      },
      { Oem: { Hpe: { Links: { Devices: link(`${C}/Devices`) } } } },
      {
        [`${S}/EthernetInterfaces`]: list(`${S}/EthernetInterfaces/1`, `${S}/EthernetInterfaces/2`),
        [`${S}/EthernetInterfaces/1`]: { Id: '1', MACAddress: '02:00:5E:00:00:01' },
        [`${S}/EthernetInterfaces/2`]: { Id: '2', MACAddress: '02:00:5E:00:00:02' },
        [`${S}/BaseNetworkAdapters`]: list(`${S}/BaseNetworkAdapters/1`),
        [`${S}/BaseNetworkAdapters/1`]: {
          Id: '1',
          Name: 'Network Controller',
          SerialNumber: 'MT1845K05471',
          StructuredName: 'NIC.Slot.18.1',
          PhysicalPorts: [{ MacAddress: '02:00:5e:00:00:01' }, { MacAddress: '02:00:5e:00:00:02' }],
        },
        [`${C}/Devices`]: list(...[1, 2, 3, 4, 5].map((id) => `${C}/Devices/${id}`)),
        [`${C}/Devices/1`]: {
          Id: '1',
          DeviceType: 'GPU',
          Location: 'PCI-E Slot 1',
          SerialNumber: '1323620',
          Name: 'A100',
        },
        [`${C}/Devices/2`]: { Id: '2', DeviceType: 'GPU', Location: 'GPU Baseboard', SerialNumber: '1573720' },
        [`${C}/Devices/3`]: {
          Id: '3',
          DeviceType: 'LOM/NIC',
          ProductPartNumber: 'MCX515A-CCAT',
          SerialNumber: 'MT1845K05471',
        },
        [`${C}/Devices/4`]: { Id: '4', DeviceType: 'Smart Storage', SerialNumber: 'PWXKV0' },
        [`${C}/Devices/5`]: { Id: '5', DeviceType: 'Unknown', Name: 'Empty slot 17', Status: { State: 'Absent' } },
      },
    );
    expect(await partsOf(tree, 'gpu')).toMatchObject([{ slot: 'PCI-E Slot 1', model: 'A100' }]);
    expect(await partsOf(tree, 'pcie-device')).toMatchObject([{ slot: 'GPU Baseboard', serial: '1573720' }]);
    expect(await partsOf(tree, 'nic')).toMatchObject([
      {
        slot: 'NIC.Slot.18.1',
        partNumber: 'MCX515A-CCAT',
        attributes: { macAddresses: ['02:00:5e:00:00:01', '02:00:5e:00:00:02'] },
      },
    ]);
  });
});

describe('what a host and its baseboard both list', () => {
  const board = '/redfish/v1/Systems/HGX_Baseboard_0';
  const grace = (host: object, other: object) =>
    machine({ Bios: link(`${S}/Bios`), Processors: link(`${S}/Processors`) }, {}, {
      '/redfish/v1/Systems': list(S, board),
      [`${S}/Processors`]: list(`${S}/Processors/CPU_0`),
      [`${S}/Processors/CPU_0`]: { Id: 'CPU_0', Socket: 'G1:0.0', ...host },
      [board]: { Id: 'HGX_Baseboard_0', SerialNumber: '1643024000315', Processors: link(`${board}/Processors`) },
      [`${board}/Processors`]: list(`${board}/Processors/CPU_0`),
      [`${board}/Processors/CPU_0`]: { Id: 'CPU_0', Socket: 'G1:0.0', Model: 'Grace A02', ...other },
    }); // prettier-ignore

  test('is one part, told by both', async () => {
    for (const tree of [
      grace({ SerialNumber: '0x1780A0185', Socket: 'CPU 0' }, { SerialNumber: '0x1780A0185' }),
      grace({ SerialNumber: '0x1780A0185' }, {}),
    ])
      expect(await partsOf(tree, 'cpu')).toMatchObject([{ serial: '0x1780A0185', model: 'Grace A02' }]);
  });

  test('is two where serials or models differ', async () => {
    expect(await partsOf(grace({ SerialNumber: 'AAA1' }, { SerialNumber: 'BBB2' }), 'cpu')).toHaveLength(2);
    expect(await partsOf(grace({ Model: 'Xeon' }, {}), 'cpu')).toHaveLength(2);
  });
});
