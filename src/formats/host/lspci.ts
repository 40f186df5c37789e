import { seen } from '../json-facts.ts';
import { isLspci, readPciFunctions, type PciFunction, type PciLink } from './lspci-records.ts';
import { cardAddress, fullAddress } from './pci-address.ts';
import { pciKindOf } from './pci-kinds.ts';
import { splitVendor, vendorName } from './pci-vendors.ts';
import { addTo } from './slot-names.ts';
import { facts, named, said } from './words.ts';
import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** `lspci`, `-n`, `-nn`, `-v` to `-vvv`, `-vmm` with or without numbers. */
export const lspci: FileFormat = {
  id: 'lspci',
  title: 'lspci',
  recognises: (file) => isLspci(file.text()),
  read: (file) => [readLspci(file.text())],
};

function readLspci(text: string): FileReading {
  const reading = emptyReading('tools');
  const cards = new Map<string, PciFunction[]>();
  for (const one of readPciFunctions(text)) {
    const place = cardAddress(one.address);
    const functions = cards.get(place);
    if (functions === undefined) cards.set(place, [one]);
    else functions.push(one);
  }
  const bySerial = new Map<string, SeenComponent>();
  for (const [place, functions] of cards) {
    const card = cardOf(place, functions);
    if (card !== null && !joinTwin(bySerial, card)) reading.components.push(card);
  }
  return reading;
}

function cardOf(place: string, functions: PciFunction[]): SeenComponent | null {
  const serial = firstSaid(functions, (one) => said(one.vpd.serial));
  const maker = functions[0] === undefined ? null : vendorIdOf(functions[0]);
  // Chipset functions may stand under a slot number too, so those of the processor makers only count with a serial number.
  const slotted = functions.some((one) => one.physicalSlot !== null) && maker !== '8086' && maker !== '1022';
  const onCard = serial !== null || slotted;
  let kind: ComponentKind | null = null;
  let main: PciFunction | undefined;
  for (const one of functions) {
    const found = pciKindOf({ ...one, ...namesOf(one), onRootBus: place.startsWith('0000:00:') }, onCard);
    if (found === null || (kind !== null && (kind !== 'pcie-device' || found === 'pcie-device'))) continue;
    kind = found;
    main = one;
  }
  if (kind === null || main === undefined) return null;
  const { model, manufacturer } = partNames(main);
  return seen(kind, {
    slot: place,
    manufacturer,
    model: firstSaid(functions, (one) => named(one.vpd.product)) ?? model,
    partNumber: firstSaid(functions, (one) => named(one.vpd.partNumber)),
    serial,
    attributes: facts({
      pciAddress: place,
      functions: functions.length > 1 ? functions.map((one) => fullAddress(one.address)) : null,
      vendorId: hex(vendorIdOf(main)),
      deviceId: hex(main.device.id),
      subsystemVendorId: hex(main.subVendor.id),
      subsystemDeviceId: hex(main.subDevice.id),
      driver: main.driver,
      physicalSlot: firstSaid(functions, (one) => one.physicalSlot),
      label: firstSaid(functions, (one) => one.label),
      pcieGeneration: generationOf(main.capability),
      pcieLanes: main.capability.lanes,
      deviceSerialNumber: firstSaid(functions, (one) => one.deviceSerial),
    }),
    readings: facts({ pcieGeneration: generationOf(main.status), pcieLanes: main.status.lanes }),
  });
}

/** A card that sits at two addresses (Socket Direct, two chips behind a switch) shows the same serial and part number at both. */
function joinTwin(bySerial: Map<string, SeenComponent>, card: SeenComponent): boolean {
  if (card.serial === null) return false;
  const key = JSON.stringify([card.kind, card.serial, card.partNumber]);
  const twin = bySerial.get(key);
  if (twin === undefined) {
    bySerial.set(key, card);
    return false;
  }
  const addressesOf = (one: SeenComponent): unknown => one.attributes['functions'] ?? [one.attributes['pciAddress']];
  const own = addressesOf(twin);
  const further = addressesOf(card);
  for (const address of Array.isArray(own) ? own : []) addTo(twin.attributes, 'functions', String(address));
  for (const address of Array.isArray(further) ? further : []) addTo(twin.attributes, 'functions', String(address));
  return true;
}

function vendorIdOf(one: PciFunction): string | null {
  return one.vendor.id;
}

function namesOf(one: PciFunction): { names: string; vendorId: string | null } {
  const names = [one.vendor.name ?? vendorName(one.vendor.id) ?? '', one.device.name ?? ''].join(' ');
  return { names, vendorId: one.vendor.id };
}

/** `-vmm` prints the maker and the device apart; the other forms as one text, maker first. */
function partNames(one: PciFunction): { manufacturer: string | null; model: string | null } {
  if (one.vendor.name !== null) return { manufacturer: named(one.vendor.name), model: named(one.device.name) };
  return splitVendor(one.vendor.id, named(one.device.name));
}

function firstSaid(functions: PciFunction[], of: (one: PciFunction) => string | null): string | null {
  for (const one of functions) {
    const value = of(one);
    if (value !== null) return value;
  }
  return null;
}

function hex(id: string | null): string | null {
  return id === null ? null : `0x${id}`;
}

const GENERATIONS: Record<string, number> = { '2.5': 1, '5': 2, '8': 3, '16': 4, '32': 5, '64': 6 };

function generationOf(link: PciLink): number | null {
  return GENERATIONS[link.gigatransfers ?? ''] ?? null;
}
