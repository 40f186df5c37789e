import { emptyReading, type FileReading, type SeenComponent } from '../../ports/bundle-format.ts';
import { asInt, asText, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { driveDevice } from './device-name.ts';
import { isVirtualDisk, wwnOf } from './drive-words.ts';
import { factsOf, realSize } from './facts.ts';
import { oncePerSerial } from './once-per-serial.ts';

/** A block device, by the column's name in lower case with `_`: `maj_min`, `log_sec`, … Values as printed, or numbers and booleans of JSON. */
export type LsblkRow = ReadonlyMap<string, unknown>;

/** Releases differ in how they write a column: `MAJ:MIN`, `MAJ_MIN`, `maj:min`, `log-sec`. */
export function columnName(name: string): string {
  return name.trim().toLowerCase().replace(/[-:%]/g, '_');
}

/** Kernel devices of TYPE disk that are no disk: memory, floppies, and what software makes. */
const NO_DISK =
  /^(?:z?ram|fd|loop|nbd|drbd|rbd|bcache|pmem|dm-|md|zd|nullb|mtdblock|ublkb|sr)\d|^mmcblk\d{1,4}(?:boot\d|rpmb)/;

const PROTOCOLS: Record<string, string> = {
  sata: 'SATA',
  sas: 'SAS',
  nvme: 'NVMe',
  usb: 'USB',
  ata: 'ATA',
  spi: 'Parallel SCSI',
  fc: 'Fibre Channel',
  iscsi: 'iSCSI',
  mmc: 'MMC',
  virtio: 'virtio',
  sbp: 'FireWire',
  pcie: 'NVMe', // some releases say so of NVMe drives
};

export function readLsblk(rows: readonly LsblkRow[]): FileReading {
  const reading = emptyReading('tools');
  if (!rows.some((row) => text(row, 'type') !== null)) {
    reading.warnings.push('lsblk was asked without TYPE, so disks and partitions cannot be told apart.');
    return reading;
  }
  const disks = oncePerDevice(rows.filter(isDisk));
  reading.components = oncePerSerial(disks.flatMap((row) => driveOf(row) ?? []));
  if (showsOneBusOnly(rows)) return reading;
  reading.enumerates = { kind: 'drive', devices: [...new Set(disks.map(deviceOfRow))] };
  return reading;
}

/** A disk stands once under each thing that it is a part of; of its rows the one that knows most counts. */
function oncePerDevice(disks: readonly LsblkRow[]): LsblkRow[] {
  const kept = new Map<string, LsblkRow>();
  for (const row of disks) {
    const before = kept.get(nameOf(row));
    if (before === undefined || (text(before, 'serial') === null && text(row, 'serial') !== null))
      kept.set(nameOf(row), row);
  }
  return [...kept.values()];
}

/** `-S` shows SCSI devices only and `-N` NVMe only; each has columns of its own and no sizes. */
function showsOneBusOnly(rows: readonly LsblkRow[]): boolean {
  const columns = new Set(rows.flatMap((row) => [...row.keys()]));
  return !columns.has('size') && !columns.has('maj_min') && (columns.has('hctl') || columns.has('mq'));
}

function text(row: LsblkRow, name: string): string | null {
  return asText(row.get(name));
}

/** NAME may be drawn as a tree or be a path; KNAME is the kernel's own. */
function nameOf(row: LsblkRow): string {
  return text(row, 'kname') ?? text(row, 'name') ?? '';
}

function deviceOfRow(row: LsblkRow): string {
  return driveDevice(nameOf(row));
}

function isDisk(row: LsblkRow): boolean {
  const name = nameOf(row).replace(/^\/dev\//, '');
  if (text(row, 'type') !== 'disk' || name === '' || NO_DISK.test(name)) return false;
  // a card reader without a card, a virtual floppy without an image; a dead drive may have no size either, but does not come out by hand
  const empty = sizeOf(row) === 0;
  const loose = isTrue(row.get('rm')) || text(row, 'tran') === 'usb';
  return !(empty && (loose || isVirtualDisk(text(row, 'vendor'), text(row, 'model'))));
}

function isTrue(value: unknown): boolean | null {
  if (value === true || value === '1' || value === 1) return true;
  return value === false || value === '0' || value === 0 ? false : null;
}

/** To the byte with `-b`; else rounded to what lsblk prints, where `G` is GiB. */
function sizeOf(row: LsblkRow): number | null {
  const size = row.get('size');
  return typeof size === 'string' ? parseSize(size, { binary: true }) : asInt(size);
}

/** A drive that lsblk only knows by a device name is in the list of devices, not among the components. */
function driveOf(row: LsblkRow): SeenComponent | null {
  const vendor = text(row, 'vendor');
  const model = text(row, 'model');
  const wwn = wwnOf(text(row, 'wwn'));
  const serial = serialOf(row, wwn);
  if (serial === null && model === null && wwn === null) return null;
  const protocol = protocolOf(row, vendor);
  const virtual = isVirtualDisk(vendor, model) || protocol === 'virtio' || protocol === 'Xen';
  return seen('drive', {
    manufacturer: vendor === 'ATA' || vendor === 'NVMe' ? null : vendor,
    model,
    serial,
    firmware: firmwareOf(row, protocol),
    attributes: factsOf({
      device: deviceOfRow(row),
      protocol,
      capacityBytes: realSize(sizeOf(row)),
      logicalBlockBytes: realSize(asInt(row.get('log_sec'))),
      physicalBlockBytes: realSize(asInt(row.get('phy_sec'))),
      mediaType: virtual ? null : mediaTypeOf(row, protocol),
      wwn,
      virtual: virtual ? true : null,
    }),
  });
}

/** Older releases show the WWN as the serial number of SAS drives. */
function serialOf(row: LsblkRow, wwn: string | null): string | null {
  const serial = text(row, 'serial');
  if (serial === null) return null;
  const asWwn = wwnOf(serial);
  const isSas = /^0x[5-6][0-9a-f]{15}$/.test(asWwn ?? '') && text(row, 'tran') === 'sas';
  return asWwn !== null && (asWwn === wwn || isSas) ? null : serial;
}

function protocolOf(row: LsblkRow, vendor: string | null): string | null {
  const name = nameOf(row).replace(/^\/dev\//, '');
  const tran = text(row, 'tran')?.toLowerCase() ?? null;
  if (tran === 'sas' && vendor === 'ATA') return 'SATA'; // a SATA drive behind a SAS controller
  if (tran !== null) return PROTOCOLS[tran] ?? tran;
  if (/^nvme\d/.test(name)) return 'NVMe';
  if (/^vd[a-z]/.test(name)) return 'virtio';
  if (/^xvd[a-z]/.test(name)) return 'Xen';
  return /^mmcblk\d/.test(name) ? 'MMC' : null;
}

/** REV is the whole firmware of SAS and NVMe drives; of SATA drives it is the last four characters only. */
function firmwareOf(row: LsblkRow, protocol: string | null): string | null {
  return protocol === 'SAS' || protocol === 'NVMe' ? text(row, 'rev') : null;
}

/** The kernel takes everything for rotating that does not say otherwise, USB sticks and cards among them. */
function mediaTypeOf(row: LsblkRow, protocol: string | null): string | null {
  if (protocol === 'NVMe') return 'SSD';
  const rotates = isTrue(row.get('rota'));
  if (rotates === null || protocol === null || !['SATA', 'SAS', 'ATA'].includes(protocol)) return null;
  return rotates ? 'HDD' : 'SSD';
}
