import { expect, test } from 'vitest';
import { link, list, machine, partsOf, S } from './small-machine-for-tests.ts';

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
