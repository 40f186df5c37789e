import { describe, expect, test } from 'vitest';
import { partsOf, readOne } from './kit-for-tests.ts';

const VERBOSE = `00:00.0 Host bridge [0600]: Intel Corporation Sky Lake-E DMI3 Registers [8086:2020] (rev 07)
	Subsystem: Dell Device [1028:0715]

00:1f.2 SATA controller [0106]: Intel Corporation C620 SATA Controller [8086:a182] (rev 09) (prog-if 01 [AHCI 1.0])
	Kernel driver in use: ahci

00:1f.6 Ethernet controller [0200]: Intel Corporation I219-LM [8086:15b7]

02:00.0 VGA compatible controller [0300]: ASPEED Technology, Inc. ASPEED Graphics Family [1a03:2000] (rev 41)

3b:00.0 Ethernet controller [0200]: Mellanox Technologies MT27710 Family [ConnectX-4 Lx] [15b3:1015]
	Subsystem: Mellanox Technologies ConnectX-4 Lx EN [15b3:0004]
	Physical Slot: 3
	Capabilities: [60] Express (v2) Endpoint, MSI 00
		LnkCap:	Port #0, Speed 8GT/s, Width x8, ASPM not supported
		LnkSta:	Speed 5GT/s (downgraded), Width x4 (downgraded)
	Capabilities: [48] Vital Product Data
		Product Name: CX4121A - ConnectX-4 LX SFP28
		Read-only fields:
			[PN] Part number: MCX4121A-ACAT
			[EC] Engineering changes: AF
			[SN] Serial number: MT1111X22222
			[V0] Vendor specific: PCIeGen3 x8
		End
	Capabilities: [140 v1] Device Serial Number 24-8a-07-03-00-9f-d5-76
	Kernel driver in use: mlx5_core
	Kernel modules: mlx5_core

3b:00.1 Ethernet controller [0200]: Mellanox Technologies MT27710 Family [ConnectX-4 Lx] [15b3:1015]
	Kernel driver in use: mlx5_core

3b:01.2 Ethernet controller [0200]: Mellanox Technologies MT27710 Family [ConnectX-4 Lx Virtual Function] [15b3:1016]

5e:00.0 Non-Volatile memory controller [0108]: Samsung Electronics Co Ltd NVMe SSD Controller PM173X [144d:a824]

81:00.0 3D controller [0302]: NVIDIA Corporation GA100 [A100 PCIe 40GB] [10de:20f1] (rev a1)
	Subsystem: NVIDIA Corporation Device [10de:145f]
		LnkCap:	Port #0, Speed 16GT/s, Width x16, ASPM not supported

82:00.0 Co-processor [0b40]: Acme Corp. Accelerator Card [abcd:0001]
	Physical Slot: 7
`;

describe('lspci -vvv', () => {
  const { format, reading } = readOne(VERBOSE);

  test('a card of two ports is one component, with what its EEPROM says', () => {
    expect(format).toBe('lspci');
    expect(partsOf(reading, 'nic')).toEqual([
      expect.objectContaining({ slot: '0000:00:1f.6', manufacturer: 'Intel Corporation', model: 'I219-LM' }),
      {
        kind: 'nic',
        slot: '0000:3b:00.0',
        manufacturer: 'Mellanox Technologies',
        model: 'CX4121A - ConnectX-4 LX SFP28',
        partNumber: 'MCX4121A-ACAT',
        serial: 'MT1111X22222',
        firmware: null,
        health: null,
        attributes: {
          pciAddress: '0000:3b:00.0',
          functions: ['0000:3b:00.0', '0000:3b:00.1'],
          vendorId: '0x15b3',
          deviceId: '0x1015',
          subsystemVendorId: '0x15b3',
          subsystemDeviceId: '0x0004',
          driver: 'mlx5_core',
          physicalSlot: '3',
          pcieGeneration: 3,
          pcieLanes: 8,
          deviceSerialNumber: '24-8a-07-03-00-9f-d5-76',
        },
        readings: { pcieGeneration: 2, pcieLanes: 4 },
      },
    ]);
  });

  test('what else is a part, and what is none', () => {
    expect(reading.components.map((one) => [one.kind, one.slot])).toEqual([
      ['storage-controller', '0000:00:1f.2'],
      ['nic', '0000:00:1f.6'],
      ['nic', '0000:3b:00.0'],
      ['gpu', '0000:81:00.0'],
      ['pcie-device', '0000:82:00.0'],
    ]);
    expect(partsOf(reading, 'gpu')[0]?.attributes).toMatchObject({ pcieGeneration: 4, pcieLanes: 16 });
    expect(reading.scope).toEqual([]);
  });

  test('one card at two addresses (Socket Direct) shows one serial number', () => {
    const second = VERBOSE.replaceAll('3b:00.', 'af:00.').slice(VERBOSE.indexOf('3b:00.0'));
    const nics = partsOf(readOne(`${VERBOSE}\n${second}`).reading, 'nic').filter((one) => one.serial !== null);
    expect(nics).toHaveLength(1);
    expect(nics[0]?.attributes['functions']).toEqual(['0000:3b:00.0', '0000:3b:00.1', '0000:af:00.0', '0000:af:00.1']);
  });
});

test('lspci -vmm, with names, numbers or both', () => {
  const names = `Slot:\t0000:3b:00.0\nClass:\tEthernet controller\nVendor:\tIntel Corporation\nDevice:\tEthernet Controller X710\nSVendor:\tDell\nPhySlot:\t2\nDriver:\ti40e\n\n`;
  const numbers = `Slot:\t0000:3b:00.0\nClass:\t0200\nVendor:\t8086\nDevice:\t1572\nSVendor:\t1028\nSDevice:\t1f99\n\n`;
  const both = `Slot:\t0000:3b:00.0\nClass:\tEthernet controller [0200]\nVendor:\tIntel Corporation [8086]\nDevice:\tEthernet Controller X710 [1572]\n\n`;
  expect(readOne(names).reading.components).toMatchObject([
    {
      kind: 'nic',
      slot: '0000:3b:00.0',
      manufacturer: 'Intel Corporation',
      model: 'Ethernet Controller X710',
      attributes: { driver: 'i40e', physicalSlot: '2' },
    },
  ]);
  expect(readOne(numbers).reading.components).toMatchObject([
    {
      kind: 'nic',
      manufacturer: 'Intel Corporation',
      model: null,
      attributes: { vendorId: '0x8086', deviceId: '0x1572', subsystemVendorId: '0x1028', subsystemDeviceId: '0x1f99' },
    },
  ]);
  expect(readOne(both).reading.components).toMatchObject([
    { kind: 'nic', model: 'Ethernet Controller X710', attributes: { vendorId: '0x8086', deviceId: '0x1572' } },
  ]);
});

test('lspci and lspci -n, one line each', () => {
  const plain =
    '00:00.0 Host bridge: Intel Corporation Device 2020\n18:00.0 RAID bus controller: Broadcom / LSI MegaRAID SAS-3 3108 [Invader] (rev 02)\n';
  expect(readOne(plain).reading.components).toMatchObject([
    {
      kind: 'storage-controller',
      slot: '0000:18:00.0',
      manufacturer: 'Broadcom / LSI',
      model: 'MegaRAID SAS-3 3108 [Invader]',
    },
  ]);
  expect(
    readOne('00:00.0 0600: 8086:2020 (rev 07)\n18:00.0 0104: 1000:005d (rev 02)\n').reading.components,
  ).toMatchObject([
    {
      kind: 'storage-controller',
      manufacturer: 'Broadcom / LSI',
      model: null,
      attributes: { vendorId: '0x1000', deviceId: '0x005d' },
    },
  ]);
});
