import { expect, test } from 'vitest';
import { C, link, list, machine, partsOf, S } from './small-machine-for-tests.ts';

// What single makers write otherwise than all others. Small trees with numbers of our own.

const storage = `${S}/Storage/SBMezz1`;

function disks(vendor: string | null, ...bodies: object[]): Record<string, object> {
  const paths = bodies.map((_, nth) => `${storage}/Drives/PD-${nth + 1}`);
  const tree = machine({ Storage: link(`${S}/Storage`) }, {}, {
    [`${S}/Storage`]: list(storage),
    [storage]: { Id: 'SBMezz1', Drives: paths.map(link) },
    ...Object.fromEntries(bodies.map((body, nth) => [paths[nth], { Id: `PD-${nth + 1}`, SerialNumber: `PEK0000${nth}`, ...body }])),
  }); // prettier-ignore
  return { ...tree, '/redfish/v1': { ...tree['/redfish/v1'], Vendor: vendor } };
}

test('a disk that would be smaller than any is told in mebibytes; other makers’ numbers are taken at their word', async () => {
  const bodies = [
    { MediaType: 'HDD', CapacityBytes: 3_815_447 },
    { MediaType: 'SSD', CapacityBytes: 240_056_795_136 },
  ];
  const sizes = async (vendor: string | null) =>
    (await partsOf(disks(vendor, ...bodies), 'drive')).map(({ attributes }) => attributes['capacityBytes']);
  expect(await sizes('Cisco Systems Inc.')).toEqual([4_000_786_153_472, 240_056_795_136]);
  expect(await sizes('Contoso')).toEqual([3_815_447, 240_056_795_136]);
});

test('what has nothing to wear out has no life left to tell', async () => {
  const life = { PredictedMediaLifeLeftPercent: 0, CapacityBytes: 4_000_787_030_016 };
  const tree = disks(null, { MediaType: 'HDD', ...life }, { MediaType: 'SSD', ...life });
  const left = (await partsOf(tree, 'drive')).map(({ readings }) => readings['lifeLeftPercent'] ?? null);
  expect(left).toEqual([null, 0]);
});

test('modules that have a number for an id are named by their socket, which stands in the address', async () => {
  const memory = `${S}/Memory`;
  const tree = machine({ Memory: link(memory) }, {}, {
    [memory]: list(`${memory}/DIMM_P1_A1`, `${memory}/17`),
    [`${memory}/DIMM_P1_A1`]: { Id: '1', Name: 'DIMM_P1_A1', SerialNumber: '2102-2A3B4C5D', CapacityMiB: 65_536 },
    [`${memory}/17`]: { Id: '17', Name: 'Memory module', SerialNumber: '2A3B4C5E', CapacityMiB: 65_536 },
  }); // prettier-ignore
  expect((await partsOf(tree, 'dimm')).map(({ slot }) => slot)).toEqual(['17', 'DIMM_P1_A1']);
});

test('a network card that is listed as a manager, by its name alone, is no BMC', async () => {
  const managers = '/redfish/v1/Managers';
  const tree = machine({}, {}, {
    [managers]: list(`${managers}/CIMC`, `${managers}/UCSC-M-V100-04_FCH0000AAAA`),
    [`${managers}/CIMC`]: { Id: 'CIMC', ManagerType: 'BMC', FirmwareVersion: '4.2(2a)' },
    [`${managers}/UCSC-M-V100-04_FCH0000AAAA`]: { Id: 'UCSC-M-V100-04_FCH0000AAAA', Name: 'Cisco Integrated Management Controller' },
  }); // prettier-ignore
  const root = { ...tree['/redfish/v1'], Managers: link(managers) };
  expect((await partsOf({ ...tree, '/redfish/v1': root }, 'bmc')).map(({ slot }) => slot)).toEqual(['CIMC']);
});

test('Dell’s backplane stands among the simple devices, and stores nothing', async () => {
  const simple = `${S}/SimpleStorage`;
  const tree = machine({ SimpleStorage: link(simple) }, {}, {
    [simple]: list(`${simple}/CPU.1`),
    [`${simple}/CPU.1`]: {
      Id: 'CPU.1',
      Devices: [
        { Name: 'PCIe SSD in Slot 8 in Bay 1', Model: 'NVMe 1.6TB', CapacityBytes: 1_600_321_314_816 },
        { Name: 'PCIe SSD Backplane 1', Model: 'PCIe SSD Backplane 1', CapacityBytes: null },
      ],
    },
  }); // prettier-ignore
  expect((await partsOf(tree, 'drive')).map(({ slot }) => slot)).toEqual(['PCIe SSD in Slot 8 in Bay 1']);
});

test('a bay that is disabled and names nothing is empty; a disabled disk with a name is there', async () => {
  const nothing = { Status: { State: 'Disabled', Health: 'OK' }, Model: 'NA', Manufacturer: 'NA', CapacityBytes: 0 };
  const tree = disks(
    'Cisco Systems Inc.',
    { ...nothing, SerialNumber: 'NA', FailurePredicted: true },
    { ...nothing, SerialNumber: 'PEK00001', Model: 'SD32' },
  );
  expect((await partsOf(tree, 'drive')).map(({ serial }) => serial)).toEqual(['PEK00001']);
});

test('a disk behind a controller is not the PCIe device that the controller is, and an SSD does not turn', async () => {
  const device = `${C}/PCIeDevices/slot_3`;
  const Links = { PCIeFunctions: [link(`${device}/PCIeFunctions/1`)] };
  const body = { MediaType: 'SSD', RotationSpeedRPM: 65_535, Model: 'M1', Links };
  const small = disks(null, { ...body, Protocol: 'SATA' }, { ...body, Protocol: 'NVMe' });
  const tree = {
    ...small,
    [C]: { ...small[C], PCIeDevices: link(`${C}/PCIeDevices`) },
    [`${C}/PCIeDevices`]: { '@odata.id': `${C}/PCIeDevices`, ...list(device) },
    [device]: { '@odata.id': device, Manufacturer: 'Maker', PCIeInterface: { MaxPCIeType: 'Gen3', MaxLanes: 8 } },
  };
  const drives = await partsOf(tree, 'drive');
  expect(drives.map(({ attributes }) => attributes['pcieLanes'] ?? null)).toEqual([null, 8]);
  expect(drives.map(({ manufacturer }) => manufacturer)).toEqual([null, 'Maker']);
  expect(drives.every(({ attributes }) => !('rotationRpm' in attributes))).toBe(true);
});

test('the size of a supply may stand in its input ranges alone', async () => {
  const InputRanges = [{ OutputWattage: 770 }, { OutputWattage: 650 }, {}];
  const tree = machine({}, { Power: link(`${C}/Power`) }, {
    [`${C}/Power`]: { PowerSupplies: [{ MemberId: '1', InputRanges }, { MemberId: '2', PowerCapacityWatts: 800, InputRanges }, { MemberId: '3' }] },
  }); // prettier-ignore
  const watts = (await partsOf(tree, 'psu')).map(({ attributes }) => attributes['powerWatts'] ?? null);
  expect(watts).toEqual([770, 800, null]);
});

test('a fan that is listed again under the same address and name is one fan', async () => {
  const fan = (id: string, n: number, at = `#/Fans/${id}`) => ({
    ...{ '@odata.id': `${C}/Thermal${at}`, Name: id, MemberId: String(n), Reading: 12_000 },
    Status: { State: 'Enabled' },
  });
  const tree = machine({}, { Thermal: link(`${C}/Thermal`) }, {
    [`${C}/Thermal`]: { Fans: [fan('FAN1_TACH1', 1), fan('FAN1_TACH2', 2), fan('FAN1_TACH1', 3), fan('Fan', 4, ''), fan('Fan', 5, '')] },
  }); // prettier-ignore
  const slots = (await partsOf(tree, 'fan')).map(({ slot }) => slot);
  expect(slots.toSorted()).toEqual(['FAN1_TACH1', 'FAN1_TACH2', 'Fan (4)', 'Fan (5)']);
});

test('an empty object is no TPM', async () => {
  expect(await partsOf(machine({ TrustedModules: [{}] }, {}, {}), 'tpm')).toEqual([]);
  const one = machine({ TrustedModules: [{}, { InterfaceType: 'TPM2_0' }] }, {}, {});
  expect(await partsOf(one, 'tpm')).toHaveLength(1);
});

test('the controller of a board below the BMC is no BMC', async () => {
  const managers = '/redfish/v1/Managers';
  const tree = machine({}, {}, {
    [managers]: list(`${managers}/BMC`, `${managers}/MCU0`),
    [`${managers}/BMC`]: { Id: 'BMC', ManagerType: 'EnclosureManager' },
    [`${managers}/MCU0`]: { Id: 'MCU0', ManagerType: 'AuxiliaryController' },
  }); // prettier-ignore
  const root = { ...tree['/redfish/v1'], Managers: link(managers) };
  expect((await partsOf({ ...tree, '/redfish/v1': root }, 'bmc')).map(({ slot }) => slot)).toEqual(['BMC']);
});

test('an early iLO 5 names itself in its version only, and its disks stand in SmartStorage', async () => {
  const managers = '/redfish/v1/Managers';
  const smart = `${S}/SmartStorage`;
  const array = `${smart}/ArrayControllers/0`;
  const tree = machine({ Oem: { Hpe: { Links: { SmartStorage: link(smart) } } } }, {}, {
    [managers]: list(`${managers}/1`),
    [`${managers}/1`]: { Id: '1', ManagerType: 'BMC', FirmwareVersion: 'iLO 5 v1.40' },
    [smart]: { Links: { ArrayControllers: link(`${smart}/ArrayControllers`) } },
    [`${smart}/ArrayControllers`]: list(array),
    [array]: { Id: '0', Model: 'P204', SerialNumber: 'PEY0001', Links: { PhysicalDrives: link(`${array}/DiskDrives`) } },
    [`${array}/DiskDrives`]: list(`${array}/DiskDrives/0`),
    [`${array}/DiskDrives/0`]: { Id: '0', SerialNumber: 'PHY0001' },
  }); // prettier-ignore
  const root = { ...tree['/redfish/v1'], Vendor: 'HPE', Managers: link(managers) };
  expect((await partsOf({ ...tree, '/redfish/v1': root }, 'drive')).map(({ serial }) => serial)).toEqual(['PHY0001']);
});

test('a BMC that shows the bond of its ports alone has its address; beside a port the bond is none', async () => {
  const managers = '/redfish/v1/Managers';
  const ends = `${managers}/Self/EthernetInterfaces`;
  const macs = async (...ids: string[]) => {
    const tree = machine({}, {}, {
      [managers]: list(`${managers}/Self`),
      [`${managers}/Self`]: { Id: 'Self', EthernetInterfaces: link(ends) },
      [ends]: list(...ids.map((id) => `${ends}/${id}`)),
      ...Object.fromEntries(ids.map((id, nth) => [`${ends}/${id}`, { Id: id, MACAddress: `02:00:5e:00:00:0${nth}` }])),
    }); // prettier-ignore
    const root = { ...tree['/redfish/v1'], Managers: link(managers) };
    return (await partsOf({ ...tree, '/redfish/v1': root }, 'bmc')).flatMap(
      ({ attributes }) => attributes['macAddresses'],
    );
  };
  expect(await macs('usb0', 'bond0')).toEqual(['02:00:5e:00:00:01']);
  expect(await macs('eth0', 'bond0')).toEqual(['02:00:5e:00:00:00']);
});
