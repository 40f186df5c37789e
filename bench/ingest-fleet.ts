import { writeReport, type ProgramReading } from '#src/formats/agent/write-report.ts';
import { idFrom } from '#src/core/id.ts';
import { emptyEvidence, emptyReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** What a look shows otherwise than the server as it was delivered: another firmware on a drive, or another drive. */
export interface Change {
  drive: number;
  firmware?: string;
  serial?: string;
}

const DRIVES = 8;
const FIRST_DAY = Date.UTC(2025, 9, 1);
const SCOPE: ComponentKind[] = ['mainboard', 'bmc', 'cpu', 'dimm', 'drive', 'nic', 'psu', 'fan'];

export function dayOf(day: number): Date {
  return new Date(FIRST_DAY + day * 86_400_000);
}

/** The nth change of a server: another drive, or another firmware on one. */
export function changeOf(n: number, nth: number): Change {
  const drive = (n + nth) % DRIVES;
  if ((n + nth) % 2 === 0) return { drive, firmware: `GDC5${7 + nth}02Q` };
  return { drive, serial: `S64GNF${nth.toString(16)}${n.toString().padStart(6, '0')}${drive}` };
}

/**
 * What an agent reports of the nth server, as bytes: about 20 KB. Counters go on from look to look, as they do, and are no change.
 * Nothing is random, so that a run can be repeated.
 */
export function reportOf(n: number, at: Date, changes: readonly Change[] = []): Buffer {
  const name = n.toString().padStart(6, '0');
  const hours = 20_000 + (n % 40_000) + Math.floor((at.getTime() - Date.UTC(2025, 0, 1)) / 3_600_000);
  const reading: ProgramReading = {
    ...emptyReading('agent'),
    source: 'agent',
    collectedAt: at.toISOString(),
    host: {
      ...emptyEvidence(),
      manufacturer: 'Supermicro',
      model: 'SYS-220U-TNR',
      productSerial: `C2200BN${name}`,
      boardSerial: `WM22BS${name}`,
      systemUuid: idFrom('bench server', name),
      bmcMacs: [macOf(n, 0xbc)],
      hostName: `node-${name}`,
    },
    system: {
      biosVersion: '1.8b',
      bmcFirmware: '01.05.08',
      osName: 'Debian GNU/Linux 13 (trixie)',
      kernel: '6.12.48+deb13-amd64',
      processorCount: 2,
      totalMemoryBytes: (n % 4 === 0 ? 24 : 16) * 64 * 2 ** 30,
    },
    scope: SCOPE,
    components: [
      ...board(n, name),
      ...[0, 1].map(cpu),
      ...Array.from({ length: n % 4 === 0 ? 24 : 16 }, (_, slot) => dimm(name, slot)),
      ...Array.from({ length: DRIVES }, (_, slot) =>
        drive(
          name,
          slot,
          hours,
          changes.filter((change) => change.drive === slot),
        ),
      ),
      ...[0, 1].map((slot) => nic(n, name, slot)),
      ...[0, 1].map((slot) => psu(name, slot, hours)),
      ...Array.from({ length: 6 }, (_, slot) => fan(slot, hours)),
    ],
  };
  return writeReport(reading);
}

function part(kind: ComponentKind, slot: string, more: Partial<SeenComponent>): SeenComponent {
  const nothing = { manufacturer: null, model: null, partNumber: null, serial: null, firmware: null };
  return { kind, slot, ...nothing, health: 'OK', attributes: {}, readings: {}, ...more };
}

function board(n: number, name: string): SeenComponent[] {
  const made = { manufacturer: 'Supermicro', model: 'X12DPU-6', serial: `WM22BS${name}` };
  return [
    part('mainboard', 'Board', {
      ...made,
      partNumber: 'X12DPU-6-R1.21',
      firmware: '1.8b',
      attributes: { biosVendor: 'American Megatrends International, LLC.', biosDate: '2024-05-03', formFactor: 'WIO' },
    }),
    part('bmc', 'BMC', {
      ...made,
      model: 'ASPEED AST2600',
      firmware: '01.05.08',
      attributes: { macAddresses: [macOf(n, 0xbc)], ipmiVersion: '2.0', redfishVersion: '1.11.0', speedMbps: 1000 },
    }),
  ];
}

/** No serial can be read from it: it is known by its place. */
function cpu(slot: number): SeenComponent {
  return part('cpu', `CPU${slot + 1}`, {
    manufacturer: 'Intel(R) Corporation',
    model: 'Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz',
    attributes: {
      cores: 32,
      threads: 64,
      maxSpeedMhz: 3200,
      microcode: '0xd0003f6',
      socket: 'LGA4189',
      steppingId: '6',
      powerWatts: 205,
    },
  });
}

function dimm(name: string, slot: number): SeenComponent {
  const place = `P${1 + Math.floor(slot / 12)}-DIMM${'ABCDEFGHIJKL'[slot % 12]}1`;
  return part('dimm', place, {
    manufacturer: 'Samsung',
    partNumber: 'M393A8G40BB4-CWE',
    serial: `03E1A2${name}${slot.toString(16).padStart(2, '0').toUpperCase()}`,
    attributes: {
      capacityBytes: 64 * 2 ** 30,
      type: 'DDR4',
      moduleType: 'RDIMM',
      rank: 2,
      ratedSpeedMts: 3200,
      speedMts: 3200,
      ecc: true,
      configuredVolts: 1.2,
      bankLabel: `P${1 + Math.floor(slot / 12)}_Node0_Channel${slot % 8}_Dimm0`,
      assetTag: `${place}_AssetTag (date:22/34)`,
      dataWidthBits: 64,
      totalWidthBits: 72,
    },
  });
}

function drive(name: string, slot: number, hours: number, changes: readonly Change[]): SeenComponent {
  const serial = changes.findLast((change) => change.serial !== undefined)?.serial ?? `S64GNE0${name}${slot}`;
  const written = 2.1e14 + hours * 4.3e9 + slot * 1e9;
  return part('drive', `Bay ${slot}`, {
    manufacturer: 'Samsung',
    model: 'SAMSUNG MZQL23T8HCLS-00A07',
    partNumber: 'MZQL23T8HCLS-00A07',
    serial,
    firmware: changes.findLast((change) => change.firmware !== undefined)?.firmware ?? 'GDC5602Q',
    attributes: {
      capacityBytes: 3_840_755_982_336,
      logicalBlockBytes: 512,
      physicalBlockBytes: 4096,
      mediaType: 'SSD',
      protocol: 'NVMe',
      formFactor: '2.5 inch U.2',
      interfaceSpeedGbps: 64,
      pcieGeneration: 4,
      pcieLanes: 4,
      pciAddress: `0000:${(0x65 + slot).toString(16)}:00.0`,
      device: `/dev/nvme${slot}n1`,
      wwn: `eui.36344730${Buffer.from(serial).toString('hex').slice(-16)}`,
      nvmeVersion: '1.4',
      driver: 'nvme',
      vendorId: '0x144d',
      deviceId: '0xa80a',
    },
    readings: {
      powerOnHours: hours,
      temperatureCelsius: 31 + ((hours + slot) % 9),
      percentUsed: 3,
      availableSparePercent: 100,
      powerCycles: 41,
      mediaErrors: 0,
      bytesWritten: written,
      bytesRead: written + 1e14,
    },
  });
}

function nic(n: number, name: string, slot: number): SeenComponent {
  return part('nic', `AOC ${slot + 1}`, {
    manufacturer: 'Mellanox Technologies',
    model: 'ConnectX-6 Dx EN adapter card, 100GbE, dual-port QSFP56',
    partNumber: 'MCX623106AN-CDAT',
    serial: `MT2231X${name}${slot}`,
    firmware: '22.39.3004 (MT_0000000359)',
    attributes: {
      macAddresses: [macOf(n, 2 * slot), macOf(n, 2 * slot + 1)],
      ports: 2,
      speedMbps: 100_000,
      pciAddress: `0000:${(0x17 + slot * 0x20).toString(16)}:00.0`,
      driver: 'mlx5_core',
      vendorId: '0x15b3',
      deviceId: '0x101d',
      subsystemVendorId: '0x15b3',
      subsystemDeviceId: '0x0016',
      pcieGeneration: 4,
      pcieLanes: 16,
    },
  });
}

function psu(name: string, slot: number, hours: number): SeenComponent {
  return part('psu', `PSU${slot + 1}`, {
    manufacturer: 'SUPERMICRO',
    model: 'PWS-1K62A-1R',
    partNumber: 'PWS-1K62A-1R',
    serial: `P1K6ACM22${name}${slot}`,
    firmware: '1.3',
    attributes: { powerWatts: 1600, hotPlug: true, efficiency: '80 PLUS Titanium', inputType: 'AC' },
    readings: {
      inputVolts: 230 + ((hours + slot) % 5),
      temperatureCelsius: 30 + (hours % 7),
      outputWatts: 210 + (hours % 90),
    },
  });
}

function fan(slot: number, hours: number): SeenComponent {
  return part('fan', `FAN${slot + 1}`, {
    manufacturer: 'Nidec',
    model: 'FAN-0206L4',
    attributes: { hotPlug: true, rotors: 2, sizeMillimetres: 40 },
    readings: { fanRpm: 8000 + 140 * ((hours + slot) % 8) },
  });
}

function macOf(n: number, port: number): string {
  const hex = ((n << 8) | port).toString(16).padStart(8, '0');
  return `02:5e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6)}`;
}
