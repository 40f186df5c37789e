import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusPath } from '#test/kit/corpus.ts';
import type { SeenComponent } from '../../ports/bundle-format.ts';
import { driveFormats } from './drive-formats.ts';
import { fileOf, readFile } from './kit-for-tests.ts';

// Recordings of real drives are not part of the project; where they are at hand, every one of them is read.
const corpus = corpusPath('logbundles');
const there = existsSync(corpus);
if (!there) process.stdout.write(`skipped: no recorded tool outputs at ${corpus} (set REANIMATOR_CORPUS)\n`);

const FOLDERS = ['smartctl-json', 'smartctl-text', 'nvme', 'lsblk', 'mdadm', 'storage-controllers'];

function filesOf(folder: string): string[] {
  return readdirSync(join(corpus, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'SOURCES.md')
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => folder !== 'storage-controllers' || file.includes('hdparm'));
}

function load(path: string) {
  return fileOf(readFileSync(join(corpus, path)), path);
}

/** Why a file may show no drive with a serial number. */
function reasonOf(text: string, id: string): string | null {
  if (id === 'mdadm') return 'software RAID names no parts';
  if (/"--scan(?:-open)?"|"devices": \[/.test(text)) return 'a scan lists devices only';
  if (/REDACTED/.test(text)) return 'serial taken out';
  if (id === 'nvme-smart-log') return 'a log without a drive';
  if (/"Devices": \[\s*\]/.test(text)) return 'no drives';
  if (id.startsWith('lsblk')) {
    const saysSerial = /"type": ?"disk"[^}]*"serial": ?"|TYPE="disk"[^\n]*SERIAL="[^"]/.test(text);
    return saysSerial ? null : 'asked without serials, or the disk is virtual';
  }
  if (/CD\/DVD/.test(text)) return 'an optical drive';
  if (/ATA Security is/.test(text) || /Open failed/.test(text)) return 'only an answer to another question';
  return /"serial_number"/.test(text) ? null : 'the document has no serial number';
}

describe.skipIf(!there)('recorded tool outputs', () => {
  test.each(FOLDERS)('%s: every file is read by one format, and shows a drive or has a reason not to', (folder) => {
    const reasons = new Map<string, number>();
    const unexplained: string[] = [];
    let shown = 0;
    const files = filesOf(folder);
    for (const path of files) {
      const file = fileOf(readFileSync(path), path);
      const { id, readings } = readFile(file);
      expect(readings.length, path).toBeGreaterThan(0);
      const serials = readings.flatMap(({ components }) => components.map(({ serial }) => serial));
      if (serials.some((serial) => serial !== null && serial !== 'REDACTED')) {
        shown += 1;
        continue;
      }
      const reason = reasonOf(file.text(), id);
      if (reason === null) unexplained.push(path);
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const rest = [...reasons].map(([reason, count]) => `${count} ${reason}`).join('; ') || 'none';
    process.stdout.write(`${folder}: ${shown} of ${files.length} show drives with serial numbers; the rest: ${rest}\n`);
    expect(unexplained).toEqual([]);
  });

  test('no other file is taken for one of these', () => {
    const taken = [
      'dmidecode',
      'dmesg',
      'ethtool',
      'ipmitool',
      'lldp',
      'lscpu',
      'lspci',
      'lshw-json',
      'lshw-text',
    ].flatMap((folder) =>
      filesOf(folder).filter((path) => driveFormats.some((one) => one.recognises(fileOf(readFileSync(path))))),
    );
    expect(taken).toEqual([]);
  });
});

/** Read by eye from the files, not from what the code makes of them. */
const BY_HAND: [path: string, expected: object][] = [
  [
    'smartctl-json/ironlib/dell_r6515_smartctl_nvme0.json',
    {
      ...{ slot: null, manufacturer: null, model: 'Micron_9300_MTFDHAL3T8TDP', serial: '202728F691F5' },
      ...{ firmware: '11300DN0', health: 'OK' },
      attributes: {
        device: '/dev/nvme0',
        protocol: 'NVMe',
        mediaType: 'SSD',
        capacityBytes: 3_840_755_982_336,
        vendorId: '0x1344',
        subsystemVendorId: '0x1344',
      },
      readings: {
        powerOnHours: 301,
        powerCycles: 52,
        temperatureCelsius: 37,
        percentUsed: 0,
        availableSparePercent: 100,
        mediaErrors: 0,
        errorLogEntries: 0,
        unsafeShutdowns: 33,
        bytesWritten: 2_048_000,
        bytesRead: 466_944_000,
      },
    },
  ],
  [
    'smartctl-json/ironlib/dell_r6515_smartctl_sda.json',
    {
      ...{ manufacturer: null, model: 'MTFDDAV240TDU', serial: '203329F89392', firmware: 'D3DJ004', health: 'OK' },
      attributes: {
        device: '/dev/sda',
        protocol: 'SATA',
        capacityBytes: 240_057_409_536,
        logicalBlockBytes: 512,
        physicalBlockBytes: 4096,
        mediaType: 'SSD',
        formFactor: 'M.2',
        interfaceSpeedGbps: 6,
        wwn: '0x500a075129f89392',
        oemProductId: 'DELL(tm)',
      },
      readings: {
        reallocatedSectors: 0,
        powerOnHours: 306,
        powerCycles: 52,
        temperatureCelsius: 49,
        offlineUncorrectableSectors: 0,
        crcErrors: 0,
        linkSpeedGbps: 6,
      },
    },
  ],
  [
    'smartctl-json/ironlib/supermicro_x11dph-t_smartctl_sdm.json',
    {
      ...{ model: 'Micron_5200_MTFDDAK960TDN', serial: '20032613EE70', firmware: 'D1MU020', health: 'OK' },
      attributes: { capacityBytes: 960_197_124_096, wwn: '0x500a07512613ee70', formFactor: '2.5 inches' },
      readings: { percentUsed: 0, powerOnHours: 4238, pendingSectors: 0, uncorrectableErrors: 0 },
    },
  ],
  [
    'smartctl-json/scrutiny/models_smart-fail2.json',
    {
      ...{ model: 'Hitachi HDS721050DLE630', serial: 'MSK423Y20S3HBC', firmware: 'MS1OA650', health: 'Critical' },
      attributes: { capacityBytes: 500_107_862_016, mediaType: 'HDD', rotationRpm: 7200, wwn: '0x5000cca37fca81a8' },
      readings: { reallocatedSectors: 1975, pendingSectors: 8, powerOnHours: 65_592, temperatureCelsius: 25 },
    },
  ],
  [
    'smartctl-json/smartctl_exporter/nvme-null-SAMSUNG_MZWLL3T2HAJQ-00005-nvme0.json',
    {
      ...{ model: 'SAMSUNG MZWLL3T2HAJQ-00005', health: 'Critical' }, // its backup capacitor failed
      attributes: { capacityBytes: 3_200_631_791_616, nvmeVersion: '1.2.1', vendorId: '0x144d' },
      readings: { bytesWritten: 75_549_056_000_000, powerOnHours: 18_376 },
    },
  ],
  [
    'smartctl-json/smartctl_exporter/sat-Seagate_Exos_X16-ST16000NM001G-2KK103-sda.json',
    {
      ...{ model: 'ST16000NM001G-2KK103', health: 'OK' },
      attributes: { capacityBytes: 16_000_900_661_248, rotationRpm: 7200, mediaType: 'HDD', protocol: 'SATA' },
      readings: { bytesWritten: 197_204_813_863_424, bytesRead: 77_293_676_179_968, temperatureCelsius: 26 },
    },
  ],
  [
    'smartctl-json/scrutiny/models_smart-megaraid0.json',
    {
      ...{ slot: 'megaraid,0', model: 'WD4000FYYX', serial: 'XXXXXXXXXXXX', firmware: '00.0D1K4', health: 'OK' },
      attributes: { device: '/dev/sda megaraid,0', capacityBytes: 4_000_787_030_016, interfaceSpeedGbps: 3 },
    },
  ],
  [
    'smartctl-json/scrutiny/models_smart-scsi.json',
    {
      ...{
        manufacturer: 'SEAGATE',
        model: 'ST4000NM0043',
        serial: 'Z1Z5DWJK0000XXXXXXXX',
        firmware: 'MS03',
        health: 'OK',
      },
      attributes: { capacityBytes: 4_000_787_030_016, protocol: 'SCSI', rotationRpm: 7200, mediaType: 'HDD' },
      readings: {
        reallocatedSectors: 56,
        powerOnHours: 43_549,
        bytesRead: 176_987_332_000_000,
        uncorrectableErrors: 0,
      },
    },
  ],
  [
    'smartctl-text/glpi_linux_smartctl_sample5',
    {
      ...{ manufacturer: null, model: 'MTFDDAK480TDC', serial: '202028413FA9', firmware: 'D1DF003', health: null },
      attributes: {
        protocol: 'SATA',
        capacityBytes: 480_103_981_056,
        logicalBlockBytes: 512,
        physicalBlockBytes: 4096,
        mediaType: 'SSD',
        formFactor: '2.5 inches',
        interfaceSpeedGbps: 6,
        wwn: '0x500a075128413fa9',
        oemProductId: 'DELL(tm)',
      },
      readings: { linkSpeedGbps: 6 },
    },
  ],
  [
    'smartctl-text/glpi_linux_smartctl_sample6',
    {
      ...{ manufacturer: 'HP', model: 'EG0600FBDSR', serial: 'EA01PB107H5K1103', firmware: 'HPD2', health: null },
      attributes: { protocol: 'SAS', capacityBytes: 600_127_266_816, rotationRpm: 10_025, wwn: '0x5000039308183dd4' },
    },
  ],
  [
    'smartctl-text/glpi_linux_smartctl_sample3',
    {
      ...{ manufacturer: 'IBM-ESXS', model: 'ST3300655SS', serial: '3LM0L0FJ00009733Y46W', firmware: 'BA23' },
      attributes: { protocol: 'SAS' },
    },
  ],
  [
    'smartctl-text/glpi_linux_smartctl_sample1',
    { serial: 'DFW1W11002SE002B3117', firmware: 'VBM24D1Q', attributes: { capacityBytes: 128_035_676_160 } },
  ],
  [
    'smartctl-text/rhcip_smartctl_scsi',
    {
      ...{
        manufacturer: 'SEAGATE',
        model: 'ST9300605SS',
        serial: '6XP2FK730000M233QACC',
        firmware: '0002',
        health: 'OK',
      },
      attributes: { capacityBytes: 300_000_000_000, protocol: 'SAS', logicalBlockBytes: 512 },
      readings: {
        powerOnHours: 14_491,
        temperatureCelsius: 36,
        reallocatedSectors: 0,
        bytesWritten: 1_543_290_000_000,
      },
    },
  ],
  [
    'smartctl-text/rhcip_smartctl_ata_hdd',
    {
      ...{ model: 'TOSHIBA MQ01ABD100', serial: 'X3TUCTMJT', firmware: 'AX001U', health: 'OK' },
      attributes: { capacityBytes: 1_000_204_886_016, rotationRpm: 5400, mediaType: 'HDD', interfaceSpeedGbps: 3 },
      readings: { powerOnHours: 802, powerCycles: 482, temperatureCelsius: 25, pendingSectors: 0 },
    },
  ],
  [
    'nvme/ironlib_utils_nvme_nvmecli-id-ctrl',
    {
      ...{ model: 'Samsung SSD 980 PRO 1TB', serial: 'S5P2NG0R824326R', firmware: '3B2QGXA7' },
      attributes: {
        protocol: 'NVMe',
        mediaType: 'SSD',
        capacityBytes: 1_000_204_886_016,
        nvmeVersion: '1.3',
        vendorId: '0x144d',
        subsystemVendorId: '0x144d',
      },
    },
  ],
  [
    'nvme/netdata_nvme_v2.11_nvme-list.json',
    {
      ...{
        slot: '0000:01:00.0',
        model: 'Seagate FireCuda 530 ZP4000GM30023',
        serial: 'XXX02YYY',
        firmware: 'SU6SM005',
      },
      attributes: { device: '/dev/nvme0', pciAddress: '0000:01:00.0', capacityBytes: 4_000_787_030_016 },
    },
  ],
  [
    'lsblk/ipa_blk_device_template.txt',
    {
      ...{ model: 'TinyUSB Drive', serial: 'sda123', manufacturer: null },
      attributes: { device: '/dev/sda', protocol: 'SAS', capacityBytes: 3_116_853_504, mediaType: 'SSD' },
    },
  ],
  [
    'storage-controllers/ironlib_utils_hdparm_hdparm-i',
    {
      ...{ model: 'Samsung SSD 850 EVO 2TB', serial: 'S2RLNX0H700433B', firmware: 'EMT02B6Q', health: null },
      attributes: {
        device: '/dev/sda',
        protocol: 'SATA',
        capacityBytes: 2_000_398_934_016, // 3 907 029 168 sectors of 512
        logicalBlockBytes: 512,
        physicalBlockBytes: 512,
        mediaType: 'SSD',
        formFactor: '2.5 inches',
        interfaceSpeedGbps: 6,
        wwn: '0x5002538c40379e5a',
      },
    },
  ],
];

describe.skipIf(!there)('read by eye', () => {
  test.each(BY_HAND)('%s', (path, expected) => {
    const { readings } = readFile(load(path));
    const first: SeenComponent | undefined = readings[0]?.components[0];
    expect(first).toMatchObject(expected);
    // where the whole of it was copied out, nothing else may be there
    const { attributes } = expected as Partial<SeenComponent>;
    if (Object.keys(attributes ?? {}).length > 5) expect(first?.attributes).toEqual(attributes);
  });

  test('times and devices', () => {
    const timeOf = (path: string) => readFile(load(path)).readings[0]?.collectedAt;
    expect(timeOf('smartctl-json/ironlib/dell_r6515_smartctl_nvme0.json')).toBe('2021-05-19T04:13:45.000Z');
    expect(timeOf('smartctl-text/rhcip_smartctl_scsi')).toBe('2014-04-18T13:13:13.000Z');
    expect(timeOf('smartctl-text/glpi_linux_smartctl_sample3')).toBe(null); // MSK was UTC+4 then, and is UTC+3 now
    const devicesOf = (path: string) => readFile(load(path)).readings[0]?.enumerates?.devices;
    const nine = [
      '/dev/sda',
      '/dev/sdb',
      '/dev/sdc',
      ...[8, 9, 10, 11, 12, 13, 14].map((n) => `/dev/bus/6 megaraid,${n}`),
    ];
    expect(devicesOf('smartctl-json/telegraf/scan_megaraid.json')).toEqual(nine);
    expect(devicesOf('lsblk/jc_ubuntu-18.04_lsblk.out')).toEqual(['/dev/sda']); // fd0, the loops and the CD drives are none
    expect(devicesOf('lsblk/ipa_lsblk_ouput_esp_raid.txt')).toEqual(['/dev/sda', '/dev/sdb']);
  });
});
