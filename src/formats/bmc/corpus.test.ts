import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileOf, readFile } from './kit-for-tests.ts';
import type { FileReading } from '#src/ports/bundle-format.ts';
import { corpusPath } from '#test/kit/corpus.ts';

// Recorded outputs of real machines are not part of the project; where they are at hand, every one of them is read.
const FOLDERS = [
  'logbundles/ipmitool',
  'logbundles/nvidia-smi-xml',
  'logbundles/rocm-smi-json',
  'logbundles/storage-controllers',
  'logbundles/vendor-bundles',
  'logbundles/vendor-firmware-tools',
  'ocp-diag',
];
const there = FOLDERS.every(
  (folder) => statSync(corpusPath(folder), { throwIfNoEntry: false })?.isDirectory() ?? false,
);
if (!there) process.stdout.write(`skipped: no recorded tool outputs at ${corpusPath()} (set REANIMATOR_CORPUS)\n`);

/** Files that no format takes, and why. */
const LEFT: [RegExp, string][] = [
  [/lan6_print/, 'IPv6 addresses only'],
  [/EncInfo|megacli_enc$/, 'enclosures have no kind'],
  [/ShowSummary/, 'names and states, no serial numbers or slots that tell adapters apart'],
  [/LDinfo|getconfig-ld|info-vd|create-ok/, 'virtual drives only'],
  [/AdpPciInfo|adpcount/, 'a count or address only'],
  [/areca_(?:adsysinfo|hddpwr_info|hw_info|sys_showcfg)/, 'settings and voltages only'],
  [/hdparm/, 'read by the formats of drives'],
  [/dsu_preview/, 'what could be installed, not what is'],
  [/README|LICENSE|json_spec|\.md$/, 'no output of a tool'],
];

/** Files that are taken and give no serial number, and why. */
const WITHOUT: [RegExp, string][] = [
  [/bmc_info|lan_|LAN_SAMPLE|sdr_|sel_/, 'ipmitool shows none there'],
  [/rtx-2080|rtx-3|gtx-|rtx-pro/, 'GeForce and the like have none: N/A or not there'],
  [/mi100_rocm602|rx6700xt|vega-10/, 'the card has none: N/A'],
  [/hpacucli_sample\d-drives|ctrl_ld_show/, 'the short form leaves them out'],
  [/no-drives|nocontrollers/, 'nothing is there'],
  [/getconfig-pd-current/, 'the controller firmware shows none'],
  [/idrac_(?:cpu|nic)_info|RIBCL|MACS|macs/, 'processors, ports and old iLO records have none'],
  [/SN_RESPONSE|sn_response/, 'of the host only'],
  [/flint|mlxup|ipmicfg|dsu/, 'firmware tools show addresses, not serial numbers'],
  [/cpu_power_virus|example_monitor|fanspeed|pcie_test|sensor_monitor/, 'sensors, links and boards of no known kind'],
];

function filesOf(folder: string): string[] {
  return readdirSync(corpusPath(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(corpusPath(folder, file)).isFile() && path.basename(file) !== 'SOURCES.md')
    .toSorted();
}

function read(...parts: string[]): { format: string | null; readings: FileReading[] } {
  return readFile(fileOf(readFileSync(corpusPath(...parts)), parts.at(-1)));
}

/** The one part of a recording at this place. */
function part(file: string, slot: string): unknown {
  const found = read('logbundles', file).readings.flatMap((one) => one.components.filter((each) => each.slot === slot));
  expect([slot, found.length]).toEqual([slot, 1]);
  return found[0];
}

describe.skipIf(!there)('recorded files', () => {
  test.each(FOLDERS)('%s: every file is taken, or it is known why not', (folder) => {
    const files = filesOf(folder);
    const kinds = new Map<string, { files: number; parts: number; serials: number; none: number }>();
    for (const file of files) {
      const { format, readings } = read(folder, file);
      const why = LEFT.find(([name]) => name.test(file))?.[1];
      expect([file, format === null]).toEqual([file, why !== undefined]);
      if (format === null) continue;
      const components = readings.flatMap((one) => one.components);
      const count = kinds.get(format) ?? { files: 0, parts: 0, serials: 0, none: 0 };
      count.files += 1;
      count.parts += components.length;
      count.serials += components.filter((one) => one.serial !== null).length;
      if (components.every((one) => one.serial === null)) {
        count.none += 1;
        const reason = WITHOUT.find(([name]) => name.test(file))?.[1];
        process.stdout.write(`  ${file}: ${reason ?? 'for no known reason'}\n`);
        expect([file, reason]).not.toEqual([file, undefined]);
      }
      kinds.set(format, count);
      for (const one of readings) expect(one.warnings.every((warning) => warning.length < 300)).toBe(true);
    }
    for (const [format, { files: all, parts, serials, none }] of kinds)
      process.stdout.write(
        `${format}: ${all - none} of ${all} files give serials; ${parts} parts, ${serials} with a serial\n`,
      );
  });
});

// What stands in the files, read by eye.
describe.skipIf(!there)('checked by hand', () => {
  test('Dell R640, ipmitool fru', () => {
    const file = 'ipmitool/glpi_generic_ipmitool_fru_dell-r640';
    const [reading] = read('logbundles', file).readings;
    expect(reading?.host).toMatchObject({ productSerial: '2RJF153', boardSerial: 'CNIVC0005G0184', assetTag: null });
    expect(part(file, 'PS2')).toMatchObject({
      kind: 'psu',
      serial: 'CNDED0003G0O0P',
      partNumber: '05RHVVA03',
      attributes: { powerWatts: 750 },
    });
    expect(reading?.components.map((one) => one.serial)).toEqual([
      'CNIVC0005G0184',
      'CNDED0003G0NQA',
      'CNDED0003G0O0P',
      'VNFCVBA02O00AZ',
      'CNFCP0005M01NC',
    ]);
  });

  test('Dell R720, ipmitool fru: the iDRAC repeats the board and has no serial of its own', () => {
    expect(part('ipmitool/glpi_generic_ipmitool_fru_dell-r720', 'bmc')).toMatchObject({
      serial: null,
      model: 'iDRAC7',
    });
  });

  test('HP DL360 G7, ipmitool fru', () => {
    expect(part('ipmitool/glpi_generic_ipmitool_fru_hp-dl360-gen7_2', 'CPU 1 DIMM 2')).toMatchObject({
      kind: 'dimm',
      manufacturer: 'Samsung',
      partNumber: 'M393B2G70EB0-CMA',
      serial: '185e62c7',
      attributes: { capacityBytes: 17_179_869_184, type: 'DDR3', rank: 2, ecc: true },
    });
  });

  test('HP DL360p Gen8, ipmitool fru', () => {
    const file = 'ipmitool/glpi_generic_ipmitool_fru_hp-dl360-gen8';
    expect(part(file, 'Ethernet Adptr')).toMatchObject({ kind: 'nic', serial: 'CN82150W2G', partNumber: '629135-B21' });
    expect(part(file, 'SAS Ctlr')).toMatchObject({ kind: 'storage-controller', serial: '001438020C8EF10' });
  });

  test('SEL: a storm of correctable errors', () => {
    const [reading] = read('logbundles', 'ipmitool/sel_2023_ecc_storm.txt').readings;
    expect(reading?.logEntries).toHaveLength(0x3e);
    expect(reading?.logEntries.at(-1)).toEqual({
      at: '2023-04-15T19:49:36.000Z',
      severity: 'Warning',
      message: 'Memory #0xb2 | Correctable ECC | Asserted',
      source: 'SEL',
    });
  });

  test('SEL: an event before the clock was set', () => {
    const [reading] = read('logbundles', 'ipmitool/sel_preinit_mixed.txt').readings;
    expect(reading?.logEntries.map(({ at }) => at)).toEqual([
      '2026-05-01T13:02:11.000Z',
      '2026-05-01T13:02:45.000Z',
      '2026-05-02T08:15:02.000Z',
      null,
      '2026-05-03T21:44:19.000Z',
      '2026-05-04T02:10:33.000Z',
    ]);
  });

  test('NVIDIA A10G and A100 with MIG', () => {
    expect(part('nvidia-smi-xml/telegraf_a10g.xml', '0000:00:1e.0')).toMatchObject({
      serial: '0000000000000',
      firmware: '94.02.75.00.01',
      health: 'OK',
      readings: { volatileUncorrectableErrors: 0, remappedRows: 0 },
    });
    expect(part('nvidia-smi-xml/netdata_nvidia_smi_a100-sxm4-mig.xml', '0000:00:04.0')).toMatchObject({
      model: 'NVIDIA A100-SXM4-40GB',
      serial: '1324321002473',
      partNumber: '692-2G506-0200-003',
      health: null,
      attributes: { capacityBytes: 42_949_672_960, deviceId: '0x20b0', pcieLanes: 16 },
    });
  });

  test('AMD MI50', () => {
    expect(part('rocm-smi-json/telegraf_vega-20-WKS-GL-XE.json', '0000:63:00.0')).toMatchObject({
      model: 'Radeon Instinct MI50 32GB',
      serial: '692024000810',
      firmware: '113-D1631700-111',
      attributes: { capacityBytes: 34_342_961_152, deviceId: '0x66a1' },
      readings: { temperatureCelsius: 38 },
    });
  });

  test('storcli: a drive behind a ServeRAID, and the controller', () => {
    expect(part('storage-controllers/netdata_storcli_megaraid-drives-info.json', 'c0/e252/s7')).toEqual({
      kind: 'drive',
      slot: 'c0/e252/s7',
      manufacturer: null,
      model: 'ST16000NM001G-2KK103',
      partNumber: null,
      serial: 'WL204LF2',
      firmware: 'SB30',
      health: 'OK',
      attributes: {
        capacityBytes: 16_000_900_661_248,
        logicalBlockBytes: 512,
        physicalBlockBytes: 512,
        mediaType: 'HDD',
        protocol: 'SATA',
        wwn: '0x5000c500d6061539',
        interfaceSpeedGbps: 6,
      },
      readings: { temperatureCelsius: 28, mediaErrors: 0, otherErrors: 0, predictedFailures: 0, raidState: 'Onln' },
    });
    expect(part('storage-controllers/netdata_storcli_megaraid-controllers-info.json', '0000:0a:00.0')).toMatchObject({
      serial: 'SV04616189',
      firmware: '2.130.403-4660',
      health: 'OK',
    });
  });

  test('storcli: an HBA in IT mode gives the number of the last sector', () => {
    const file = 'storage-controllers/netdata_storcli_mpt3sas-controllers-info.json';
    expect(part(file, 'c0/e23/s0')).toMatchObject({
      model: 'ST14000NM001G-2KJ103',
      firmware: 'SN03',
      health: 'OK',
      attributes: { capacityBytes: 14_000_519_643_136 },
    });
    const [reading] = read('logbundles', file).readings;
    expect(reading?.components.filter((one) => one.kind === 'drive')).toHaveLength(29);
  });

  test('MegaCLI: SAS and SATA', () => {
    expect(part('storage-controllers/glpi_linux_megacli_set7_PDlist', 'c0/e64/s13')).toMatchObject({
      model: 'SSDSC2KG480G8R',
      serial: 'BTYG95130JEY480BGN',
      firmware: 'XCV1DL65',
      health: 'OK',
      attributes: { capacityBytes: 480_103_981_056, mediaType: 'SSD', wwn: '0x55cd2e4151c1b272' },
      readings: { temperatureCelsius: 34 },
    });
    expect(part('storage-controllers/glpi_linux_megacli_set4_PDlist', 'c0/e32/s1')).toMatchObject({
      manufacturer: 'TOSHIBA',
      model: 'AL13SEB600',
      serial: '54O0A05KFRD4',
      firmware: 'DE11',
      attributes: { capacityBytes: 600_127_266_816, mediaType: 'HDD', protocol: 'SAS', interfaceSpeedGbps: 6 },
    });
    expect(part('storage-controllers/rhcip_megacli_adp_all_info', 'c0')).toMatchObject({
      model: 'PERC H710 Mini',
      serial: '29F026R',
    });
  });

  test('hpacucli and ssacli', () => {
    expect(part('storage-controllers/glpi_generic_hpacucli_sample1-storage', 'Slot 2/2I:1:1')).toMatchObject({
      model: 'WDC WD740ADFD-00',
      serial: 'WD-WMANS1732855',
      firmware: '21.07QR4',
      health: 'OK',
      attributes: { approximateCapacityBytes: 74_300_000_000, protocol: 'SATA' },
    });
    expect(part('storage-controllers/netdata_hpssa_ssacli-P400ar.txt', 'Slot 0/2I:1:8')).toMatchObject({
      model: 'ST1000LM024 HN-M',
      firmware: '2BA30001',
      attributes: { rotationRpm: 5400, logicalBlockBytes: 512, physicalBlockBytes: 4096, mediaType: 'HDD' },
      readings: { temperatureCelsius: 29 },
    });
  });

  test('Adaptec, Areca, Marvell, Micron', () => {
    expect(part('storage-controllers/netdata_adaptecraid_getconfig-pd-old.txt', 'Connector 0, Device 1')).toMatchObject(
      {
        model: 'XF1230-1A0480',
        serial: '7CS009RQ',
        firmware: 'ST200354',
        health: 'OK',
        attributes: { wwn: '0x5000c500813bf05c', mediaType: 'SSD' },
      },
    );
    expect(part('storage-controllers/rhcip_areca_disks_info', 'Enclosure#1 Slot#8')).toMatchObject({
      serial: 'JPS930N121H4YV',
      firmware: 'JP4OA3MA',
      readings: { temperatureCelsius: 27, mediaErrors: 0 },
    });
    expect(part('storage-controllers/ironlib_utils_mvcli_info-pd', 'Adapter 0 HBA port 1')).toMatchObject({
      model: 'MTFDDAV240TCB',
      serial: '18341E6651BA',
      firmware: 'D0DE008',
      attributes: { capacityBytes: 240_057_409_536 },
    });
    const [micron] = read('logbundles/storage-controllers/ironlib_utils_msecli_list').readings;
    expect(micron?.components.map((one) => [one.attributes['device'], one.serial, one.firmware])).toEqual([
      ['/dev/sda', '193423710BDA', 'D1MU020'],
      ['/dev/sdb', '193423711167', 'D1MU020'],
    ]);
  });

  test('Dell over WS-Management', () => {
    const folder = 'vendor-bundles/dell-idrac-wsman-dcim';
    expect(part(`${folder}/ralph2_idrac_cpu_info.xml`, 'CPU.Socket.2')).toMatchObject({
      model: 'Intel(R) Xeon(R) CPU E5-2640 0 @ 2.50GHz',
      health: 'OK',
      attributes: { cores: 6, threads: 12, maxSpeedMhz: 3600 },
    });
    expect(part(`${folder}/ralph2_idrac_nic_info.xml`, 'NIC.Integrated.1')).toMatchObject({
      model: 'Intel(R) Gigabit 4P I350-t rNDC',
      firmware: '13.5.6',
      attributes: {
        deviceId: '0x1521',
        macAddresses: ['bc:30:fb:f1:33:00', 'bc:30:fb:f1:33:01', 'bc:30:fb:f1:33:02', 'bc:30:fb:f1:33:03'],
      },
    });
    const [base] = read('logbundles', folder, 'ralph2_idrac_base_info.xml').readings;
    expect(base?.host).toMatchObject({
      productSerial: 'AMSFG5J',
      boardSerial: 'BM1374029600VJ',
      systemUuid: '4c4c4544-004c-5310-8046-c2c04f47354a',
    });
    expect(base?.system).toMatchObject({ biosVersion: '1.1.1', totalMemoryBytes: 68_719_476_736 });
  });

  test('IBM and HP', () => {
    const ibm = 'vendor-bundles/ibm-system-x/ralph2_http_ibm_system_x';
    expect(part(`${ibm}_MEMORY_RESPONSE.xml`, 'DIMM 9')).toMatchObject({
      partNumber: 'EBJ40RF4ECFA-DJ-F',
      serial: 'b5240987',
      attributes: { capacityBytes: 4_294_967_296, type: 'DDR3' },
    });
    expect(read(`logbundles/${ibm}_SN_RESPONSE.xml`).readings[0]?.host.productSerial).toBe('KD55ARA');
    const [ilo] = read('logbundles/vendor-bundles/hp-ilo-oa-xml/ralph2_ilo_hp_SAMPLE_RIBCL.xml').readings;
    expect(ilo?.host).toMatchObject({
      productSerial: 'SN12345678',
      bmcMacs: ['00:21:5a:cc:bb:aa', '00:21:5a:aa:bb:14'],
    });
    expect(ilo?.system).toEqual({ bmcFirmware: '1.70', biosVersion: 'I19 11/02/2008' });
  });

  test('OCP: the older dialect', () => {
    const [reading] = read('ocp-diag/validators/spec_validator/samples/sat_test.jsonl').readings;
    expect(reading?.components.find((one) => one.slot === '/phys/DIMM6')).toMatchObject({
      kind: 'dimm',
      serial: '2c62f5f6',
      partNumber: 'MTC40F2046S1RC48BAX',
      manufacturer: 'dimm-vendor Technology',
    });
    expect(reading?.logEntries.at(-1)).toMatchObject({
      at: '2021-07-02T01:03:21.437Z',
      message: 'Sat ended COMPLETE PASS',
    });
  });
});
