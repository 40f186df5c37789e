import { asInt, seen } from '../json-facts.ts';
import { isLogicalVolume } from './logical-volume.ts';
import type { LshwNode, Placed } from './lshw-node.ts';
import { cardAddress, parsePciAddress } from './pci-address.ts';
import { facts, named, said } from './words.ts';
import type { SeenComponent } from '#src/ports/bundle-format.ts';

/**
 * Drives with a serial number. The rest is what RAID controllers, BMCs and card readers make up, or what other tools say better: without a
 * serial and under a name that the next boot may give to another, it tells nobody anything.
 */
export function readLshwDrives(nodes: readonly Placed[]): SeenComponent[] {
  const drives: SeenComponent[] = [];
  for (const { node, parent } of nodes) {
    const drive = isNvmeController(node) ? nvmeDriveOf(node) : diskOf(node, parent);
    if (drive !== null) drives.push(drive);
  }
  return drives;
}

export function isNvmeController(node: LshwNode): boolean {
  return (
    node.class === 'storage' &&
    (node.settings.get('driver') === 'nvme' ||
      /^(?:NVMe device|Non-Volatile memory)/i.test(node.values.get('description') ?? ''))
  );
}

function nvmeDriveOf(node: LshwNode): SeenComponent | null {
  const serial = said(node.values.get('serial'));
  if (serial === null) return null;
  const address = parsePciAddress(node.values.get('businfo'));
  const spaces = node.children.filter((child) => child.class === 'disk');
  const pciAddress = address === null ? null : cardAddress(address);
  return seen('drive', {
    slot: pciAddress,
    manufacturer: named(node.values.get('vendor')),
    model: named(node.values.get('product')),
    serial,
    firmware: named(node.values.get('version')),
    attributes: facts({
      // A drive may be cut into several namespaces, which need not fill it.
      capacityBytes: spaces.length === 1 ? asInt(spaces[0]?.values.get('size')) : null,
      mediaType: 'SSD',
      protocol: 'NVMe',
      device: spaces.length === 1 ? (spaces[0]?.logicalNames[0] ?? null) : (node.logicalNames[0] ?? null),
      pciAddress,
      wwn: spaces.length === 1 ? (spaces[0]?.settings.get('wwid') ?? null) : null,
    }),
  });
}

function diskOf(node: LshwNode, parent: LshwNode | null): SeenComponent | null {
  const serial = said(node.values.get('serial'));
  if (node.class !== 'disk' || !/^disk\b/.test(node.id) || serial === null) return null;
  const description = node.values.get('description') ?? '';
  const model = named(node.values.get('product'));
  const vendor = named(node.values.get('vendor'));
  const manufacturer = vendor === null || /^ATA$/i.test(vendor) ? null : vendor;
  const overUsb = /^usb\b/.test(parent?.id ?? '');
  if (model === null || overUsb || isLogicalVolume(manufacturer, model) || /CD-ROM|DVD|tape/i.test(description))
    return null;
  // The kernel shows an ATA drive as a SCSI one, whose version has room for the last four characters of the firmware only
  const isAta = description === 'ATA Disk';
  const blockBytes = asInt(node.settings.get('logicalsectorsize'));
  return seen('drive', {
    manufacturer,
    model,
    serial,
    firmware: isAta ? null : named(node.values.get('version')),
    attributes: facts({
      capacityBytes: asInt(node.values.get('size')),
      logicalBlockBytes: blockBytes,
      physicalBlockBytes: blockBytes === null ? null : asInt(node.settings.get('sectorsize')),
      protocol: isAta ? 'SATA' : null,
      rotationRpm: rotationOf(node),
      device: node.logicalNames[0] ?? null,
    }),
  });
}

function rotationOf(node: LshwNode): number | null {
  for (const capability of node.capabilities) {
    const rpm = /^(\d{4,5})rpm$/.exec(capability)?.[1];
    if (rpm !== undefined) return Number(rpm);
  }
  return null;
}
