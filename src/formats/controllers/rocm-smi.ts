import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { fullAddress, parsePciAddress } from '../host/pci-address.ts';
import { facts, leadingNumber, named, said } from '../host/words.ts';
import { asInt, asRecord, asText, seen } from '../json-facts.ts';

/** `rocm-smi --json` with any of its show options. */
export const rocmSmi: FileFormat = {
  id: 'rocm-smi-json',
  title: 'rocm-smi --json',
  recognises(file) {
    if (!/"card\d{1,3}"/.test(file.text().slice(0, 64 * 1024))) return false;
    return Object.entries(asRecord(file.json())).some(
      ([name, card]) => /^card\d{1,3}$/.test(name) && MARKS.some((mark) => mark in asRecord(card)),
    );
  },
  read: (file) => [readCards(asRecord(file.json()))],
};

const MARKS = [
  'GPU ID',
  'Device ID',
  'PCI Bus',
  'Unique ID',
  'Serial Number',
  'VBIOS version',
  'Card series',
  'Card Series',
];

function readCards(document: Record<string, unknown>): FileReading {
  const reading = emptyReading('tools');
  reading.system = facts({ amdgpuDriver: said(asText(asRecord(document['system'])['Driver version'])) });
  const used = new Set<string>();
  for (const [name, value] of Object.entries(document)) {
    if (!/^card\d{1,3}$/.test(name)) continue;
    const part = card(asRecord(value));
    if (part.slot !== null && used.has(part.slot)) continue;
    used.add(part.slot ?? '');
    if (part.slot === null) part.attributes['device'] = name;
    reading.components.push(part);
  }
  return reading;
}

function card(one: Record<string, unknown>): SeenComponent {
  const text = (...names: string[]): string | null => {
    for (const name of names) {
      const value = named(asText(one[name]));
      if (value !== null) return value;
    }
    return null;
  };
  const address = parsePciAddress(text('PCI Bus'));
  // Where the library lacks the card's name, the vendor's number stands in its place
  const name = text('Card series', 'Card Series');
  const vendor = text('Card vendor', 'Card Vendor');
  const id = (value: string | null): string | null => (/^0x[0-9a-f]{1,4}$/i.test(value ?? '') ? value : null);
  const hex = (value: string | null): string | null =>
    value === null ? null : `0x${value.slice(2).toLowerCase().padStart(4, '0')}`;
  return seen('gpu', {
    slot: address === null ? null : fullAddress(address),
    manufacturer: vendor === null || id(vendor) !== null ? 'AMD' : vendor,
    model: id(name) === null ? name : null,
    partNumber: text('Card SKU'),
    serial: said(asText(one['Serial Number'])),
    firmware: text('VBIOS version'),
    attributes: facts<string | number>({
      vbios: text('VBIOS version'),
      uniqueId: text('Unique ID'),
      capacityBytes: asInt(one['VRAM Total Memory (B)']),
      memoryVendor: text('GPU memory vendor'),
      vendorId: '0x1002',
      deviceId: hex(id(text('GPU ID', 'Device ID'))),
    }),
    readings: facts({
      temperatureCelsius: leadingNumber(asText(one['Temperature (Sensor junction) (C)'])),
      pcieReplays: asInt(one['PCIe Replay Count']),
    }),
  });
}
