import { asInt, asList, asText, seen } from '../json-facts.ts';
import { normalizeMac } from '#src/core/mac.ts';
import { isLogicalVolume } from './logical-volume.ts';
import { cardAddress, parsePciAddress } from './pci-address.ts';
import { pythonTuples } from './python-tuples.ts';
import { addTo, counted } from './slot-names.ts';
import { facts, named, said } from './words.ts';
import {
  emptyReading,
  type FileFormat,
  type FileReading,
  type SeenComponent,
  type SourceFile,
} from '#src/ports/bundle-format.ts';

/** What OpenStack's `hardware-detect` collects: `('memory', 'bank:0:0', 'size', '17179869184')`, as Python or as JSON. */
export const pythonHardware: FileFormat = {
  id: 'python-hardware',
  title: 'python-hardware (hardware-detect, .hw_)',
  recognises: (file) => isHardware(file),
  read: (file) => [readHardware(tuplesOf(file))],
};

const START =
  /^\s{0,8}\[\s{0,8}[([]\s{0,8}[uU]?["'](?:disk|system|memory|cpu|network|firmware|hpa|ipmi|boot|infiniband|pci)["'],/;

function isHardware(file: SourceFile): boolean {
  return START.test(file.text().slice(0, 400));
}

function tuplesOf(file: SourceFile): string[][] {
  const parsed = file.json();
  if (!Array.isArray(parsed)) return pythonTuples(file.text());
  return parsed.map((one) => asList(one).map((part) => asText(part) ?? ''));
}

type Facts = Map<string, string>;

function readHardware(tuples: string[][]): FileReading {
  const groups = new Map<string, Map<string, Facts>>();
  for (const [group = '', item = '', name = '', value = ''] of tuples) {
    const items = groups.get(group) ?? new Map<string, Facts>();
    const all: Facts = items.get(item) ?? new Map<string, string>();
    groups.set(group, items.set(item, all.set(name, value)));
  }
  const itemsOf = (group: string): [string, Facts][] => [...(groups.get(group) ?? [])];
  const system = groups.get('system');
  const product: Facts = system?.get('product') ?? new Map<string, string>();
  const board: Facts = system?.get('motherboard') ?? new Map<string, string>();
  const bios = groups.get('firmware')?.get('bios');
  const biosVersion = named(bios?.get('version'));
  const reading = emptyReading('tools');
  const { host } = reading;
  host.manufacturer = named(product.get('vendor'));
  host.model = named((product.get('name') ?? '').replace(/ \([^()]*\)$/, ''));
  host.productSerial = said(product.get('serial'));
  host.boardSerial = said(board.get('serial'));
  host.systemUuid = said(product.get('uuid'));
  const processors = itemsOf('cpu').filter(([item]) => /^physical_\d+$/.test(item));
  reading.system = facts<string | number>({
    biosVendor: named(bios?.get('vendor')),
    biosVersion,
    biosDate: named(bios?.get('date')),
    processorModel: named(processors[0]?.[1].get('product')),
    processorCount: asInt(groups.get('cpu')?.get('physical')?.get('number')),
    totalMemoryBytes: asInt(groups.get('memory')?.get('total')?.get('size')),
  });
  if (board.has('serial') || board.has('name'))
    reading.components.push(
      seen('mainboard', {
        slot: 'System Board',
        manufacturer: named(board.get('vendor')),
        model: named(board.get('name')),
        serial: host.boardSerial,
        firmware: biosVersion,
      }),
    );
  reading.components.push(
    ...uniquePlaces(
      itemsOf('memory')
        .map(([item, all]) => dimmOf(item, all))
        .filter((one) => one !== null),
    ),
  );
  reading.components.push(
    ...itemsOf('disk')
      .map(([item, all]) => driveOf(item, all))
      .filter((one) => one !== null),
  );
  reading.components.push(...cardsOf(itemsOf('network')));
  return reading;
}

function dimmOf(item: string, all: Facts): SeenComponent | null {
  const description = all.get('description') ?? '';
  const capacityBytes = asInt(all.get('size'));
  if (!/^bank\b/.test(item) || capacityBytes === null || /\[empty\]|^FLASH/i.test(description)) return null;
  const clock = asInt(all.get('clock'));
  return seen('dimm', {
    slot: named(all.get('slot')) ?? item,
    manufacturer: named(all.get('vendor')),
    partNumber: named(all.get('product')),
    serial: said(all.get('serial')),
    attributes: facts<string | number>({
      capacityBytes,
      type: /\b(?:LP)?DDR[2-6]?\b/.exec(description)?.[0] ?? null,
      ratedSpeedMts: clock === null ? null : Math.round(clock / 1_000_000),
    }),
  });
}

/** Boards that call all their places `DIMM 0` cannot be told apart here. */
function uniquePlaces(dimms: SeenComponent[]): SeenComponent[] {
  const places = counted(dimms.map((dimm) => dimm.slot));
  for (const dimm of dimms) if (dimm.slot !== null && places.get(dimm.slot) !== 1) dimm.slot = null;
  return dimms;
}

/** The sizes are rounded to gigabytes, so they are no capacity. Only with a serial is it known which drive it is. */
function driveOf(item: string, all: Facts): SeenComponent | null {
  const serial = said(all.get('serial')) ?? said(all.get('SMART/serial_number'));
  const model = named(all.get('model'));
  const vendor = named(all.get('vendor'));
  const manufacturer = vendor === 'ATA' ? null : vendor;
  if (serial === null || isLogicalVolume(manufacturer, model)) return null;
  const isDevice = /^(?:sd[a-z]{1,3}|nvme\d{1,3}n\d{1,3}|hd[a-z])$/.test(item);
  return seen('drive', {
    manufacturer,
    model,
    serial,
    // Of an ATA drive the kernel's revision is the end of the firmware only
    firmware: (vendor === 'ATA' ? null : named(all.get('rev'))) ?? named(all.get('fw')),
    attributes: facts({ device: isDevice ? `/dev/${item}` : null }),
  });
}

function cardsOf(interfaces: [string, Facts][]): SeenComponent[] {
  const cards = new Map<string, SeenComponent>();
  for (const [name, all] of interfaces) {
    const address = parsePciAddress(all.get('businfo'));
    if (address === null) continue;
    const place = cardAddress(address);
    const card =
      cards.get(place) ??
      seen('nic', {
        slot: place,
        manufacturer: named(all.get('vendor')),
        model: named(all.get('product')),
        firmware: named(all.get('firmware')),
        attributes: facts({ pciAddress: place, device: name, driver: named(all.get('driver')) }),
      });
    cards.set(place, card);
    const mac = normalizeMac(all.get('serial') ?? '');
    if (mac !== undefined) addTo(card.attributes, 'macAddresses', mac);
  }
  return [...cards.values()];
}
