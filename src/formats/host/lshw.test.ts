import { describe, expect, test } from 'vitest';
import { partsOf, readOne } from './kit-for-tests.ts';

interface Node {
  id: string;
  class: string;
  children?: Node[];
  [name: string]: unknown;
}

const BANKS: Node[] = [
  {
    id: 'bank:0',
    class: 'memory',
    handle: 'DMI:1100',
    description: 'DIMM DDR4 Synchronous Registered (Buffered) 3200 MHz (0.3 ns)',
    product: 'M393A4K40DB3-CWE',
    vendor: 'Samsung',
    serial: '03B2C4D1',
    slot: 'A1',
    size: 34_359_738_368,
    width: 64,
    clock: 3_200_000_000,
  },
  { id: 'bank:1', class: 'memory', handle: 'DMI:1101', description: '[empty]', slot: 'A2' },
];
const PORTS: Node[] = [0, 1].map((port) => ({
  id: `network:${port}`,
  class: 'network',
  description: 'Ethernet interface',
  product: 'MT27710 Family [ConnectX-4 Lx] [15B3:1015]',
  vendor: 'Mellanox Technologies [15B3]',
  businfo: `pci@0000:3b:00.${port}`,
  logicalname: `ens3f${port}`,
  serial: `B8:59:9F:00:00:1${port}`,
  configuration: { driver: 'mlx5_core', firmware: '14.31.1014', link: port === 0 ? 'yes' : 'no' },
}));
const DISKS: Node[] = [
  {
    id: 'nvme',
    class: 'storage',
    description: 'NVMe device',
    product: 'ACME NV1 3840G',
    vendor: 'Acme Semiconductor',
    version: '1.2.3',
    serial: 'NV000017',
    businfo: 'pci@0000:45:00.0',
    logicalname: '/dev/nvme0',
    configuration: { driver: 'nvme' },
    children: [
      {
        id: 'namespace',
        class: 'disk',
        description: 'NVMe disk',
        size: 3_840_755_982_336,
        logicalname: '/dev/nvme0n1',
        configuration: { wwid: 'eui.0011' },
      },
    ],
  },
  {
    id: 'raid',
    class: 'storage',
    description: 'RAID bus controller',
    product: 'MegaRAID SAS-3 3108 [Invader]',
    vendor: 'Broadcom / LSI',
    businfo: 'pci@0000:18:00.0',
    configuration: { driver: 'megaraid_sas' },
    children: [
      {
        id: 'disk:0',
        class: 'disk',
        description: 'SCSI Disk',
        product: 'PERC H730P Mini',
        vendor: 'DELL',
        serial: '00ff112233445566001234',
        size: 479_559_942_144,
        logicalname: '/dev/sda',
      },
      {
        id: 'disk:1',
        class: 'disk',
        description: 'ATA Disk',
        product: 'ST4000NM0035',
        vendor: 'ATA',
        version: 'TN03',
        serial: 'ZC1AAAA1',
        size: 4_000_787_030_016,
        logicalname: '/dev/sdb',
        capabilities: { '7200rpm': '7200 rotations per minute' },
        configuration: { logicalsectorsize: '512', sectorsize: '4096' },
      },
    ],
  },
];

function tree(handle: string): Node {
  return {
    id: 'node17.example',
    class: 'system',
    claimed: true,
    handle,
    product: 'Rackbox 2000 (SKU=1)',
    vendor: 'Acme',
    serial: 'RB2K0042',
    configuration: { uuid: '4c4c4544-0031-5710-804c-b1c04f4b3933' },
    children: [
      {
        id: 'core',
        class: 'bus',
        product: 'MB-77',
        vendor: 'Acme',
        version: 'A02',
        serial: 'MB77-0001',
        children: [
          { id: 'firmware', class: 'memory', description: 'BIOS', vendor: 'Acme', version: '2.19.1', size: 65_536 },
          {
            id: 'cpu:0',
            class: 'processor',
            handle: 'DMI:0400',
            product: 'AMD EPYC 7502P 32-Core Processor',
            vendor: 'Hynix Semiconductor (Hyundai Electronics)',
            slot: 'CPU1',
            size: 2_500_000_000,
            configuration: { cores: '32', threads: '64', microcode: '137367629' },
          },
          { id: 'cpu:1', class: 'processor', handle: 'DMI:0401', description: 'CPU [empty]', slot: 'CPU2' },
          {
            id: 'memory',
            class: 'memory',
            size: 34_359_738_368,
            configuration: { errordetection: 'multi-bit-ecc' },
            children: BANKS,
          },
          { id: 'pci:0', class: 'bridge', businfo: 'pci@0000:00:00.0', children: [...PORTS, ...DISKS] },
          {
            id: 'display',
            class: 'display',
            description: 'VGA compatible controller',
            product: 'ASPEED Graphics Family',
            vendor: 'ASPEED Technology, Inc.',
            businfo: 'pci@0000:02:00.0',
          },
          {
            id: 'display:1',
            class: 'display',
            description: '3D controller',
            product: 'GA100 [A100 PCIe 40GB]',
            vendor: 'NVIDIA Corporation',
            businfo: 'pci@0000:81:00.0',
          },
        ],
      },
      {
        id: 'power:0',
        class: 'power',
        description: 'PWR SPLY,550W',
        product: '0NCNFFA02',
        vendor: 'DELL',
        serial: 'CNLOD001',
        capacity: 550,
      },
      {
        id: 'network',
        class: 'network',
        description: 'Ethernet interface',
        logicalname: 'bond0',
        serial: 'b8:59:9f:00:00:10',
      },
    ],
  };
}

function asXml(node: Node): string {
  const leaf = Object.entries(node).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const values = leaf
    .filter(([name]) => name !== 'id' && name !== 'class' && name !== 'handle')
    .map(([name, value]) => `<${name}${name === 'size' ? ' units="bytes"' : ''}>${String(value)}</${name}>`);
  const settings = Object.entries((node['configuration'] ?? {}) as Record<string, string>)
    .map(([name, value]) => `<setting id="${name}" value="${value}" />`)
    .join('');
  const capabilities = Object.keys((node['capabilities'] ?? {}) as object).map((name) => `<capability id="${name}" />`);
  return `<node id="${node.id}" claimed="true" class="${node.class}" handle="${String(node['handle'] ?? '')}">${values.join(
    '\n',
  )}<configuration>${settings}</configuration><capabilities>${capabilities.join('')}</capabilities>${(node.children ?? []).map(asXml).join('\n')}</node>`;
}

const json = JSON.stringify(tree('DMI:0100'));
const xml = `<?xml version="1.0" standalone="yes" ?>\n<list>\n${asXml(tree('DMI:0100'))}</list>\n`;

describe.each([
  ['lshw-json', json],
  ['lshw-json', `[${json}]`],
  ['lshw-xml', xml],
])('%s', (id, text) => {
  const { format, reading } = readOne(text);

  test('host, board, processor, memory, drives, cards, supplies', () => {
    expect(format).toBe(id);
    expect(reading.host).toMatchObject({
      manufacturer: 'Acme',
      model: 'Rackbox 2000',
      productSerial: 'RB2K0042',
      boardSerial: 'MB77-0001',
      systemUuid: '4c4c4544-0031-5710-804c-b1c04f4b3933',
      hostName: 'node17.example',
    });
    expect(reading.scope).toEqual(['dimm', 'cpu']);
    expect(partsOf(reading, 'mainboard')).toMatchObject([{ slot: 'System Board', model: 'MB-77', firmware: '2.19.1' }]);
    expect(partsOf(reading, 'cpu')).toMatchObject([
      { slot: 'CPU1', manufacturer: 'AMD', attributes: { cores: 32, threads: 64, microcode: '0x830104d' } },
    ]);
    expect(partsOf(reading, 'cpu')).toHaveLength(1);
    expect(partsOf(reading, 'dimm')).toMatchObject([
      {
        slot: 'A1',
        serial: '03B2C4D1',
        partNumber: 'M393A4K40DB3-CWE',
        attributes: {
          capacityBytes: 34_359_738_368,
          type: 'DDR4',
          moduleType: 'RDIMM',
          ratedSpeedMts: 3200,
          ecc: true,
        },
      },
    ]);
    expect(partsOf(reading, 'drive')).toEqual([
      expect.objectContaining({
        slot: '0000:45:00.0',
        serial: 'NV000017',
        firmware: '1.2.3',
        attributes: {
          capacityBytes: 3_840_755_982_336,
          mediaType: 'SSD',
          protocol: 'NVMe',
          device: '/dev/nvme0n1',
          pciAddress: '0000:45:00.0',
          wwn: 'eui.0011',
        },
      }),
      // The volume of the RAID controller is no drive.
      expect.objectContaining({
        slot: null,
        manufacturer: null,
        serial: 'ZC1AAAA1',
        // `TN03` is the end of it only
        firmware: null,
        attributes: {
          capacityBytes: 4_000_787_030_016,
          logicalBlockBytes: 512,
          physicalBlockBytes: 4096,
          protocol: 'SATA',
          rotationRpm: 7200,
          device: '/dev/sdb',
        },
      }),
    ]);
    expect(partsOf(reading, 'nic')).toEqual([
      expect.objectContaining({
        slot: '0000:3b:00.0',
        manufacturer: 'Mellanox Technologies',
        model: 'MT27710 Family [ConnectX-4 Lx]',
        serial: null,
        firmware: '14.31.1014',
        attributes: {
          pciAddress: '0000:3b:00.0',
          vendorId: '0x15b3',
          deviceId: '0x1015',
          driver: 'mlx5_core',
          device: 'ens3f0',
          interfaces: ['ens3f0', 'ens3f1'],
          macAddresses: ['b8:59:9f:00:00:10', 'b8:59:9f:00:00:11'],
        },
        readings: { linkStatus: 'ens3f0 up, ens3f1 down' },
      }),
    ]);
    expect(partsOf(reading, 'storage-controller').map((one) => one.slot)).toEqual(['0000:18:00.0']);
    expect(partsOf(reading, 'gpu').map((one) => one.model)).toEqual(['GA100 [A100 PCIe 40GB]']);
    expect(partsOf(reading, 'psu')).toMatchObject([
      { slot: null, partNumber: '0NCNFFA02', serial: 'CNLOD001', attributes: { powerWatts: 550 } },
    ]);
  });
});

describe('lshw', () => {
  test('without root nothing is covered', () => {
    expect(readOne(JSON.stringify(tree(''))).reading.scope).toEqual([]);
  });

  test('several objects in a row, with a comma too many or too few', () => {
    const [one, two] = [JSON.stringify(PORTS[0]), JSON.stringify(PORTS[1])];
    for (const text of [`${one},\n${two},\n`, `${one}\n${two}`, `[\n${one},\n]`]) {
      const { format, reading } = readOne(text);
      expect(format).toBe('lshw-json');
      expect(partsOf(reading, 'nic')).toHaveLength(1);
      expect(reading.scope).toEqual([]);
    }
  });

  test('a member of a bond shows the address of the bond: it is not taken', () => {
    const slave = { ...PORTS[0], configuration: { slave: 'yes', driver: 'i40e' } };
    expect(partsOf(readOne(JSON.stringify(slave)).reading, 'nic')[0]?.attributes['macAddresses']).toBeUndefined();
  });

  test('one <node> without a <list>, as before B.02.16', () => {
    expect(readOne(asXml(tree('DMI:0100'))).reading.host.productSerial).toBe('RB2K0042');
  });

  test('a cut-off XML is read up to the break and covers nothing', () => {
    const { reading } = readOne(xml.slice(0, xml.indexOf('NV000017') + 3));
    expect(reading.warnings).toHaveLength(1);
    expect(partsOf(reading, 'dimm')).toHaveLength(1);
    expect(partsOf(reading, 'drive')).toEqual([]);
    expect(reading.scope).toEqual([]);
  });

  test('entities are not expanded', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE list [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>\n<list><node id="x" claimed="true" class="system"><serial>&b;</serial></node></list>`;
    const { reading } = readOne(bomb);
    expect(reading.components).toEqual([]);
    expect(reading.host.productSerial).toBeNull();
    expect(reading.warnings).toHaveLength(1);
  });

  test('places with the same name: a module with a serial has none, one without keeps its handle', () => {
    const bank = (id: number, serial: string): Node => ({
      ...BANKS[0],
      id: `bank:${id}`,
      class: 'memory',
      handle: `DMI:110${id}`,
      slot: 'DIMM 1',
      serial,
    });
    const banks = [bank(0, 'S0'), bank(1, ''), bank(2, 'S2')];
    const { reading } = readOne(JSON.stringify({ id: 'memory', class: 'memory', claimed: true, children: banks }));
    expect(partsOf(reading, 'dimm').map((one) => one.slot)).toEqual([null, 'DIMM 1 (0x1101)', null]);
  });

  test('the text for people', () => {
    const { format, reading } = readOne(`node17
    description: Rack Mount Chassis
    product: Rackbox 2000 (SKU=1)
    vendor: Acme
    serial: RB2K0042
    width: 64 bits
    configuration: boot=normal chassis=rackmount uuid=4c4c4544-0031-5710-804c-b1c04f4b3933
  *-core
       description: Motherboard
       product: MB-77
       serial: MB77-0001
     *-memory
          description: System Memory
          physical id: 1000
          slot: System board or motherboard
          size: 32GiB
          configuration: errordetection=multi-bit-ecc
        *-bank:0
             description: DIMM DDR4 Synchronous Registered (Buffered) 3200 MHz (0.3 ns)
             product: M393A4K40DB3-CWE
             vendor: Samsung
             serial: 03B2C4D1
             slot: A1
             size: 32GiB
             width: 64 bits
             clock: 3200MHz (0.3ns)
        *-bank:1
             description: [empty]
             slot: A2
     *-pci:0
          *-network:0 DISABLED
               description: Ethernet interface
               product: MT27710 Family
               vendor: Mellanox Technologies
               bus info: pci@0000:3b:00.0
               logical name: ens3f0
               serial: b8:59:9f:00:00:10
               size: 10Gbit/s
               configuration: autonegotiation=on driver=mlx5_core firmware=14.31.1014 (MT_242) link=no
          *-disk
               description: ATA Disk
               product: ST4000NM0035
               logical name: /dev/sdb
               serial: ZC1AAAA1
               size: 3726GiB (4TB)
`);
    expect(format).toBe('lshw-text');
    expect(reading.host).toMatchObject({ productSerial: 'RB2K0042', boardSerial: 'MB77-0001', hostName: 'node17' });
    expect(reading.host.systemUuid).toBe('4c4c4544-0031-5710-804c-b1c04f4b3933');
    expect(partsOf(reading, 'dimm')).toMatchObject([
      { slot: 'A1', serial: '03B2C4D1', attributes: { capacityBytes: 34_359_738_368, ratedSpeedMts: 3200, ecc: true } },
    ]);
    expect(partsOf(reading, 'nic')).toMatchObject([
      { slot: '0000:3b:00.0', firmware: '14.31.1014 (MT_242)', attributes: { macAddresses: ['b8:59:9f:00:00:10'] } },
    ]);
    // The size is rounded here, so it is not said to be the capacity.
    expect(partsOf(reading, 'drive')[0]?.attributes).toEqual({ protocol: 'SATA', device: '/dev/sdb' });
    // The text prints no handles of the tables, so nothing shows that they were read.
    expect(reading.scope).toEqual([]);
  });
});
