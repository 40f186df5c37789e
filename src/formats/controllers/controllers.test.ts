import { describe, expect, test } from 'vitest';
import { fileOf, partAt, readFile, readOne } from '../bmc/kit-for-tests.ts';
import { controllerFormats } from './controller-formats.ts';
import { sectorBytes } from './drive-sizes.ts';
import { controllerSamples } from './samples-for-tests.ts';

const sample = (id: string) => readOne(controllerSamples[id] ?? '');

test.each(Object.entries(controllerSamples))('%s: one format takes it, and no other', (id, text) => {
  expect(readFile(fileOf(text)).format).toBe(id);
});

test('there is a sample of every format', () => {
  expect(controllerFormats.map((one) => one.id).toSorted()).toEqual(Object.keys(controllerSamples).toSorted());
});

describe('sectorBytes', () => {
  test.each([
    ['14.552 TB [0x746c00000 Sectors]', 512, 16_000_900_661_248],
    ['3.638 TB [0x3a3817d8 Sectors]', 4096, 4_000_787_038_208],
    ['12.732 TB [0x65ddfffff Sectors]', 512, 14_000_519_643_136],
    ['558.911 GB [0x45dd2fb0 Sectors]', null, 600_127_266_816],
    ['1.000 TB [0x10 Sectors]', 512, null],
    ['1 TB', 512, null],
  ])('%s', (text, sector, bytes) => {
    expect(sectorBytes(text, sector)).toBe(bytes);
  });
});

describe('GPUs', () => {
  test('nvidia-smi: a row that waits to be remapped is a warning', () => {
    const reading = sample('nvidia-smi-xml');
    expect(reading.warnings).toEqual([]);
    expect(reading.scope).toEqual([]);
    expect(partAt(reading, 'gpu', '0000:3b:00.0')).toEqual({
      kind: 'gpu',
      slot: '0000:3b:00.0',
      manufacturer: 'NVIDIA',
      model: 'NVIDIA T1',
      partNumber: '692-1',
      serial: '1650000000001',
      firmware: '92.00',
      health: 'Warning',
      attributes: {
        uuid: 'GPU-1',
        vbios: '92.00',
        capacityBytes: 85_899_345_920,
        vendorId: '0x10de',
        deviceId: '0x20b2',
        pcieGeneration: 4,
        pcieLanes: 16,
      },
      readings: {
        temperatureCelsius: 31,
        volatileUncorrectableErrors: 0,
        uncorrectableErrors: 4,
        remappedRows: 2,
      },
    });
  });

  test.each([
    ['<remapped_row_failure>No', '<remapped_row_failure>Yes', 'Critical'],
    ['<remapped_row_pending>Yes', '<remapped_row_pending>No', 'OK'],
  ])('nvidia-smi: %s as %s is %s', (from, to, health) => {
    const text = (controllerSamples['nvidia-smi-xml'] ?? '').replace(from, to);
    expect(readOne(text).components[0]?.health).toBe(health);
  });

  test('nvidia-smi: a card without ECC says nothing of its health, and one that is not described is said', () => {
    const text =
      '<nvidia_smi_log><attached_gpus>2</attached_gpus><gpu id="0"><serial>N/A</serial></gpu></nvidia_smi_log>';
    const reading = readOne(text);
    expect(partAt(reading, 'gpu', null)).toMatchObject({ health: null, serial: null });
    expect(reading.warnings).toEqual(['2 GPUs are attached, 1 are described.']);
  });

  test('rocm-smi', () => {
    expect(partAt(sample('rocm-smi-json'), 'gpu', '0000:63:00.0')).toMatchObject({
      manufacturer: 'AMD',
      model: 'Instinct T1',
      serial: '692000000001',
      firmware: '113-D1',
      health: null,
      attributes: { capacityBytes: 34_342_961_152, deviceId: '0x66a1' },
    });
  });
});

describe('RAID controllers', () => {
  test('storcli JSON: controller, drives with and without detail, battery', () => {
    const reading = sample('storcli-json');
    expect(partAt(reading, 'storage-controller', '0000:3b:00.0')).toMatchObject({
      serial: 'SCT0001',
      firmware: '5.1',
      health: 'Warning',
      attributes: { firmwarePackage: '51.1', vendorId: '0x1000', deviceId: '0x0014' },
    });
    expect(partAt(reading, 'drive', 'c0/e252/s0')).toEqual({
      kind: 'drive',
      slot: 'c0/e252/s0',
      manufacturer: null,
      model: 'OWNDISK 16T',
      partNumber: null,
      serial: 'ODK0001',
      firmware: 'SN03',
      health: 'Warning',
      attributes: {
        capacityBytes: 16_000_900_661_248,
        logicalBlockBytes: 512,
        physicalBlockBytes: 4096,
        mediaType: 'HDD',
        protocol: 'SATA',
        wwn: '0x5000c500e5000001',
        interfaceSpeedGbps: 6,
      },
      readings: { temperatureCelsius: 28, mediaErrors: 2, predictedFailures: 1, raidState: 'Onln' },
    });
    expect(partAt(reading, 'drive', 'c0/s5')).toMatchObject({ serial: null, model: 'OWNSSD', health: 'Critical' });
    expect(partAt(reading, 'battery', 'c0/bbu')).toMatchObject({ model: 'iBBU08', health: 'OK' });
    expect(reading.scope).toEqual([]);
  });

  test('storcli text: the same from sections and tables', () => {
    const reading = sample('storcli-text');
    expect(partAt(reading, 'storage-controller', '0000:5e:00.0')).toMatchObject({ serial: 'SCT0002', firmware: '5.2' });
    expect(partAt(reading, 'drive', 'c1/e32/s4')).toMatchObject({
      manufacturer: 'OWN',
      model: 'ST4000',
      serial: 'ODK0002',
      firmware: 'F1',
      health: 'Warning',
      attributes: { capacityBytes: 4_000_787_030_016, protocol: 'SAS', mediaType: 'HDD' },
    });
  });

  test('storcli: a controller that does not answer is said', () => {
    const failed = { 'Command Status': { Controller: 0, Status: 'Failure', Description: 'Controller 0 not found' } };
    const reading = readOne(JSON.stringify({ Controllers: [failed] }));
    expect(reading.components).toEqual([]);
    expect(reading.warnings).toEqual(['Controller 0: Controller 0 not found.']);
  });

  test('ssacli: the cage has a serial number too, which is not the controller’s', () => {
    const reading = sample('ssacli');
    expect(partAt(reading, 'storage-controller', '0000:14:00.0')).toMatchObject({
      model: 'Smart Array P420i',
      serial: 'HCT0002',
      firmware: '6.60-0',
      health: 'OK',
    });
    expect(partAt(reading, 'drive', 'Slot 0/1I:1:1')).toMatchObject({
      manufacturer: 'HP',
      model: 'EG0300OWN',
      serial: 'ODK0003',
      firmware: 'HPD7',
      health: 'Warning',
      attributes: { approximateCapacityBytes: 300_000_000_000, rotationRpm: 10_000, mediaType: 'HDD', protocol: 'SAS' },
    });
    expect(partAt(reading, 'drive', 'Slot 0/1I:1:2')).toMatchObject({ serial: null, health: 'OK' });
    expect(partAt(reading, 'battery', 'Slot 0/battery').health).toBe('Critical');
  });

  test('MegaCLI: INQUIRY data in columns, also where no blank parts them', () => {
    const reading = sample('megacli');
    expect(partAt(reading, 'drive', 'c0/e32/s0')).toMatchObject({
      manufacturer: 'OWNMAKER',
      model: 'ST2000OWN0000023',
      serial: 'ODK0004',
      firmware: 'GS0D',
      health: 'OK',
      attributes: { capacityBytes: 2_000_398_934_016, wwn: '0x5000c50058000001' },
      readings: { mediaErrors: 3, temperatureCelsius: 29 },
    });
    expect(partAt(reading, 'drive', 'c0/s1')).toMatchObject({
      manufacturer: null,
      model: 'OWN SSD 960',
      serial: 'ODK00000000005',
      firmware: 'GXT3003Q',
      health: 'Critical',
      attributes: { capacityBytes: 960_197_124_096, mediaType: 'SSD' },
    });
  });

  test('MegaCLI: INQUIRY data whose columns were lost gives no serial', () => {
    const text = (controllerSamples['megacli'] ?? '').replace(
      'ODK00000000005OWN SSD 960   ',
      'ODK00000000005 OWN SSD 960',
    );
    const reading = readOne(text);
    expect(partAt(reading, 'drive', 'c0/s1')).toMatchObject({ serial: null, model: null, firmware: '003Q' });
    expect(reading.warnings).toEqual(['The INQUIRY data of drive c0/s1 is not in its columns.']);
  });

  test('MegaCLI battery, arcconf, Areca, Marvell', () => {
    expect(partAt(sample('megacli-bbu'), 'battery', 'c0/bbu')).toMatchObject({ serial: '5164', health: 'Critical' });
    const adaptec = sample('arcconf');
    expect(partAt(adaptec, 'storage-controller', null)).toMatchObject({ serial: 'ACT0001', health: 'OK' });
    expect(adaptec.components).toHaveLength(2);
    expect(partAt(adaptec, 'drive', 'Enclosure 0, Slot 3')).toMatchObject({
      manufacturer: null,
      serial: 'ODK0006',
      health: 'Warning',
      attributes: { approximateCapacityBytes: 480_103_104_512, mediaType: 'SSD', interfaceSpeedGbps: 6 },
    });
    expect(partAt(sample('areca'), 'drive', 'Enclosure#1 Slot#8')).toMatchObject({ serial: 'ODK0007', health: 'OK' });
    expect(partAt(sample('mvcli'), 'drive', 'Adapter 0 HBA port 0')).toMatchObject({
      serial: 'ODK0008',
      attributes: { capacityBytes: 240_057_409_536, mediaType: 'SSD' },
    });
  });
});

describe('firmware tools', () => {
  test('msecli: the device name is no place', () => {
    expect(partAt(sample('msecli'), 'drive', null)).toMatchObject({
      serial: 'ODK0009',
      firmware: 'D1MU',
      health: 'OK',
      attributes: { device: '/dev/sda', approximateCapacityBytes: 480_000_000_000 },
    });
  });

  test('mlxup: two functions are one card', () => {
    const reading = sample('mlxup');
    expect(reading.components).toHaveLength(1);
    expect(partAt(reading, 'nic', '0000:d8:00.0')).toMatchObject({
      partNumber: 'MCX-OWN',
      firmware: '14.29.2002',
      attributes: { macAddresses: ['0c:42:a1:00:00:01', '0c:42:a1:00:00:02'], psid: 'MT_1', pxeVersion: '3.6.0204' },
    });
  });

  test('flint and dsu', () => {
    expect(partAt(sample('flint'), 'nic', null)).toMatchObject({
      firmware: '24.35.2000',
      attributes: { macAddresses: ['b8:3f:d2:00:00:01'], baseGuid: 'b83fd20300000001' },
    });
    const { firmware, system } = sample('dsu-inventory');
    expect(firmware.map(({ id, version }) => [id, version])).toEqual([
      ['BIOS', '2.6.4'],
      ['Power Supply', '00.24.32'],
      ['Power Supply #2', '00.24.33'],
      ['iDRAC', '4.10'],
    ]);
    expect(system).toEqual({ biosVersion: '2.6.4', bmcFirmware: '4.10' });
  });
});
