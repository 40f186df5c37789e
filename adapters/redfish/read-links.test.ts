import { describe, expect, test } from 'vitest';
import { C, link, list, machine, partsOf, S } from './small-machine-for-tests.ts';

// What a part can do: its link, its rated speed, its blocks. Small trees in the manner of the vendors.

const pcie = (generation: string, lanes: number) => ({
  PCIeType: 'Gen3',
  MaxPCIeType: generation,
  LanesInUse: 2,
  MaxLanes: lanes,
});

describe('memory', () => {
  const memory = async (body: object) => {
    const tree = machine({ Memory: link(`${S}/Memory`) }, {}, {
      [`${S}/Memory`]: list(`${S}/Memory/1`),
      [`${S}/Memory/1`]: { Id: '1', SerialNumber: '1A2B3C4D', CapacityMiB: 32_768, ...body },
    }); // prettier-ignore
    return (await partsOf(tree, 'dimm'))[0]?.attributes;
  };

  test('the best of the speeds that it allows is the one that it is sold by', async () => {
    expect(await memory({ OperatingSpeedMhz: 4400, AllowedSpeedsMHz: [4000, 4800, 4400] })).toEqual({
      capacityBytes: 32 * 1024 ** 3,
      speedMts: 4400,
      ratedSpeedMts: 4800,
    });
    expect(await memory({ RankCount: 32 })).not.toHaveProperty('rank');
    // the clock, and not the transfers
    expect(await memory({ OperatingSpeedMhz: 4800, AllowedSpeedsMHz: [2400] })).not.toHaveProperty('ratedSpeedMts');
    for (const AllowedSpeedsMHz of [[], ['?'], null, 0])
      expect(await memory({ AllowedSpeedsMHz })).not.toHaveProperty('ratedSpeedMts');
  });

  test.each([
    ['MultiBitECC', true],
    ['SingleBitECC', true],
    ['NoECC', false],
    ['AddressParity', false],
    [undefined, undefined],
  ])('ErrorCorrection %s', async (ErrorCorrection, ecc) => {
    expect((await memory({ ErrorCorrection }))?.['ecc']).toBe(ecc);
  });
});

describe('the link of a drive', () => {
  const storage = (units: Record<string, object>, more: Record<string, object>, chassis: object = {}) =>
    machine({ Storage: link(`${S}/Storage`) }, chassis, {
      [`${S}/Storage`]: list(...Object.keys(units)),
      ...units,
      ...more,
    });
  const drive = (serial: string, more: object = {}) => ({
    Id: serial,
    SerialNumber: serial,
    Protocol: 'NVMe',
    CapacityBytes: 3_840_755_982_336,
    ...more,
  });

  test('stands at its own controller, by serial or where there is only one of each', async () => {
    const tree = storage(
      {
        [`${S}/Storage/A`]: {
          Id: 'A',
          Drives: [link(`${S}/Drives/1`), link(`${S}/Drives/2`)],
          StorageControllers: [
            { MemberId: '1', SerialNumber: 'NVME0001', PCIeInterface: pcie('Gen4', 4) },
            { MemberId: '2', PCIeInterface: pcie('Gen5', 4) },
          ],
        },
        [`${S}/Storage/B`]: {
          Id: 'B',
          Drives: [link(`${S}/Drives/3`)],
          StorageControllers: [{ MemberId: '1', PCIeInterface: pcie('Gen5', 2) }],
        },
      },
      {
        [`${S}/Drives/1`]: drive('NVME0001'),
        [`${S}/Drives/2`]: drive('NVME0002'),
        [`${S}/Drives/3`]: drive('NVME0003'),
      },
    );
    const drives = await partsOf(tree, 'drive');
    expect(drives.map(({ serial, attributes: of }) => [serial, of['pcieGeneration'], of['pcieLanes']])).toEqual([
      ['NVME0001', 4, 4],
      ['NVME0002', undefined, undefined],
      ['NVME0003', 5, 2],
    ]);
    expect(await partsOf(tree, 'storage-controller')).toEqual([]);
  });

  test('of which the list says a part and its shadow another', async () => {
    const tree = storage(
      {
        [`${S}/Storage/A`]: {
          Id: 'A',
          Drives: [link(`${S}/Drives/1`)],
          Controllers: link(`${S}/Storage/A/Controllers`),
          StorageControllers: [{ MemberId: '0', SerialNumber: 'NVME0001', PCIeInterface: { MaxPCIeType: 'Gen5' } }],
        },
      },
      {
        [`${S}/Storage/A/Controllers`]: list(`${S}/Storage/A/Controllers/0`),
        [`${S}/Storage/A/Controllers/0`]: { Id: '0', SerialNumber: 'NVME0001', PCIeInterface: { MaxLanes: 4 } },
        [`${S}/Drives/1`]: drive('NVME0001'),
      },
    );
    expect(await partsOf(tree, 'drive')).toMatchObject([{ attributes: { pcieGeneration: 5, pcieLanes: 4 } }]);
    expect(await partsOf(tree, 'storage-controller')).toEqual([]);
  });

  test('or at the PCIe device that it is', async () => {
    const device = `${C}/PCIeDevices/7`;
    const tree = storage(
      { [`${S}/Storage/A`]: { Id: 'A', Drives: [link(`${S}/Drives/1`)] } },
      {
        [`${S}/Drives/1`]: drive('NVME0001', { Links: { PCIeFunctions: [link(`${device}/PCIeFunctions/1`)] } }),
        [`${C}/PCIeDevices`]: list(device),
        [device]: { Id: '7', PartNumber: 'X1', SerialNumber: 'OTHER001', PCIeInterface: pcie('Gen4', 4) },
      },
      { PCIeDevices: link(`${C}/PCIeDevices`) },
    );
    const [one] = await partsOf(tree, 'drive');
    expect(one?.attributes).toEqual({
      capacityBytes: 3_840_755_982_336,
      protocol: 'NVMe',
      pcieGeneration: 4,
      pcieLanes: 4,
    });
    expect(await partsOf(tree, 'pcie-device')).toEqual([]);
  });

  test('blocks and buses: none of 0 bytes, and no bus of an NVMe drive', async () => {
    const tree = storage(
      { [`${S}/Storage/A`]: { Id: 'A', Drives: [link(`${S}/Drives/1`), link(`${S}/Drives/2`)] } },
      {
        [`${S}/Drives/1`]: drive('NVME0001', { BlockSizeBytes: 0, CapableSpeedGbs: 15.75 }),
        [`${S}/Drives/2`]: drive('SAS00001', { Protocol: 'SAS', BlockSizeBytes: 4096, CapableSpeedGbs: 12 }),
      },
    );
    expect((await partsOf(tree, 'drive')).map(({ attributes }) => attributes)).toEqual([
      { capacityBytes: 3_840_755_982_336, protocol: 'NVMe' },
      { capacityBytes: 3_840_755_982_336, protocol: 'SAS', logicalBlockBytes: 4096, interfaceSpeedGbps: 12 },
    ]);
  });
});

describe('cards', () => {
  test('a network card: its link, and the speed of its fastest port', async () => {
    const adapter = `${C}/NetworkAdapters/1`;
    const tree = machine({}, { NetworkAdapters: link(`${C}/NetworkAdapters`) }, {
      [`${C}/NetworkAdapters`]: list(adapter),
      [adapter]: {
        Id: '1',
        SerialNumber: 'MT0000X00001',
        Controllers: [{ PCIeInterface: pcie('Gen5', 16) }],
        Ports: link(`${adapter}/Ports`),
      },
      [`${adapter}/Ports`]: list(`${adapter}/Ports/1`, `${adapter}/Ports/2`),
      [`${adapter}/Ports/1`]: { Id: '1', MaxSpeedGbps: 25, Ethernet: { AssociatedMACAddresses: ['02:00:5E:00:00:01'] } },
      [`${adapter}/Ports/2`]: { Id: '2', SupportedLinkCapabilities: [{ CapableLinkSpeedMbps: [1000, 100_000] }] },
    }); // prettier-ignore
    expect((await partsOf(tree, 'nic'))[0]?.attributes).toEqual({
      macAddresses: ['02:00:5e:00:00:01'],
      maxSpeedMbps: 100_000,
      pcieGeneration: 5,
      pcieLanes: 16,
    });
  });

  test('a GPU that Supermicro shows without its maker, whose link says nothing of a generation', async () => {
    const gpu = `${C}/PCIeDevices/GPU1`;
    const tree = machine({}, { PCIeDevices: link(`${C}/PCIeDevices`) }, {
      [`${C}/PCIeDevices`]: list(gpu),
      [gpu]: {
        Id: 'GPU1',
        Model: 'X100 80GB',
        SerialNumber: '1650000000001',
        PCIeInterface: { MaxPCIeType: 'unknown', MaxLanes: 0 },
        PCIeFunctions: link(`${gpu}/PCIeFunctions`),
        Oem: { Supermicro: { GPUVendor: 'NVIDIA' } },
      },
      [`${gpu}/PCIeFunctions`]: list(`${gpu}/PCIeFunctions/1`),
      [`${gpu}/PCIeFunctions/1`]: { Id: '1', DeviceClass: 'DisplayController' },
    }); // prettier-ignore
    const found = await partsOf(tree, 'gpu');
    expect(found.map(({ manufacturer, attributes }) => [manufacturer, attributes])).toEqual([['NVIDIA', {}]]);
  });
});
