import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { fullAddress, parsePciAddress } from '../host/pci-address.ts';
import { facts, keyAndValue, leadingCount, leadingNumber, named, said, spaced, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { wwnOf } from '../drives/drive-words.ts';
import { makerOf } from './drive-sizes.ts';

const CONTROLLER = /^(\S.{0,100}?) in Slot (\d{1,3})\b/;
const SERIAL = /\(sn: ([^)]{1,40})\)/;
/** The key has colons of its own. */
const PCI_ADDRESS = /^PCI Address \([^)]{0,60}\): (\S{1,20})$/;
const DRIVE = /^physicaldrive (\S{1,20})(?: \((.{1,120})\))?$/;

/** ssacli, hpssacli and hpacucli: `ctrl all show config detail`, `ctrl slot=N pd all show detail` and the short forms. */
export const ssacli: FileFormat = {
  id: 'ssacli',
  title: 'ssacli or hpacucli',
  recognises: (file) =>
    /^\S.{0,100}? in Slot \d{1,3}\b/m.test(file.text()) &&
    /^ {1,20}physicaldrive |\(sn: |^ {1,6}(?:Controller Status|Bus Interface):/m.test(file.text()),
  read: (file) => [readSmartArray(file.text())],
};

interface Block {
  fields: Map<string, string>;
}

interface Controller extends Block {
  model: string;
  slot: string;
  serial: string | null;
  drives: Map<string, Block & { summary: string | null }>;
}

function readSmartArray(text: string): FileReading {
  const reading = emptyReading('tools');
  const controllers = controllersOf(text);
  for (const one of controllers.values()) {
    reading.components.push(controller(one));
    const battery = batteryOf(one);
    if (battery !== null) reading.components.push(battery);
    const used = new Set<string>();
    for (const [name, found] of one.drives) {
      const part = drive(one.slot, name, found);
      if (!used.has(part.slot ?? '')) reading.components.push(part);
      used.add(part.slot ?? '');
    }
  }
  return reading;
}

/** Blocks are told apart by their first lines; a line with a key belongs to the block that was opened last. */
function controllersOf(text: string): Map<string, Controller> {
  const controllers = new Map<string, Controller>();
  let current: Controller | undefined;
  let block: Block | null = null;
  for (const line of wholeLinesOf(text)) {
    const head = CONTROLLER.exec(line);
    if (head !== null) {
      const slot = head[2] ?? '';
      const serial = SERIAL.exec(line)?.[1] ?? null;
      current = controllers.get(slot) ?? { model: head[1] ?? '', slot, serial, fields: new Map(), drives: new Map() };
      current.serial ??= serial;
      controllers.set(slot, current);
      block = current;
      continue;
    }
    if (current === undefined) continue;
    const words = line.trim();
    const disk = DRIVE.exec(words);
    if (disk !== null) {
      const name = disk[1] ?? '';
      const known = current.drives.get(name) ?? { fields: new Map<string, string>(), summary: null };
      known.summary ??= disk[2] ?? null;
      current.drives.set(name, known);
      // A line with brackets only counts the drive among an array's
      block = disk[2] === undefined ? known : null;
      continue;
    }
    const address = PCI_ADDRESS.exec(words)?.[1];
    const pair = address === undefined ? keyAndValue(words) : { key: 'PCI Address', value: address };
    // An indented line without a value after it opens a block of something else: a port, an enclosure, an array
    if (pair === null || /^(?:Array|Logical Drive|Port Name|Mirror Group|Parity Group)\b/.test(pair.key))
      block = words === '' ? block : null;
    else if (block !== null && !block.fields.has(pair.key)) block.fields.set(pair.key, pair.value);
  }
  return controllers;
}

function statusHealth(status: string | null): string | null {
  if (status === 'OK') return 'OK';
  if (/Predictive|Degraded|Warning|Recharging/i.test(status ?? '')) return 'Warning';
  return /Fail|Error|Missing|Erase/i.test(status ?? '') ? 'Critical' : null;
}

function controller({ model, slot, serial, fields }: Controller): SeenComponent {
  const address = parsePciAddress(fields.get('PCI Address'));
  const pci = address === null ? null : fullAddress(address);
  return seen('storage-controller', {
    slot: pci ?? `Slot ${slot}`,
    manufacturer: 'HP',
    model: spaced(model),
    serial: said(fields.get('Serial Number')) ?? serial?.trim() ?? null,
    firmware: said(fields.get('Firmware Version')),
    health: statusHealth(fields.get('Controller Status') ?? null),
    attributes: facts({
      pciAddress: pci,
      driver: said(fields.get('Driver Name')),
      smartArraySlot: slot,
      cacheSerial: said(fields.get('Cache Serial Number')),
    }),
    readings: facts({ temperatureCelsius: leadingNumber(fields.get('Controller Temperature (C)')) }),
  });
}

function batteryOf({ slot, fields }: Controller): SeenComponent | null {
  if ((leadingCount(fields.get('Battery/Capacitor Count')) ?? 0) === 0) return null;
  return seen('battery', {
    slot: `Slot ${slot}/battery`,
    model: named(fields.get('Cache Backup Power Source')),
    health: statusHealth(fields.get('Battery/Capacitor Status') ?? null),
  });
}

function drive(
  controllerSlot: string,
  name: string,
  { fields, summary }: Block & { summary: string | null },
): SeenComponent {
  // E200 and older name it by box and bay only, but tell the port
  const place = [fields.get('Port'), fields.get('Box'), fields.get('Bay')];
  const path = place.every((one) => one !== undefined && one !== '') ? place.join(':') : name;
  // '(port 1I:box 1:bay 1, SATA SSD, 1.9 TB, OK)'
  const [, type = null, size = null, state = null] = summary?.split(',').map((one) => one.trim()) ?? [];
  const transport = said(fields.get('Interface Type')) ?? type;
  const rpm = leadingCount(fields.get('Rotational Speed'));
  const vendor = (fields.get('Model') ?? '').slice(0, 8);
  const model = (fields.get('Model') ?? '').slice(8);
  const blocks = /^(\d{3,5})\/(\d{3,5})$/.exec(fields.get('Logical/Physical Block Size') ?? '');
  return seen('drive', {
    slot: `Slot ${controllerSlot}/${path}`,
    manufacturer: makerOf(named(vendor)),
    model: named(model),
    serial: said(fields.get('Serial Number')),
    // 'HPD5 (FW update is recommended to minimum version: HPDA)'
    firmware: said((fields.get('Firmware Revision') ?? '').split('(')[0]),
    health: statusHealth(fields.get('Status') ?? state),
    attributes: facts<string | number>({
      approximateCapacityBytes: parseSize(fields.get('Size') ?? size ?? ''),
      logicalBlockBytes: blocks === null ? null : Number(blocks[1]),
      physicalBlockBytes: blocks === null ? null : Number(blocks[2]),
      protocol: /\b(?:SATA|SAS|NVMe)\b/.exec(transport ?? '')?.[0] ?? null,
      mediaType: mediaOf(transport, rpm),
      rotationRpm: rpm,
      wwn: wwnOf(fields.get('WWID') ?? null),
    }),
    readings: facts({ temperatureCelsius: leadingNumber(fields.get('Current Temperature (C)')) }),
  });
}

function mediaOf(transport: string | null, rpm: number | null): string | null {
  if (/Solid State|SSD/.test(transport ?? '')) return 'SSD';
  return rpm !== null || /HDD/.test(transport ?? '') ? 'HDD' : null;
}
