import { describe, expect, test } from 'vitest';
import { emptyEvidence } from '../../src/ports/bundle-format.ts';
import { asFile } from './tree-kit-for-tests.ts';
import { redfishResource } from './tree-resource.ts';

const read = (json: unknown) => redfishResource.read(asFile('x', json));
const drive = {
  '@odata.id': '/redfish/v1/Chassis/1/Drives/3',
  '@odata.type': '#Drive.v1_17_0.Drive',
  Id: '3',
  Name: 'Drive',
  Manufacturer: 'Example',
  Model: 'EX-4T',
  SerialNumber: 'EXD00000003',
  Revision: 'A1',
  CapacityBytes: 4_000_787_030_016,
  MediaType: 'SSD',
  Protocol: 'PCIe',
  PredictedMediaLifeLeftPercent: 97,
  PhysicalLocation: { PartLocation: { ServiceLabel: 'Bay 3' } },
  Status: { State: 'Enabled', Health: 'OK' },
  Links: { Chassis: { '@odata.id': '/redfish/v1/Chassis/1' } },
};

test('a drive by itself is a drive of nobody', () => {
  expect(read(drive)).toEqual([
    {
      source: 'redfish',
      collectedAt: null,
      host: emptyEvidence(),
      system: {},
      components: [
        {
          kind: 'drive',
          slot: 'Bay 3',
          manufacturer: 'Example',
          model: 'EX-4T',
          partNumber: null,
          serial: 'EXD00000003',
          firmware: 'A1',
          health: 'OK',
          attributes: { capacityBytes: 4_000_787_030_016, mediaType: 'SSD', protocol: 'NVMe' },
          readings: { lifeLeftPercent: 97 },
        },
      ],
      firmware: [],
      scope: [],
      enumerates: null,
      absent: [],
      locationId: null,
      neighbours: [],
      logEntries: [],
      warnings: [],
    },
  ]);
});

describe('each type', () => {
  const part = { Id: 'A', Manufacturer: 'Example', SerialNumber: 'EX1', PartNumber: 'P1' };
  test.each([
    ['Memory', { ...part, CapacityMiB: 65_536, MemoryDeviceType: 'DDR5' }, 'dimm'],
    ['Processor', { ...part, ProcessorType: 'GPU' }, 'gpu'],
    ['Processor', { ...part, ProcessorType: 'CPU' }, 'cpu'],
    ['NetworkAdapter', part, 'nic'],
    ['PowerSupply', part, 'psu'],
    ['Fan', part, 'fan'],
    ['PCIeDevice', part, 'pcie-device'],
    ['StorageController', part, 'storage-controller'],
    ['Storage', { Id: 'RAID', StorageControllers: [part] }, 'storage-controller'],
    ['Power', { PowerSupplies: [part] }, 'psu'],
    ['Thermal', { Fans: [part] }, 'fan'],
  ])('%s', (type, body, kind) => {
    const [reading] = read({ '@odata.type': `#${type}.v1_2_3.${type}`, ...body });
    expect(reading?.components).toMatchObject([{ kind, serial: 'EX1' }]);
    expect(reading?.scope).toEqual([]);
  });

  test.each([
    ['an empty bay', { ...drive, Status: { State: 'Absent' } }],
    ['memory of a GPU', { '@odata.type': '#Memory.v1.Memory', Id: 'x', MemoryDeviceType: 'HBM3' }],
    ['a task', { '@odata.id': '/redfish/v1/Tasks/1', '@odata.type': '#Task.v1.Task', Id: '1' }],
    ['a function of the board', { '@odata.type': '#PCIeDevice.v1.PCIeDevice', Id: '00-1f' }],
  ])('but not %s', (_, body) => {
    expect(redfishResource.recognises(asFile('x', body))).toBe(true);
    expect(read(body)).toEqual([]);
  });
});

test('an expanded list, an array and a map of addresses hold several', () => {
  const other = { ...drive, '@odata.id': '/redfish/v1/Chassis/1/Drives/4', Id: '4', SerialNumber: 'EXD00000004' };
  const list = { '@odata.id': '/redfish/v1/Chassis/1/Drives', '@odata.type': '#DriveCollection.DriveCollection' };
  const several = [
    { ...list, Members: [drive, other] },
    [drive, other, drive],
    [
      { uri: '/redfish/v1/Chassis/1/Drives/3', body: drive },
      { uri: '/redfish/v1/Chassis/1/Drives/4', data: other },
    ],
    { '/redfish/v1/Chassis/1/Drives/3': drive, '/redfish/v1/Chassis/1/Drives/4': other },
  ];
  for (const json of several) {
    const [reading] = read(json);
    expect(reading?.components.map(({ serial }) => serial).toSorted()).toEqual(['EXD00000003', 'EXD00000004']);
    expect(new Set(reading?.components.map(({ slot }) => slot)).size).toBe(2);
  }
});

test('a system by itself tells which server, a manager its clock and its ports', () => {
  const system = {
    '@odata.id': '/redfish/v1/Systems/System.Embedded.1',
    '@odata.type': '#ComputerSystem.v1_12_0.ComputerSystem',
    Manufacturer: 'Dell Inc.',
    SKU: 'EX00001',
    SerialNumber: 'CNEX0000000001',
    BiosVersion: '1.2.3',
  };
  const [server] = read(system);
  expect(server?.host).toMatchObject({ productSerial: 'EX00001', boardSerial: 'CNEX0000000001' });
  expect(server?.components).toMatchObject([{ kind: 'mainboard', serial: 'CNEX0000000001', firmware: '1.2.3' }]);
  // Of two systems, the parts belong to nobody knows which.
  expect(read([system, { ...system, '@odata.id': '/redfish/v1/Systems/2', SKU: 'EX00002' }])).toEqual([]);

  const manager = { '@odata.id': '/redfish/v1/Managers/1', '@odata.type': '#Manager.v1_9_0.Manager', Id: '1' };
  const [bmc] = read({ ...manager, FirmwareVersion: '7.0', DateTime: '2024-05-01T10:00:00+02:00' });
  expect(bmc?.collectedAt).toBe('2024-05-01T08:00:00.000Z');
  expect(bmc?.system).toEqual({ bmcFirmware: '7.0' });
  expect(bmc?.components).toMatchObject([{ kind: 'bmc', slot: '1', firmware: '7.0' }]);

  const port = {
    '@odata.type': '#EthernetInterface.v1_4_1.EthernetInterface',
    Id: '1',
    MACAddress: '02-00-5E-00-00-01',
  };
  const [own] = read({ ...port, '@odata.id': '/redfish/v1/Managers/1/EthernetInterfaces/1' });
  expect(own?.host.bmcMacs).toEqual(['02:00:5e:00:00:01']);
  expect(own?.components).toEqual([]);
  const [card] = read({ ...port, '@odata.id': '/redfish/v1/Systems/1/EthernetInterfaces/1' });
  expect(card?.components).toMatchObject([{ kind: 'nic', attributes: { macAddresses: ['02:00:5e:00:00:01'] } }]);
});

test.each([
  ['another OData service', { '@odata.id': '/api/DeviceService/Devices(1)', '@odata.type': '#DeviceService.Device' }],
  ['another JSON', { smartctl: { version: [7, 4] }, body: {}, value: [] }],
  ['a text', '# /redfish/v1/Systems'],
  ['nothing', ''],
])('%s is not taken for Redfish', (_, content) => {
  expect(redfishResource.recognises(asFile('x', content))).toBe(false);
});
