import type { SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { named, said } from '../host/words.ts';
import { asRecord, asText, seen } from '../json-facts.ts';

export interface Hardware {
  id: string | null;
  name: string | null;
  type: string | null;
  place: string | null;
  serial: string | null;
  partNumber: string | null;
  model: string | null;
  manufacturer: string | null;
  /** A board of which a component was tested: its serial is the board's. */
  within: boolean;
}

/** The specification writes `location` and `serialNumber`; the older dialect has both in `fruLocation`. */
export function hardwareOf(value: unknown): Hardware {
  const one = asRecord(value);
  const fru = asRecord(one['fruLocation']);
  const inner = asText(asRecord(one['componentLocation'])['devpath']);
  return {
    id: asText(one['hardwareInfoId']),
    name: named(asText(one['name'])),
    type: asText(one['partType']),
    place: asText(one['location']) ?? asText(fru['devpath']) ?? asText(one['odataId']),
    serial: said(asText(one['serialNumber']) ?? asText(fru['serialNumber'])),
    partNumber: named(asText(one['partNumber'])),
    model: named(asText(one['manufacturerPartNumber']) ?? asText(one['mfgPartNumber'])),
    manufacturer: named(asText(one['manufacturer'])),
    within: inner !== null,
  };
}

export function partsOf(all: readonly Hardware[]): { parts: SeenComponent[]; warnings: string[] } {
  const parts: SeenComponent[] = [];
  const used = new Set<string>();
  let unknown = 0;
  for (const one of all) {
    const kind = kindOf(one);
    if (kind === null && one.serial !== null) unknown += 1;
    // An empty slot is listed without a serial and place; sensors have a place only
    if (kind === null || one.within || (one.serial === null && (kind !== 'cpu' || one.place === null))) continue;
    const key = `${kind} ${one.place ?? one.serial ?? ''}`;
    // A test of cores lists its CPU once per core
    if (used.has(key)) continue;
    used.add(key);
    parts.push(
      seen(kind, {
        slot: one.place,
        manufacturer: one.manufacturer,
        model: one.model ?? (kind === 'dimm' ? one.partNumber : null),
        partNumber: one.partNumber,
        serial: one.serial,
      }),
    );
  }
  const warnings = unknown === 0 ? [] : [`${unknown} parts with a serial number are of no kind that is known here.`];
  return { parts, warnings };
}

const TYPES: Partial<Record<string, ComponentKind>> = {
  dimm: 'dimm',
  memory: 'dimm',
  cpu: 'cpu',
  processor: 'cpu',
  nic: 'nic',
  network: 'nic',
  gpu: 'gpu',
  psu: 'psu',
  fan: 'fan',
  bmc: 'bmc',
  ssd: 'drive',
  hdd: 'drive',
  nvme: 'drive',
  drive: 'drive',
  disk: 'drive',
  motherboard: 'mainboard',
  mainboard: 'mainboard',
};

/** By its type; without one by the place, where that names a socket for nothing else (`/phys/DIMM6`). */
function kindOf(one: Hardware): ComponentKind | null {
  const type = TYPES[one.type?.toLowerCase() ?? ''];
  if (type !== undefined) return type;
  if (one.type !== null) return null;
  const socket = /(?:^|\/)(DIMM|CPU)[_ ]?[A-Z]?\d{1,3}$/i.exec(one.place ?? '')?.[1];
  return socket === undefined ? null : (TYPES[socket.toLowerCase()] ?? null);
}
