import { describe, expect, test } from 'vitest';
import { bmcFormats } from './bmc-formats.ts';
import { fileOf, partAt, readFile, readOne } from './kit-for-tests.ts';
import { bmcSamples } from './samples-for-tests.ts';

const sample = (id: string) => readOne(bmcSamples[id] ?? '');

test.each(Object.entries(bmcSamples))('%s: one format takes it, and no other', (id, text) => {
  expect(readFile(fileOf(text)).format).toBe(id);
});

test('there is a sample of every format', () => {
  expect(bmcFormats.map((one) => one.id).toSorted()).toEqual(Object.keys(bmcSamples).toSorted());
});

describe('ipmitool', () => {
  test('fru: the host, its parts by their place, and nothing for an empty bay or a backplane', () => {
    const reading = sample('ipmitool-fru');
    expect(reading.host).toMatchObject({
      manufacturer: 'ACME',
      model: 'Rackster 100',
      productSerial: 'CHS0001',
      boardSerial: 'BRD0001',
      assetTag: null,
    });
    expect(reading.components.map(({ kind, slot, serial }) => [kind, slot, serial])).toEqual([
      ['mainboard', 'System Board', 'BRD0001'],
      ['psu', 'PS1', 'PSU0001'],
      ['dimm', 'CPU 1 DIMM 2', '0a1b2c3d'],
    ]);
    expect(partAt(reading, 'psu', 'PS1').attributes).toEqual({ powerWatts: 750 });
    expect(partAt(reading, 'dimm', 'CPU 1 DIMM 2').attributes).toEqual({
      capacityBytes: 17_179_869_184,
      type: 'DDR4',
      rank: 2,
      ecc: true,
    });
    expect(reading.scope).toEqual([]);
  });

  test('fru: a file that was cut off within a serial number does not give half of it', () => {
    const text = bmcSamples['ipmitool-fru'] ?? '';
    const reading = readOne(text.slice(0, text.indexOf('PSU0001') + 4));
    expect(partAt(reading, 'psu', 'PS1').serial).toBeNull();
  });

  test('sdr: counts, and what is out of its limits', () => {
    const reading = sample('ipmitool-sdr');
    expect(reading.system).toEqual({ sensorCount: 4, powerSuppliesPresent: 1 });
    expect(reading.logEntries).toEqual([
      { at: null, severity: 'Critical', message: 'Inlet Temp: 61 degrees C (cr)', source: 'ipmitool sdr' },
    ]);
    expect(reading.components).toEqual([]);
  });

  test('sel: times in UTC, none before the clock was set or in a zone without meaning', () => {
    const { logEntries, warnings } = sample('ipmitool-sel');
    expect(logEntries.map(({ at, severity }) => [at, severity])).toEqual([
      [null, 'Warning'],
      ['2026-05-01T13:02:11.000Z', 'Critical'],
      ['2026-05-01T13:02:45.000Z', 'OK'],
      [null, null],
    ]);
    expect(logEntries[1]?.message).toBe('Temperature #0x30 | Upper Critical going high | Asserted');
    expect(warnings).toEqual(['1 entries have a time that cannot be read.']);
  });

  test('lan print: the address of the BMC, and never the SNMP community', () => {
    const reading = sample('ipmitool-lan');
    expect(reading.host.bmcMacs).toEqual(['ac:1f:6b:00:00:01']);
    expect(partAt(reading, 'bmc', 'bmc').attributes).toEqual({ macAddresses: ['ac:1f:6b:00:00:01'] });
    expect(JSON.stringify(reading)).not.toContain('swordfish');
  });

  test('mc info: the firmware of the BMC', () => {
    const reading = sample('ipmitool-mc-info');
    expect(reading.system).toEqual({ bmcFirmware: '7.10', ipmiVersion: '2.0' });
    expect(partAt(reading, 'bmc', 'bmc')).toMatchObject({ manufacturer: 'ACME Inc', model: null, firmware: '7.10' });
  });

  test('ipmicfg: the addresses of BMC and ports', () => {
    const reading = sample('supermicro-ipmicfg');
    expect(reading.host.bmcMacs).toEqual(['ac:1f:6b:00:00:02']);
    expect(reading.system).toEqual({ bmcFirmware: '1.71.11', biosVersion: '3.4' });
    expect(partAt(reading, 'nic', 'System LAN1').attributes).toEqual({ macAddresses: ['ac:1f:6b:00:00:03'] });
  });
});

describe('XML of BMCs', () => {
  test('IBM: host, power supply, memory and firmware', () => {
    const reading = sample('ibm-system-x');
    expect(reading.host).toMatchObject({
      manufacturer: 'IBM',
      productSerial: 'KD0001',
      systemUuid: '00112233-4455-6677-8899-aabbccddeeff',
    });
    expect(partAt(reading, 'psu', 'Power Supply 1')).toMatchObject({ serial: 'K0001', partNumber: '39Y0001' });
    expect(partAt(reading, 'dimm', 'DIMM 2')).toMatchObject({
      serial: '33b80001',
      attributes: { capacityBytes: 4_294_967_296, type: 'DDR3' },
    });
    expect(partAt(reading, 'bmc', 'bmc').firmware).toBe('YU1');
  });

  test('RIBCL: several documents, of which iLO closes the root twice', () => {
    const reading = sample('hp-ribcl');
    expect(reading.warnings).toEqual([]);
    expect(reading.host).toMatchObject({
      model: 'ProLiant T1',
      productSerial: 'CZ0001',
      systemUuid: '34353634-3030-4247-3839-31314b480000',
      bmcMacs: ['00:21:5a:00:00:02'],
    });
    expect(partAt(reading, 'bmc', 'bmc')).toMatchObject({ model: 'iLO2', firmware: '1.70' });
    expect(partAt(reading, 'psu', 'Power Supply 1')).toMatchObject({
      serial: 'HPS0001',
      health: 'OK',
      attributes: { powerWatts: 460 },
    });
    expect(reading.components.filter((one) => one.kind === 'psu' || one.kind === 'dimm')).toHaveLength(2);
    expect(partAt(reading, 'dimm', 'CPU 1 DIMM 1').attributes).toEqual({
      capacityBytes: 8_589_934_592,
      type: 'DDR3',
      speedMts: 1333,
      rank: 2,
    });
    expect(partAt(reading, 'drive', 'Controller on System Board Port 1I Box 1 Bay 1')).toMatchObject({
      serial: 'HDR0001',
      health: 'Warning',
      attributes: { approximateCapacityBytes: 300_000_000_000, mediaType: 'HDD' },
    });
  });

  test('Onboard Administrator: a reading per blade', () => {
    const { readings } = readFile(fileOf(bmcSamples['hp-xmldata'] ?? ''));
    expect(readings.map(({ host }) => [host.productSerial, host.hostName])).toEqual([
      ['CZ0002', 'node1'],
      ['CZ0003', null],
    ]);
    expect(readings[0]?.system).toEqual({ bmcFirmware: '2.50' });
  });

  test('TSR: parts by FQDD, scope by view, firmware that is installed', () => {
    const reading = sample('dell-dcim');
    expect(reading.source).toBe('tsr');
    expect(reading.host).toMatchObject({
      productSerial: 'TAG0001',
      boardSerial: 'CNB0001',
      bmcMacs: ['d0:94:66:00:00:01'],
    });
    expect(reading.system).toMatchObject({ totalMemoryBytes: 68_719_476_736, bmcFirmware: '4.40' });
    expect(partAt(reading, 'drive', 'Disk.Bay.3:Enclosure.Internal.0-1:RAID.Integrated.1-1')).toMatchObject({
      serial: 'DSK0001',
      firmware: 'D1',
      health: 'Warning',
      attributes: { capacityBytes: 599_550_590_976, mediaType: 'HDD', protocol: 'SAS' },
    });
    expect(partAt(reading, 'psu', 'PSU.Slot.1')).toMatchObject({ health: 'Critical', attributes: { powerWatts: 750 } });
    expect(reading.scope.toSorted()).toEqual(['drive', 'psu']);
    expect(reading.firmware).toEqual([
      { id: 'DCIM:INSTALLED#741__BIOS', name: 'BIOS', version: '2.8.1', updateable: null },
    ]);
  });

  test('TSR: what was cut off covers nothing', () => {
    const text = bmcSamples['dell-dcim'] ?? '';
    const reading = readOne(text.slice(0, text.indexOf('DCIM_iDRACCardView')));
    expect(reading.scope).toEqual([]);
    expect(reading.warnings).toHaveLength(1);
    expect(reading.components.length).toBeGreaterThan(0);
  });

  test('WS-Management: an enumeration that goes on covers nothing', () => {
    const view = '<n1:DCIM_CPUView><n1:FQDD>CPU.Socket.1</n1:FQDD><n1:Model>C1</n1:Model></n1:DCIM_CPUView>';
    const answer = (end: string) =>
      `<s:Envelope xmlns:s="u" xmlns:n1="v"><s:Body><w:EnumerateResponse xmlns:w="x"><w:Items>${view}</w:Items>${end}</w:EnumerateResponse></s:Body></s:Envelope>`;
    expect(readOne(answer('<w:EndOfSequence/>')).scope).toEqual(['cpu']);
    expect(readOne(answer('<w:EnumerationContext>7</w:EnumerationContext>')).scope).toEqual([]);
  });

  test('Lifecycle log: oldest first', () => {
    expect(sample('dell-lclog').logEntries).toEqual([
      {
        at: '2026-05-01T10:00:00.000Z',
        severity: 'OK',
        message: 'SYS1000 | System is turning on.',
        source: 'Lifecycle log',
      },
      {
        at: '2026-05-02T16:00:00.000Z',
        severity: 'Critical',
        message: 'PSU0001 | Power supply 1 failed. | PSU.Slot.1',
        source: 'Lifecycle log',
      },
    ]);
  });
});

describe('OCP diagnostics', () => {
  test('the specification: machine, parts with serials, findings and result', () => {
    const reading = sample('ocp-diag');
    expect(reading.collectedAt).toBe('2026-05-01T10:00:01.500Z');
    expect(reading.host.hostName).toBe('node7');
    expect(reading.components.map(({ kind, slot, serial }) => [kind, slot, serial])).toEqual([
      ['dimm', 'MB/DIMM_A1', 'OCP0001'],
    ]);
    expect(reading.firmware).toEqual([{ id: '1', name: 'bmc_firmware', version: '10', updateable: null }]);
    expect(reading.logEntries.map(({ severity, message }) => [severity, message])).toEqual([
      ['Critical', 'FAIL memory-bad row 7 (OCP0001)'],
      ['Critical', 'memtest ended COMPLETE FAIL'],
    ]);
  });

  test('the older dialect: serials at the FRU, a core is no part of its own, broken lines are said', () => {
    const part = (place: string, extra = '') =>
      `{"hardwareInfoId":"${place}","name":"c","fruLocation":{"devpath":"/phys/${place}","serialNumber":"S${place}"},"partType":"cpu"${extra}}`;
    const core = part('CPU0', ',"componentLocation":{"devpath":"/phys/CPU0:core1"}');
    const reading = readOne(
      `{"testRunArtifact":{"testRunStart":{"name":"t","dutInfo":[{"hostname":"h","hardwareComponents":[${part('CPU0')},${core}]}]}},"timestamp":"2026-05-01T10:00:00Z"}\n{"testRunArt`,
    );
    expect(reading.components.map(({ slot, serial }) => [slot, serial])).toEqual([['/phys/CPU0', 'SCPU0']]);
    expect(reading.host.hostName).toBe('h');
    expect(reading.warnings).toEqual(['1 lines are no JSON object.']);
  });
});
