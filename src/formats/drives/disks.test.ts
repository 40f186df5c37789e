import { describe, expect, test } from 'vitest';
import * as given from './disk-fixtures-for-tests.ts';
import { componentsOf, onlyReading, readFile, fileOf } from './kit-for-tests.ts';
import { ATA } from './smartctl-fixtures-for-tests.ts';

describe('lsblk', () => {
  test('JSON: real disks with what is known of them, and the list of all', () => {
    const reading = onlyReading(given.LSBLK);
    expect(reading.enumerates).toEqual({
      kind: 'drive',
      devices: ['/dev/sda', '/dev/nvme0', '/dev/sdc', '/dev/sdd', '/dev/sde'],
    });
    const [spinner, flash, volume, sas, stick, ...others] = reading.components;
    expect(others).toEqual([]);
    // a SATA drive behind a SAS controller: of its firmware lsblk has the last four characters only
    expect(spinner).toMatchObject({ manufacturer: null, serial: 'SPIN0001', firmware: null, health: null });
    expect(spinner?.attributes).toEqual({
      device: '/dev/sda',
      protocol: 'SATA',
      capacityBytes: 8_001_563_222_016,
      logicalBlockBytes: 512,
      physicalBlockBytes: 4096,
      mediaType: 'HDD',
      wwn: '0x5000c5000000002a',
    });
    expect(flash?.attributes).toEqual({
      device: '/dev/nvme0',
      protocol: 'NVMe',
      mediaType: 'SSD',
      capacityBytes: 1_979_120_929_997, // 1.8 TiB, as rounded by lsblk
    });
    expect(volume?.attributes).toMatchObject({ virtual: true, device: '/dev/sdc' });
    expect(volume?.attributes).not.toHaveProperty('mediaType');
    expect(sas).toMatchObject({ serial: null, firmware: 'N004', manufacturer: 'ACMESAS' }); // its WWN stood for the serial
    expect(stick).toMatchObject({ serial: 'STICK1', attributes: { protocol: 'USB' } });
    expect(stick?.attributes).not.toHaveProperty('mediaType');
  });

  test('table: numbers wider than their heading, models with blanks, a tree of partitions', () => {
    const reading = onlyReading(given.LSBLK_TABLE);
    expect(reading.enumerates?.devices).toEqual(['/dev/sda', '/dev/nvme0']);
    expect(reading.components).toMatchObject([
      {
        ...{ manufacturer: null, model: 'ACME SPINNER 1000', serial: 'SPIN0009', firmware: null },
        attributes: { protocol: 'SATA', capacityBytes: 1_000_190_509_056 },
      },
      { model: 'ACME FLASH 2T', serial: 'FLSH0002', firmware: 'F2', attributes: { protocol: 'NVMe' } },
    ]);
  });

  test('table: a value that runs into the next column', () => {
    const text = given.LSBLK_TABLE.replace('0 lvm', '0 crypt');
    expect(componentsOf(text)).toMatchObject([
      { serial: 'SPIN0009', model: 'ACME SPINNER 1000' },
      { serial: 'FLSH0002' },
    ]);
  });

  test('pairs', () => {
    const reading = onlyReading(given.LSBLK_PAIRS);
    expect(reading.enumerates?.devices).toEqual(['/dev/sda']);
    expect(reading.components).toMatchObject([
      {
        model: 'ACME SPINNER 8000',
        serial: 'SPIN0001',
        attributes: { capacityBytes: 8_001_563_222_016, mediaType: 'HDD' },
      },
    ]);
  });

  test('-S shows SCSI devices only, so it lists not all drives; without TYPE nothing can be told', () => {
    const scsi =
      'NAME HCTL       TYPE VENDOR  MODEL        REV  SERIAL   TRAN\nsda  0:0:0:0    disk ACMESAS AC1200MM0009 N004 SASX0001 sas\n';
    expect(onlyReading(scsi)).toMatchObject({
      enumerates: null,
      components: [{ serial: 'SASX0001', firmware: 'N004' }],
    });
    const untyped = onlyReading({ blockdevices: [{ name: 'sda', size: 1, serial: 'X' }] });
    expect(untyped).toMatchObject({ enumerates: null, components: [] });
    expect(untyped.warnings).toHaveLength(1);
  });

  test('two paths to one drive are one drive and two devices', () => {
    const path = { type: 'disk', size: 1000, tran: 'sas', model: 'M', serial: 'S1', wwn: '0x5000c500aabbccdd' };
    const reading = onlyReading({
      blockdevices: [
        { name: 'sda', ...path },
        { name: 'sdb', ...path },
      ],
    });
    expect(reading.components).toMatchObject([{ serial: 'S1', attributes: { device: '/dev/sda' } }]);
    expect(reading.enumerates?.devices).toEqual(['/dev/sda', '/dev/sdb']);
  });
});

describe('nvme', () => {
  test('list, flat: the namespaces of one drive are one drive, whose size none of them says', () => {
    expect(componentsOf(given.NVME_LIST_V1)).toMatchObject([
      { serial: 'FLSH0002', firmware: 'F2', attributes: { device: '/dev/nvme0', capacityBytes: 2_000_398_934_016 } },
      { serial: 'FLSH0001', attributes: { device: '/dev/nvme1', logicalBlockBytes: 512 } },
    ]);
    expect(componentsOf(given.NVME_LIST_V1)[1]?.attributes).not.toHaveProperty('capacityBytes');
  });

  test('list, as a tree: two controllers of one drive, namespaces on the subsystem', () => {
    expect(componentsOf(given.NVME_LIST_V2)).toMatchObject([
      {
        ...{ slot: '0000:3b:00.0', model: 'ACME FLASH 2T', serial: 'FLSH0002' },
        attributes: {
          device: '/dev/nvme0',
          pciAddress: '0000:3b:00.0',
          pciSlot: '12',
          capacityBytes: 2_000_398_934_016,
        },
      },
    ]);
  });

  test('list, as text', () => {
    expect(componentsOf(given.NVME_LIST_TEXT)).toMatchObject([
      {
        model: 'ACME FLASH 2T',
        serial: 'FLSH0002',
        firmware: 'F2',
        attributes: { device: '/dev/nvme0', capacityBytes: 2e12, logicalBlockBytes: 512 },
      },
      {
        model: 'ACME FLASH 4T',
        serial: 'FLSH0001',
        firmware: 'F1',
        attributes: { capacityBytes: 4e12, logicalBlockBytes: 4096 },
      },
    ]);
  });

  test('id-ctrl, as text and as JSON', () => {
    const attributes = {
      protocol: 'NVMe',
      mediaType: 'SSD',
      capacityBytes: 2_000_398_934_016,
      nvmeVersion: '1.2.1',
      vendorId: '0x1c5c',
      subsystemVendorId: '0x1028',
    };
    const drive = { model: 'ACME FLASH 2T', serial: 'FLSH0002', firmware: 'F2', attributes };
    expect(componentsOf(given.ID_CTRL_TEXT)).toMatchObject([drive]);
    const plain = { vid: 7260, ssvid: 4136, sn: 'FLSH0002   ', mn: 'ACME FLASH 2T  ', fr: 'F2  ', ver: 66_049 };
    expect(componentsOf({ ...plain, tnvmcap: 2_000_398_934_016 })).toMatchObject([drive]);
    expect(componentsOf({ ...plain, tnvmcap: '2000398934016' })).toMatchObject([drive]);
  });

  test('smart-log: with a device as text, of nobody as JSON', () => {
    expect(componentsOf(given.SMART_LOG_TEXT)).toMatchObject([
      {
        ...{ serial: null, health: 'Critical' },
        attributes: { device: '/dev/nvme0' },
        readings: {
          temperatureCelsius: 37,
          availableSparePercent: 98,
          percentUsed: 9,
          bytesRead: 5_068_041_216_000,
          bytesWritten: 1_024_000,
          powerOnHours: 4974,
          mediaErrors: 1,
        },
      },
    ]);
    const nameless = onlyReading(given.SMART_LOG_JSON);
    expect(nameless.components).toEqual([]);
    expect(nameless.warnings).toHaveLength(1);
    expect(onlyReading({ ...given.SMART_LOG_JSON, critical_warning: 4 }).warnings[0]).toContain('bits: 4');
  });
});

describe('hdparm and mdadm', () => {
  test('hdparm: size from the sectors, optical drives are none', () => {
    const { readings } = readFile(fileOf(given.HDPARM));
    expect(readings.map(({ warnings }) => warnings)).toEqual([[], ['No drive: /dev/sr0 is an ATAPI device.']]);
    expect(readings[0]?.components).toMatchObject([
      {
        ...{ model: 'ACME SPINNER 8000', serial: 'SPIN0001', firmware: 'SP01', health: null },
        attributes: {
          device: '/dev/sda',
          protocol: 'SATA',
          capacityBytes: 8_001_563_222_016,
          rotationRpm: 7200,
          mediaType: 'HDD',
          formFactor: '3.5 inches',
          interfaceSpeedGbps: 6,
          wwn: '0x5000c5000000002a',
        },
      },
    ]);
    expect(readings[1]?.components).toEqual([]);
  });

  test('what smartctl, lsblk and hdparm say of one drive does not differ', () => {
    const [byHdparm] = componentsOf(given.HDPARM);
    const [byLsblk] = componentsOf(given.LSBLK);
    const [bySmartctl] = componentsOf(ATA);
    expect(bySmartctl).toMatchObject({ serial: byHdparm?.serial, attributes: byHdparm?.attributes });
    expect(bySmartctl).toMatchObject({ serial: byLsblk?.serial, attributes: byLsblk?.attributes });
  });

  test('mdadm: no parts, but the host and the state', () => {
    const reading = onlyReading(given.MDADM);
    expect(reading).toMatchObject({ components: [], warnings: [], host: { hostName: 'box' } });
    expect(reading.logEntries).toEqual([
      {
        at: null,
        severity: 'Warning',
        message:
          'Software RAID /dev/md0: raid1, state clean, degraded, members /dev/sda2 (active sync), removed, /dev/sdb2 (faulty)',
        source: 'mdadm',
      },
    ]);
    expect(onlyReading(given.MDADM.replace('  (local to host box)', '')).host.hostName).toBe(null);
  });
});
