import { describe, expect, test } from 'vitest';
import { fileOf, partsOf, readOne, readWith, recorded } from './kit-for-tests.ts';
import { corpusPath } from '#test/kit/corpus.ts';
import type { FileReading } from '#src/ports/bundle-format.ts';

// Recorded outputs of real machines are not part of the project; where they are at hand, every one of them is read.
const FOLDERS: Record<string, { withSerials: number; why: string }> = {
  dmidecode: {
    withSerials: 200,
    why: 'single structures of desktops, TPMs or batteries, and virtual machines with nothing filled in',
  },
  'lshw-json': {
    withSerials: 4,
    why: 'an Arm sample without firmware tables, and one that was cut down to a few nodes',
  },
  'lshw-xml': { withSerials: 15, why: '' },
  'lshw-text': { withSerials: 3, why: '' },
  lspci: { withSerials: 0, why: 'none of them was made by root with -vvv; the JSON is of another tool (jc)' },
  ethtool: {
    withSerials: 4,
    why: 'states of links; a cable whose EEPROM has no serial; the JSON is of another tool (jc)',
  },
  lldp: { withSerials: 0, why: 'names link partners, no parts' },
  lscpu: { withSerials: 0, why: 'facts of the machine, no parts' },
  dmesg: { withSerials: 0, why: 'the kernel log holds no serial numbers' },
  'discovery-json': { withSerials: 3, why: 'DPUs, whose own parts have none, and a bare list of processors' },
  'cardiff-benchmarks': { withSerials: 0, why: 'collected without serial numbers of memory, behind a RAID controller' },
};
const files = Object.keys(FOLDERS).flatMap((folder) => recorded(folder).map((file) => ({ folder, ...file })));
if (files.length === 0)
  process.stdout.write(`skipped: no recorded tool outputs at ${corpusPath('logbundles')} (set REANIMATOR_CORPUS)\n`);

function read(folder: string, name: string): FileReading {
  const file = files.find((one) => one.folder === folder && one.name === name);
  if (file === undefined) throw new Error(`no ${folder}/${name}`);
  return readOne(file.bytes).reading;
}

describe.skipIf(files.length === 0)('recorded tool outputs', () => {
  test.each(Object.entries(FOLDERS))(
    '%s: as many files as known show parts with serial numbers',
    (folder, { withSerials, why }) => {
      const all = files.filter((one) => one.folder === folder).map((one) => readWith(fileOf(one.bytes, one.name)));
      const components = (readings: FileReading[]) => readings.flatMap((one) => one.components);
      const known = all.filter((one) => one.format !== null).length;
      const parts = all.filter((one) => components(one.readings).length > 0).length;
      const showing = (isSerial: (serial: string | null) => boolean) =>
        all.filter((one) => components(one.readings).some((part) => isSerial(part.serial))).length;
      const serials = showing((serial) => serial !== null);
      // The collectors of some recordings wrote two dashes over all serial numbers.
      const own = showing((serial) => serial !== null && serial !== '--');
      process.stdout.write(
        `${folder}: ${all.length} files, ${known} recognised, ${parts} with parts, ${serials} with serials, ${own} of them not redacted${why === '' ? '' : ` (the rest: ${why})`}\n`,
      );
      expect(serials).toBeGreaterThanOrEqual(withSerials);
      for (const { readings } of all) {
        for (const one of readings) {
          const places = one.components.filter((part) => part.slot !== null).map((part) => `${part.kind} ${part.slot}`);
          expect(new Set(places).size).toBe(places.length);
        }
      }
    },
  );

  test('every recorded file can be cut off anywhere', () => {
    for (const file of files)
      for (const share of [0.1, 0.37, 0.5, 0.81, 0.99])
        expect(() => readWith(fileOf(file.bytes.subarray(0, Math.floor(file.bytes.length * share))))).not.toThrow();
  });

  test('a cut-off dump covers nothing and invents no serial number', () => {
    for (const { bytes } of files.filter((one) => one.folder === 'dmidecode' && one.name.includes('/'))) {
      const whole = readOne(bytes).reading;
      const serials = new Set([null, ...whole.components.map((part) => part.serial)]);
      const cut = readWith(fileOf(bytes.subarray(0, Math.floor(bytes.length * 0.61)))).readings;
      for (const part of cut.flatMap((one) => one.components)) expect(serials).toContain(part.serial);
      if (whole.scope.length > 0) expect(cut.flatMap((one) => one.scope)).toEqual([]);
    }
  });
});

// Written by hand from the files themselves.
describe.skipIf(files.length === 0)('known machines', () => {
  test('Dell PowerEdge R640 (dmidecode)', () => {
    const reading = read('dmidecode', 'glpi/generic_dmidecode_dell-r640');
    expect(reading.host).toMatchObject({
      manufacturer: 'Dell Inc.',
      model: 'PowerEdge R640',
      productSerial: '2RJF153',
      boardSerial: '.2RJF153.CNIVC0005G0184.',
      systemUuid: '4C4C4544-0052-4A10-8046-B2C04F313533',
      assetTag: null,
    });
    expect(reading.scope).toEqual(['mainboard', 'cpu', 'dimm']);
    expect(partsOf(reading, 'mainboard')[0]).toMatchObject({
      model: '06NR82',
      firmware: '2.6.4',
      attributes: { revision: 'A03' },
    });
    expect(partsOf(reading, 'cpu')[0]).toMatchObject({
      slot: 'CPU1',
      model: 'Intel(R) Xeon(R) Gold 6244 CPU @ 3.60GHz',
      serial: null,
      attributes: { cores: 8, threads: 16, maxSpeedMhz: 4000 },
    });
    expect(partsOf(reading, 'dimm')).toHaveLength(8);
    expect(partsOf(reading, 'dimm')[0]).toMatchObject({
      slot: 'A1',
      manufacturer: '00CE00B300CE',
      partNumber: 'M393A4K40CB2-CVF',
      serial: '3780385B',
      attributes: {
        capacityBytes: 34_359_738_368,
        type: 'DDR4',
        moduleType: 'RDIMM',
        rank: 2,
        ratedSpeedMts: 2933,
        speedMts: 2933,
        ecc: true,
      },
    });
    expect(partsOf(reading, 'psu')).toMatchObject([
      {
        slot: null,
        model: 'PWR SPLY,750W,RDNT,DELTA',
        partNumber: '05RHVVA03',
        serial: 'CNDED0003G0NQA',
        attributes: { powerWatts: 750 },
      },
      { slot: null, serial: 'CNDED0003G0O0P' },
    ]);
  });

  test('Oracle X5-2 (dmidecode)', () => {
    const reading = read('dmidecode', 'glpi/generic_dmidecode_oracle-server-6.7-oda');
    expect(reading.host).toMatchObject({
      productSerial: '1634NM1100',
      boardSerial: '489089M+16324B21FK',
      assetTag: '7092459',
    });
    expect(reading.system).toMatchObject({
      biosVersion: '30080300',
      embeddedControllerFirmware: '3.2',
      ipmiVersion: '2.0',
    });
    expect(partsOf(reading, 'dimm')[0]).toMatchObject({
      slot: '/SYS/MB/P0 D11',
      serial: '324AA44C',
      partNumber: 'M386A4G40DM0-CPB',
      attributes: { capacityBytes: 34_359_738_368, rank: 4, ratedSpeedMts: 2133 },
    });
  });

  test('HP ProLiant DL180 G6 (dmidecode): one of two sockets taken, no board record', () => {
    const reading = read('dmidecode', 'glpi/generic_dmidecode_hp-dl180');
    expect(reading.host).toMatchObject({ model: 'ProLiant DL180 G6', productSerial: 'CZJ02901TG', boardSerial: null });
    expect(reading.scope).toEqual(['cpu', 'dimm']);
    expect(partsOf(reading, 'cpu')).toMatchObject([
      { slot: 'Proc 1', model: 'Intel(R) Xeon(R) CPU E5504 @ 2.00GHz', attributes: { cores: 4, threads: 4 } },
    ]);
    expect(partsOf(reading, 'dimm')).toMatchObject([
      {
        slot: 'PROC 1 DIMM 2A',
        manufacturer: 'Micron',
        serial: '94D657D7',
        attributes: { capacityBytes: 2_147_483_648, ratedSpeedMts: 1333 },
      },
      { slot: 'PROC 1 DIMM 4B', serial: '93D657D7' },
    ]);
    expect(partsOf(reading, 'dimm')[0]?.attributes['type']).toBeUndefined();
  });

  test('Sun Fire X2200 M2 (dmidecode): sockets with the same name', () => {
    const reading = read('dmidecode', 'glpi/generic_dmidecode_sun-x2200-m2');
    expect(reading.host).toMatchObject({ productSerial: '0732QBT057', boardSerial: '2029QTF0723MT0459' });
    expect(partsOf(reading, 'cpu').map((one) => one.slot)).toEqual(['..U. (0x0004)', '..U. (0x0007)']);
    expect(partsOf(reading, 'dimm')[0]).toMatchObject({
      slot: 'CPU0_DIMM0',
      serial: 'SerNum0',
      attributes: { type: 'DDR2', ratedSpeedMts: 533 },
    });
  });

  test('Intel S3000AHLX (dmidecode): a module with check bits on a board without', () => {
    const reading = read('dmidecode', 'glpi/generic_dmidecode_S3000AHLX');
    expect(reading.host).toMatchObject({ manufacturer: null, productSerial: null, boardSerial: 'AZAX63801455' });
    expect(partsOf(reading, 'dimm')).toMatchObject([
      { slot: 'J8J1', serial: '0x750174F7', attributes: { capacityBytes: 1_073_741_824, ecc: false } },
      { slot: 'J8J2', serial: '0x9DCCE4ED', attributes: { capacityBytes: 2_147_483_648, ecc: true } },
      { slot: 'J9J1', serial: '0x750174FF' },
    ]);
  });

  test('HPE DL380 Gen11 and Supermicro with Optane (dmidecode, serials redacted)', () => {
    const hpe = read('dmidecode', 'linuxhw/HPE__ProLiant_DL380_Gen11__89BBBA931D2E.txt');
    expect(partsOf(hpe, 'psu')).toMatchObject([
      { slot: 'Power Supply 1', partNumber: 'P03178-B21', health: 'OK', attributes: { powerWatts: 1000 } },
      { slot: 'Power Supply 2', health: 'Critical' },
    ]);
    expect(partsOf(hpe, 'dimm')[0]).toMatchObject({
      slot: 'PROC 1 DIMM 3',
      partNumber: 'MTC20F2085S1RC56BG1',
      attributes: {
        capacityBytes: 34_359_738_368,
        type: 'DDR5',
        moduleType: 'RDIMM',
        ratedSpeedMts: 5600,
        speedMts: 5200,
      },
    });
    const optane = read('dmidecode', 'linuxhw/Supermicro__SYS-2029U-TN24R4T__3036A720C7E4.txt');
    expect(partsOf(optane, 'dimm').find((one) => one.slot === 'P1-DIMMA2')).toMatchObject({
      manufacturer: 'Intel',
      partNumber: 'NMA1XXD128GPS',
      firmware: '5355',
      attributes: { capacityBytes: 135_694_123_008, technology: 'Intel Optane DC persistent memory' },
    });
  });

  test('Supermicro X11DPH-T (dmidecode -t39)', () => {
    const reading = read('dmidecode', 'ironlib_supermicro_x11dph-t_dmidecode_psu.txt');
    expect(reading.components).toMatchObject([
      {
        slot: 'PSU1',
        manufacturer: 'SUPERMICRO',
        model: 'PWS-1K23A-1R',
        serial: 'P1K2ACK07HB0670',
        health: 'OK',
        attributes: { powerWatts: 1200, revision: '1.4' },
      },
      { slot: 'PSU2', serial: 'P1K2ACK07HB0669' },
    ]);
    expect(reading.scope).toEqual([]);
  });

  test('Dell PowerEdge R6515 (lshw -json)', () => {
    const reading = read('lshw-json', 'dell_r6515_lshw.json');
    expect(reading.host).toMatchObject({
      model: 'PowerEdge R6515',
      productSerial: '11WLK93',
      boardSerial: '.11WLK93.CNCMS0009G0078.',
    });
    expect(partsOf(reading, 'cpu')[0]).toMatchObject({
      slot: 'CPU1',
      manufacturer: 'AMD',
      attributes: { cores: 32, threads: 64 },
    });
    expect(partsOf(reading, 'dimm')).toHaveLength(8);
    expect(partsOf(reading, 'dimm')[1]).toMatchObject({
      slot: 'A2',
      serial: '3510CBDD',
      partNumber: 'HMA84GR7DJR4N-XN',
    });
    expect(
      partsOf(reading, 'drive').map((one) => [one.model, one.serial, one.firmware, one.attributes['capacityBytes']]),
    ).toEqual([
      ['Micron_9300_MTFDHAL3T8TDP', '202728F691F5', '11300DN0', 3_840_755_982_336],
      ['Micron_9300_MTFDHAL3T8TDP', '202728F691C6', '11300DN0', 3_840_755_982_336],
      ['MTFDDAV240TDU', '203329F89392', null, 240_057_409_536],
      ['MTFDDAV240TDU', '203329F89796', null, 240_057_409_536],
    ]);
    expect(partsOf(reading, 'nic')).toMatchObject([
      {
        slot: '0000:41:00.0',
        model: 'Ethernet Controller XXV710 for 25GbE SFP28',
        firmware: '8.15 0x800096ca 20.0.17',
        attributes: { interfaces: ['enp65s0f0', 'enp65s0f1'] },
      },
    ]);
    expect(partsOf(reading, 'psu').map((one) => one.serial)).toEqual(['CNLOD000B229D6', 'CNLOD000B232CD']);
  });

  test('ASRockRack E3C246D4I-NL (lshw -json): the virtual drives of the BMC are none', () => {
    const reading = read('lshw-json', 'asrr_e3c246d4i-nl_lshw.json');
    expect(partsOf(reading, 'drive').map((one) => one.serial)).toEqual(['PHYF001300HB480BGN', 'PHYF001209KL480BGN']);
    expect(partsOf(reading, 'gpu')).toEqual([]);
  });

  test('Dell PowerEdge C6105, C6220 II and HP SL335s G7 (lshw -xml)', () => {
    const old = read('lshw-xml', 'collins_lshw-000997.out');
    expect(old.host).toMatchObject({
      model: 'PowerEdge C6105',
      productSerial: '85C7VR1',
      hostName: 'aaa-000997.ewr01.tumblr.net',
    });
    expect(partsOf(old, 'dimm').map((one) => [one.slot, one.serial])).toEqual([
      ['CPU0 DIMM A2', 'EC41604A'],
      ['CPU0 DIMM B2', '2842804A'],
      ['CPU1 DIMM C2', 'E941504A'],
      ['CPU1 DIMM D2', 'FF41104A'],
    ]);
    expect(partsOf(old, 'drive')).toMatchObject([
      {
        manufacturer: 'Seagate',
        model: 'ST9500620NS',
        serial: '9XF0E55D',
        firmware: null,
        attributes: { capacityBytes: 500_107_862_016 },
      },
    ]);
    expect(partsOf(old, 'nic').find((one) => one.slot === '0000:06:00.0')?.attributes['macAddresses']).toEqual([
      '90:e2:ba:03:7e:e0',
      '90:e2:ba:03:7e:e1',
    ]);
    const dell = read('lshw-xml', 'collins_lshw-size.xml');
    expect(dell.host).toMatchObject({ productSerial: '6406J02', boardSerial: '.6406J02.CN7016341M004C.' });
    expect(partsOf(dell, 'dimm')[1]).toMatchObject({
      slot: 'DIMM_A2',
      serial: '36CEF753',
      attributes: { ecc: true, ratedSpeedMts: 1600 },
    });
    const hp = read('lshw-xml', 'collins_lshw-amd-opteron-wonky.xml');
    expect(partsOf(hp, 'drive')[0]).toMatchObject({
      model: 'OCZ-VERTEX2',
      serial: 'OCZ-BO7462M9WENW7XPU',
      // here the revision is the whole of it, which nothing tells
      firmware: null,
      attributes: { capacityBytes: 120_034_123_776 },
    });
  });

  test('a GeForce, a chipset and a Realtek port (lspci -v)', () => {
    const reading = read('lspci', 'glpi_generic_lspci_nvidia-1');
    expect(partsOf(reading, 'gpu')).toMatchObject([
      {
        slot: '0000:09:00.0',
        manufacturer: 'NVIDIA Corporation',
        model: 'TU106 [GeForce RTX 2060 SUPER]',
        attributes: { vendorId: '0x10de', deviceId: '0x1f06', driver: 'nvidia' },
      },
    ]);
    expect(partsOf(reading, 'nic')).toMatchObject([
      { slot: '0000:05:00.0', attributes: { deviceSerialNumber: '01-00-00-00-68-4c-e0-00' } },
    ]);
  });

  test('a 25G transceiver and a copper cable (ethtool -m)', () => {
    expect(read('ethtool', 'jc_generic_ethtool--module-info-convert-units.out').components).toMatchObject([
      {
        kind: 'transceiver',
        manufacturer: 'EDGE',
        partNumber: 'SFP-10/25GLR-31',
        serial: 'EO11111111111',
        attributes: { formFactor: 'SFP', connector: 'LC', wavelengthNm: 1310, bitRateMbd: 25_750, dateCode: '230619' },
        readings: { temperatureCelsius: 34.99, supplyVolts: 3.2995, txPowerDbm: -0.87, rxPowerDbm: -40 },
      },
    ]);
    expect(read('ethtool', 'jc_generic_ethtool--module-info.out').components).toMatchObject([
      {
        manufacturer: 'UbiquitiNetworks',
        partNumber: 'UDC-2',
        serial: null,
        attributes: { connector: 'Copper pigtail', copperLengthMeters: 2 },
      },
    ]);
  });

  test('link partners: Juniper (XML), Cumulus (JSON), a Dell VRTX switch (lldptool)', () => {
    expect(read('lldp', 'collins_lldpctl-two-nic.xml').neighbours).toEqual([
      { interface: 'eth0', chassis: '78:19:f7:88:60:c0', port: 'ge-0/0/3.0', name: 'core01.dfw01' },
      { interface: 'eth1', chassis: '5c:5e:ab:68:a5:80', port: 'ge-0/0/3.0', name: 'core02.dfw01' },
    ]);
    expect(read('lldp', 'metal-operator_lldpctl_mgmtip_array.json').neighbours).toEqual([
      { interface: 'ens3f0np0', chassis: 'e8:eb:d3:e4:5a:2e', port: 'swp1s0', name: 'sw-test-spine-1' },
    ]);
    expect(read('lldp', 'rhcip_lldptool_tin').neighbours).toEqual([
      { interface: '', chassis: 'f8:b1:56:15:e6:c6', port: 'gi1/1', name: 'Switch POD' },
    ]);
  });

  test('sockets of two AMD EPYC 7451 (lscpu)', () => {
    expect(read('lscpu', 'rhcip_lscpu').system).toMatchObject({
      processorCount: 2,
      coresPerSocket: 24,
      threadsPerCore: 2,
      maxSpeedMhz: 2300,
      numaNodes: 8,
    });
  });

  test('NVIDIA discovery of a PowerEdge R750 and of a tray of four H100', () => {
    const host = read('discovery-json', 'bmm_x86_info.json');
    expect(host.host).toMatchObject({
      manufacturer: 'Dell Inc.',
      model: 'PowerEdge R750',
      productSerial: 'Host123',
      boardSerial: 'HostBoard123',
    });
    expect(partsOf(host, 'drive').map((one) => one.serial)).toEqual(['61M0A0D2TCD8', '61M0A098TCD8', '61M0A0B8TCD8']);
    const tray = read('discovery-json', 'bmm_gb200_compute_tray_1_info.json');
    expect(partsOf(tray, 'gpu')[0]).toMatchObject({
      slot: '0000:17:00.0',
      model: 'NVIDIA H100 PCIe',
      serial: '1654422005699',
      firmware: '96.00.30.00.01',
    });
    expect(partsOf(tray, 'nic').map((one) => one.slot)).toContain('0000:b1:00.0');
  });

  test('HP BL460c Gen8 (python-hardware)', () => {
    const name = files.find((one) => one.name.includes('CZ3404YWNN'))?.name ?? '';
    const reading = read('cardiff-benchmarks', name);
    expect(reading.host).toMatchObject({
      manufacturer: 'HP',
      model: 'ProLiant BL460c Gen8',
      productSerial: 'CZ3404YWNN',
    });
    expect(partsOf(reading, 'dimm')[0]).toMatchObject({
      slot: 'PROC 1 DIMM 1',
      manufacturer: 'HP',
      partNumber: '672612-081',
      attributes: { capacityBytes: 17_179_869_184, type: 'DDR3', ratedSpeedMts: 1600 },
    });
    expect(partsOf(reading, 'nic')).toMatchObject([
      { slot: '0000:04:00.0', attributes: { macAddresses: ['9c:b6:54:88:2d:b0', '9c:b6:54:88:2d:b4'] } },
    ]);
  });
});
