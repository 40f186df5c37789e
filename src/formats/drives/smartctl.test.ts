import { describe, expect, test } from 'vitest';
import { ATA, NVME, SCAN_TEXT, TEXT_ATA_BRIEF, TEXT_NVME, TEXT_SAS } from './smartctl-fixtures-for-tests.ts';
import { componentsOf, fileOf, onlyReading, readFile } from './kit-for-tests.ts';

describe('smartctl as JSON', () => {
  test('an ATA drive, whole', () => {
    const reading = onlyReading(ATA);
    expect(reading).toMatchObject({
      source: 'tools',
      collectedAt: '2025-10-09T08:53:20.000Z',
      warnings: [],
      scope: [],
    });
    expect(reading.components).toEqual([
      {
        ...{ kind: 'drive', slot: null, manufacturer: null, model: 'ACME SPINNER 8000', partNumber: null },
        ...{ serial: 'SPIN0001', firmware: 'SP01', health: 'OK' },
        attributes: {
          device: '/dev/sda',
          protocol: 'SATA',
          capacityBytes: 8_001_563_222_016,
          logicalBlockBytes: 512,
          physicalBlockBytes: 4096,
          mediaType: 'HDD',
          rotationRpm: 7200,
          formFactor: '3.5 inches',
          interfaceSpeedGbps: 6,
          wwn: '0x5000c5000000002a',
        },
        readings: {
          powerOnHours: 1200,
          powerCycles: 9,
          temperatureCelsius: 31,
          reallocatedSectors: 3,
          pendingSectors: 2,
          bytesWritten: 512_000,
          linkSpeedGbps: 3,
        },
      },
    ]);
  });

  test('an NVMe drive is known by its controller and has its total capacity, and is only warned of where it is hot', () => {
    const [drive] = componentsOf(NVME);
    expect(drive).toMatchObject({ health: 'Warning', serial: 'FLSH0001' });
    expect(drive?.attributes).toMatchObject({
      device: '/dev/nvme1',
      capacityBytes: 4_000_787_030_016,
      vendorId: '0x1c5c',
    });
    expect(drive?.readings).toEqual({ temperatureCelsius: 84, percentUsed: 7, bytesWritten: 2_560_000 });
    const worn = { ...NVME, nvme_smart_health_information_log: { critical_warning: 3 } };
    expect(componentsOf(worn)[0]?.health).toBe('Critical');
  });

  test.each([
    [{ smart_status: { passed: false } }, 'Critical'],
    [{ smart_status: {} }, null],
    [{ smart_status: {}, smartctl: { ...ATA.smartctl, exit_status: 8 } }, 'Critical'],
    [{ smart_status: {}, smartctl: { ...ATA.smartctl, exit_status: 64 } }, null],
  ])('health of %j is %s', (change, health) => {
    expect(componentsOf({ ...ATA, ...change })[0]?.health).toBe(health);
  });

  test.each([
    ['megaraid,5', 'megaraid,5'],
    ['sat+megaraid,12', 'megaraid,12'],
    ['cciss,0', 'cciss,0'],
    ['sat+areca,3/1', 'areca,3/1'],
    ['3ware,2', '3ware,2'],
    ['aacraid,0,0,1', 'aacraid,0,0,1'],
    ['usbjmicron,1', null],
    ['sat', null],
  ])('behind a RAID controller %s is the place %s', (type, slot) => {
    const [drive] = componentsOf({ ...ATA, device: { ...ATA.device, name: '/dev/bus/0', type } });
    expect(drive?.slot).toBe(slot);
    expect(drive?.attributes['device']).toBe(slot === null ? '/dev/bus/0' : `/dev/bus/0 ${slot}`);
  });

  test('a SATA drive asked through SCSI has neither a vendor nor a whole firmware there; a volume is said to be virtual', () => {
    const device = { ...ATA.device, type: 'scsi', protocol: 'SCSI' };
    const base = { smartctl: ATA.smartctl, device, serial_number: 'X1' };
    const translated = componentsOf({
      ...base,
      scsi_vendor: 'ATA',
      scsi_product: 'ACME SPINNER 80',
      scsi_revision: '0001',
    });
    expect(translated[0]).toMatchObject({ manufacturer: null, firmware: null, attributes: { protocol: 'SATA' } });
    const volume = componentsOf({
      ...base,
      scsi_vendor: 'DELL',
      scsi_product: 'PERC H730 Mini',
      scsi_revision: '4.30',
    });
    expect(volume[0]).toMatchObject({ manufacturer: 'DELL', firmware: '4.30', attributes: { virtual: true } });
    expect(componentsOf(ATA)[0]?.attributes).not.toHaveProperty('virtual');
  });

  test('what is no drive, or could not be opened, is a warning', () => {
    const messages = [{ string: 'Smartctl open device: /dev/sdz failed: No such device', severity: 'error' }];
    const failed = onlyReading({ smartctl: { version: [7, 2], argv: ['smartctl'], messages, exit_status: 2 } });
    expect(failed.components).toEqual([]);
    expect(failed.warnings[0]).toBe('smartctl says: Smartctl open device: /dev/sdz failed: No such device');
    const enclosure = onlyReading({ ...ATA, device_type: { scsi_value: 13, name: 'enclosure' } });
    expect(enclosure).toMatchObject({ components: [], warnings: ['/dev/sda [SAT] is no drive: enclosure.'] });
  });

  test('several documents in one file: one after the other, a list, one per drive by name', () => {
    const serials = (content: string | object) => componentsOf(content).map(({ serial }) => serial);
    const lines = [ATA, NVME].map((one) => JSON.stringify(one)).join('\n');
    expect(serials(lines)).toEqual(['SPIN0001', 'FLSH0001']);
    expect(serials([ATA, NVME].map((one) => JSON.stringify(one, null, 1)).join(''))).toEqual(['SPIN0001', 'FLSH0001']);
    expect(serials([ATA, NVME])).toEqual(['SPIN0001', 'FLSH0001']);
    expect(serials({ sda: ATA, nvme1: NVME })).toEqual(['SPIN0001', 'FLSH0001']);
    expect(readFile(fileOf(lines)).readings.map(({ collectedAt }) => collectedAt)).toEqual([
      '2025-10-09T08:53:20.000Z',
      '2025-10-09T08:54:20.000Z',
    ]);
  });

  test('a file that was cut off gives what is whole, and says so', () => {
    const text = `${JSON.stringify(ATA)}\n${JSON.stringify(NVME).slice(0, 300)}`;
    const [reading, ...others] = readFile(fileOf(text)).readings;
    expect(others).toEqual([]);
    expect(reading?.components.map(({ serial }) => serial)).toEqual(['SPIN0001']);
    expect(reading?.warnings).toEqual(['A part of the file is no whole JSON document and was not read.']);
    expect(onlyReading(JSON.stringify(ATA).slice(0, 300)).warnings).toHaveLength(1);
  });

  test('a scan lists devices', () => {
    const devices = [
      { name: '/dev/sda', type: 'scsi' },
      { name: '/dev/bus/0', type: 'megaraid,4' },
      { name: '/dev/nvme0', type: 'nvme' },
    ];
    const expected = { kind: 'drive', devices: ['/dev/sda', '/dev/bus/0 megaraid,4', '/dev/nvme0'] };
    expect(onlyReading({ smartctl: ATA.smartctl, devices })).toMatchObject({ enumerates: expected, components: [] });
    expect(onlyReading(SCAN_TEXT)).toMatchObject({ enumerates: expected, components: [] });
  });
});

describe('smartctl as text', () => {
  test('an NVMe drive', () => {
    const reading = onlyReading(TEXT_NVME);
    expect(reading).toMatchObject({ collectedAt: '2025-10-09T08:53:20.000Z', warnings: [] });
    expect(reading.components[0]).toMatchObject({
      ...{ model: 'ACME FLASH 2T', serial: 'FLSH0002', firmware: 'F2', health: 'OK', manufacturer: null },
      attributes: {
        protocol: 'NVMe',
        capacityBytes: 2_000_398_934_016,
        logicalBlockBytes: 4096,
        nvmeVersion: '1.4',
        vendorId: '0x1c5c',
        wwn: 'eui.ace42e0011223344',
      },
      readings: {
        powerOnHours: 3752,
        powerCycles: 27,
        percentUsed: 3,
        availableSparePercent: 100,
        bytesRead: 1_792_627_712_000,
        bytesWritten: 512_000_000_000,
        errorLogEntries: 11,
        mediaErrors: 0,
      },
    });
    expect(
      componentsOf(TEXT_NVME.replace('Warning:                   0x00', 'Warning:                   0x02'))[0]?.health,
    ).toBe('Warning');
  });

  test('a SAS drive behind a RAID controller, whose place stands in the command before', () => {
    const reading = onlyReading(TEXT_SAS);
    expect(reading.collectedAt).toBe('2025-10-09T06:53:20.000Z');
    expect(reading.components[0]).toMatchObject({
      ...{ slot: 'megaraid,7', manufacturer: 'ACMESAS', model: 'AC1200MM0009', serial: 'SASX0001', firmware: 'N004' },
      health: 'Critical',
      attributes: {
        device: '/dev/bus/0 megaraid,7',
        protocol: 'SAS',
        capacityBytes: 1_200_243_695_616,
        rotationRpm: 10_000,
        mediaType: 'HDD',
        physicalBlockBytes: 4096,
        wwn: '0x5000c500aabbccdd',
      },
      readings: {
        powerOnHours: 43_549,
        percentUsed: 12,
        temperatureCelsius: 36,
        reallocatedSectors: 8,
        uncorrectableErrors: 3,
        bytesRead: 36_537_378_000_000,
        bytesWritten: 2_811_293_000_000,
      },
    });
  });

  test('an ATA drive with -x: brief table, device statistics, blanks between digits', () => {
    const [drive] = componentsOf(TEXT_ATA_BRIEF);
    expect(drive).toMatchObject({ serial: 'SSDX0001', health: 'Critical' });
    expect(drive?.attributes).toMatchObject({
      capacityBytes: 480_103_981_056,
      mediaType: 'SSD',
      interfaceSpeedGbps: 6,
    });
    expect(drive?.readings).toEqual({
      reallocatedSectors: 1975,
      powerOnHours: 23_651,
      temperatureCelsius: 25,
      bytesWritten: 1_024_000_000,
      percentUsed: 15,
      linkSpeedGbps: 1.5,
    });
  });

  test('a loop over all drives: one reading each, with the device that the script wrote before it', () => {
    const headed = TEXT_NVME.trimEnd() + '\n--- /dev/sda\n' + TEXT_ATA_BRIEF;
    const drives = componentsOf(headed);
    expect(drives.map(({ serial, attributes }) => [serial, attributes['device']])).toEqual([
      ['FLSH0002', undefined],
      ['SSDX0001', '/dev/sda'],
    ]);
  });

  test('what smartctl complains of is a warning', () => {
    const head = TEXT_NVME.split('\n').slice(0, 3).join('\n');
    const reading = onlyReading(`${head}\nSmartctl open device: /dev/sdq failed: No such device\n`);
    expect(reading.warnings[0]).toBe('smartctl says: Smartctl open device: /dev/sdq failed: No such device');
    expect(reading.components).toEqual([]);
    const unclear = onlyReading(TEXT_NVME.replace('CEST', 'CST'));
    expect(unclear.collectedAt).toBe(null);
    expect(unclear.warnings).toEqual([
      'The time "Thu Oct  9 10:53:20 2025 CST" does not say how far from UTC it is, and was not taken.',
    ]);
  });
});
