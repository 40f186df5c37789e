import { describe, expect, test } from 'vitest';
import { partsOf, readOne } from './kit-for-tests.ts';

const HEAD = `# dmidecode 3.3
Getting SMBIOS data from sysfs.
SMBIOS 3.2.0 present.
12 structures occupying 2000 bytes.
Table at 0x000E8980.

`;
const BIOS = `Handle 0x0000, DMI type 0, 26 bytes
BIOS Information
	Vendor: Acme BIOS
	Version: 2.19.1
	Release Date: 06/04/2024
	Characteristics:
		PCI is supported
		5.25"/1.2 MB floppy services: are supported
	Firmware Revision: 1.58

`;
const IDENTITY = `Handle 0x0100, DMI type 1, 27 bytes
System Information
	Manufacturer: Acme
	Product Name: Rackbox 2000
	Serial Number: RB2K0042
	UUID: 4c4c4544-0031-5710-804c-b1c04f4b3933
	SKU Number: To Be Filled By O.E.M.

Handle 0x0200, DMI type 2, 8 bytes
Base Board Information
	Manufacturer: Acme
	Product Name: MB-77
	Version: A02
	Serial Number: MB77-0001
	Type: Motherboard

Handle 0x0201, DMI type 2, 8 bytes
Base Board Information
	Manufacturer: Acme
	Product Name: RISER-1
	Serial Number: RS1-0009
	Type: I/O Module

Handle 0x0300, DMI type 3, 22 bytes
Chassis Information
	Serial Number: CH-5
	Asset Tag: INV-4711

`;
const CPUS = `Handle 0x0400, DMI type 4, 48 bytes
Processor Information
	Socket Designation: CPU1
	Type: Central Processor
	Manufacturer: Intel
	Version: Intel(R) Xeon(R) Gold 6330   CPU @ 2.00GHz
	Max Speed: 3100 MHz
	Status: Populated, Enabled
	Serial Number: Not Specified
	Core Count: 28
	Thread Count: 56

Handle 0x0401, DMI type 4, 48 bytes
Processor Information
	Socket Designation: CPU2
	Type: Central Processor
	Status: Unpopulated

`;
const END = `Handle 0xFEFF, DMI type 127, 4 bytes
End Of Table

`;

function array(devices: number, handle = '0x1000', use = 'System Memory'): string {
  return `Handle ${handle}, DMI type 16, 23 bytes
Physical Memory Array
	Use: ${use}
	Error Correction Type: Multi-bit ECC
	Number Of Devices: ${devices}

`;
}

function dimm(handle: string, fields: Record<string, string>): string {
  const all = { 'Array Handle': '0x1000', ...fields };
  const lines = Object.entries(all).map(([key, value]) => `\t${key}: ${value}\n`);
  return `Handle ${handle}, DMI type 17, 84 bytes\nMemory Device\n${lines.join('')}\n`;
}

const FULL = dimm('0x1100', {
  'Total Width': '72 bits',
  'Data Width': '64 bits',
  Size: '32 GB',
  'Form Factor': 'DIMM',
  Locator: 'A1',
  'Bank Locator': 'Not Specified',
  Type: 'DDR4',
  'Type Detail': 'Synchronous Registered (Buffered)',
  Speed: '3200 MT/s',
  Manufacturer: 'Hynix',
  'Serial Number': '3510CB7F',
  'Part Number': 'HMA84GR7DJR4N-XN   ',
  Rank: '2',
  'Configured Memory Speed': '2933 MT/s',
  'Firmware Version': '0000',
});
const EMPTY = dimm('0x1101', { Size: 'No Module Installed', Locator: 'A2', 'Serial Number': 'NO DIMM' });

describe('dmidecode', () => {
  const dump = HEAD + BIOS + IDENTITY + CPUS + array(2) + FULL + EMPTY + END;

  test('says whose machine it is, its board, processors and memory', () => {
    const { format, reading } = readOne(dump);
    expect(format).toBe('dmidecode');
    expect(reading.warnings).toEqual([]);
    expect(reading.host).toMatchObject({
      manufacturer: 'Acme',
      model: 'Rackbox 2000',
      productSerial: 'RB2K0042',
      boardSerial: 'MB77-0001',
      systemUuid: '4c4c4544-0031-5710-804c-b1c04f4b3933',
      assetTag: 'INV-4711',
    });
    expect(reading.system).toEqual({
      biosVendor: 'Acme BIOS',
      biosVersion: '2.19.1',
      biosDate: '06/04/2024',
      embeddedControllerFirmware: '1.58',
      chassisSerial: 'CH-5',
      totalMemoryBytes: 34_359_738_368,
      processorCount: 1,
    });
    expect(reading.scope).toEqual(['mainboard', 'cpu', 'dimm']);
    expect(partsOf(reading, 'mainboard')).toEqual([
      {
        kind: 'mainboard',
        slot: 'System Board',
        manufacturer: 'Acme',
        model: 'MB-77',
        partNumber: null,
        serial: 'MB77-0001',
        firmware: '2.19.1',
        health: null,
        attributes: { revision: 'A02' },
        readings: {},
      },
    ]);
    expect(partsOf(reading, 'cpu')).toMatchObject([
      {
        slot: 'CPU1',
        model: 'Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz',
        serial: null,
        attributes: { cores: 28, threads: 56, maxSpeedMhz: 3100 },
      },
    ]);
    expect(partsOf(reading, 'dimm')).toEqual([
      {
        kind: 'dimm',
        slot: 'A1',
        manufacturer: 'Hynix',
        model: null,
        partNumber: 'HMA84GR7DJR4N-XN',
        serial: '3510CB7F',
        firmware: null,
        health: null,
        attributes: {
          capacityBytes: 34_359_738_368,
          type: 'DDR4',
          moduleType: 'RDIMM',
          formFactor: 'DIMM',
          rank: 2,
          ratedSpeedMts: 3200,
          speedMts: 2933,
          ecc: true,
        },
        readings: {},
      },
    ]);
  });

  test('the same with the line ends of Windows, and as UTF-16 decoded', () => {
    const other = readOne(dump.replaceAll('\n', '\r\n')).reading;
    expect(other.components).toEqual(readOne(dump).reading.components);
    expect(other.scope).toEqual(['mainboard', 'cpu', 'dimm']);
  });

  test('a fragment (-t 17) covers nothing, and says nothing of the host', () => {
    const { reading } = readOne(`# dmidecode 3.3\nSMBIOS 3.2.0 present.\n\n${array(2)}${FULL}${EMPTY}`);
    expect(reading.components).toHaveLength(1);
    expect(reading.scope).toEqual([]);
    expect(reading.host.productSerial).toBeNull();
    expect(reading.warnings).toEqual([]);
  });

  test('half a serial number at the end of a cut-off dump is no part', () => {
    const cut = dump.slice(0, dump.indexOf('3510CB7F') + 4);
    const { reading } = readOne(cut);
    expect(partsOf(reading, 'dimm')).toEqual([]);
    expect(reading.scope).toEqual([]);
    expect(reading.warnings).toEqual(['The dump ends before its end-of-table mark; its last structure is left out.']);
  });

  test('half a serial number at the end of a cut-off fragment is none', () => {
    const fragment = `# dmidecode 3.3\n\n${FULL}`;
    const { reading } = readOne(fragment.slice(0, fragment.indexOf('3510CB7F') + 4));
    expect(partsOf(reading, 'dimm')).toMatchObject([{ slot: 'A1', serial: null }]);
  });

  test('memory is not covered where fewer places are listed than there are', () => {
    const { reading } = readOne(HEAD + IDENTITY + CPUS + array(3) + FULL + EMPTY + END);
    expect(reading.scope).toEqual(['mainboard', 'cpu']);
    expect(reading.system['totalMemoryBytes']).toBeUndefined();
  });

  test('a table that dmidecode gave up on covers nothing', () => {
    const broken = 'Invalid entry length (0). DMI table is broken! Stop.\n\n';
    const { reading } = readOne(HEAD + IDENTITY + CPUS + array(1) + FULL + broken + END);
    expect(reading.scope).toEqual([]);
    expect(reading.warnings[0]).toContain('table is broken');
  });

  test('locators that are not unique get their bank, and keep it when a neighbour is pulled', () => {
    const place = (handle: string, bank: string, size: string): string =>
      dimm(handle, { Size: size, Locator: 'DIMM 1', 'Bank Locator': bank, 'Serial Number': `S-${handle}` });
    const both = readOne(HEAD + array(2) + place('0x11', 'NODE 1', '16 GB') + place('0x12', 'NODE 2', '16 GB') + END);
    expect(partsOf(both.reading, 'dimm').map((one) => one.slot)).toEqual(['NODE 1 DIMM 1', 'NODE 2 DIMM 1']);
    const pulled = place('0x12', 'NODE 2', 'No Module Installed');
    const one = readOne(HEAD + array(2) + place('0x11', 'NODE 1', '16 GB') + pulled + END);
    expect(partsOf(one.reading, 'dimm').map((part) => part.slot)).toEqual(['NODE 1 DIMM 1']);
    const same = readOne(HEAD + array(2) + place('0x11', 'B', '16 GB') + place('0x12', 'B', '16 GB') + END);
    expect(partsOf(same.reading, 'dimm').map((part) => part.slot)).toEqual(['B DIMM 1 (0x11)', 'B DIMM 1 (0x12)']);
  });

  test('the flash that holds the firmware is no memory module', () => {
    const flash = dimm('0x2100', { 'Array Handle': '0x2000', Size: '4 MB', Locator: 'BIOS', Type: 'Flash' });
    const { reading } = readOne(HEAD + array(2) + array(1, '0x2000', 'Flash Memory') + FULL + EMPTY + flash + END);
    expect(partsOf(reading, 'dimm')).toHaveLength(1);
    expect(reading.scope).toEqual(['dimm']);
  });

  test('kinds of modules, and persistent memory with its firmware', () => {
    const one = (handle: string, fields: Record<string, string>): string =>
      dimm(handle, { Size: '128 GB', Locator: handle, 'Serial Number': handle, ...fields });
    const optane = 'Intel Optane DC persistent memory';
    const { reading } = readOne(
      one('0x01', { 'Type Detail': 'Synchronous LRDIMM' }) +
        one('0x02', { 'Type Detail': 'Unbuffered (Unregistered)' }) +
        one('0x03', { Size: '129408 MB', 'Memory Technology': optane, 'Firmware Version': '5355 ' }),
    );
    expect(partsOf(reading, 'dimm')).toMatchObject([
      { attributes: { moduleType: 'LRDIMM' } },
      { attributes: { moduleType: 'UDIMM' } },
      { firmware: '5355', attributes: { capacityBytes: 135_694_123_008, technology: optane } },
    ]);
  });

  test('power supplies: HP names the place, Dell the model, an empty bay is none', () => {
    const psu = (handle: string, fields: Record<string, string>): string =>
      `Handle ${handle}, DMI type 39, 22 bytes\nSystem Power Supply\n${Object.entries(fields)
        .map(([key, value]) => `\t${key}: ${value}\n`)
        .join('')}\n`;
    const { reading } = readOne(
      psu('0x01', {
        Location: 'Not Specified',
        Name: 'Power Supply 1',
        Manufacturer: 'HP',
        'Serial Number': '5ABC',
        'Max Power Capacity': '460 W',
        Status: 'Present, Critical',
      }) +
        psu('0x02', {
          Location: 'Not Specified',
          Name: 'PWR SPLY,750W',
          Manufacturer: 'DELL',
          'Serial Number': 'CN1',
          Status: 'Present, OK',
        }) +
        psu('0x03', {
          Location: 'PSU3',
          Name: 'To Be Filled By O.E.M.',
          'Serial Number': 'To Be Filled By O.E.M.',
          Status: 'Present, OK',
        }) +
        psu('0x04', { Location: 'PSU4', Manufacturer: 'DELL', 'Serial Number': 'CN2', Status: 'Not Present' }),
    );
    expect(reading.components).toMatchObject([
      {
        kind: 'psu',
        slot: 'Power Supply 1',
        model: null,
        serial: '5ABC',
        health: 'Critical',
        attributes: { powerWatts: 460 },
      },
      { kind: 'psu', slot: null, model: 'PWR SPLY,750W', serial: 'CN1', health: 'OK' },
    ]);
    expect(reading.components).toHaveLength(2);
    expect(reading.scope).toEqual([]);
  });

  test('a TPM, also where dmidecode forgot a line break', () => {
    const { reading } = readOne(
      'Handle 0x0028, DMI type 43, 31 bytes\nTPM Device\n\tVendor ID: STM\n\tSpecification Version: 2.0\tFirmware Revision: 73.4\n\tDescription: ST33\n\n',
    );
    expect(reading.components).toMatchObject([
      {
        kind: 'tpm',
        slot: 'TPM',
        manufacturer: 'STM',
        model: 'ST33',
        firmware: '73.4',
        attributes: { specification: '2.0' },
      },
    ]);
  });

  test('the layout before version 2.8, with the type on a line of its own', () => {
    const old = `# dmidecode 2.2
SMBIOS 2.3 present.
5 structures occupying 352 bytes.
Table at 0x000E1000.
Handle 0x0001
        DMI type 1, 27 bytes.
        System Information
                Manufacturer: Acme
                Serial Number: OLD-1
                UUID: Not Settable
Handle 0x0005
        DMI type 17, 27 bytes.
        Memory Device
                Size: 512 MB
                Locator: DIMM1
                Serial Number: 00AB
Handle 0x0006
        DMI type 127, 4 bytes.
        End Of Table
`;
    const { reading } = readOne(old);
    expect(reading.host).toMatchObject({ productSerial: 'OLD-1', systemUuid: null });
    expect(reading.components).toMatchObject([
      { kind: 'dimm', slot: 'DIMM1', attributes: { capacityBytes: 536_870_912 } },
    ]);
  });
});
