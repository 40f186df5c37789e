import { seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { type DmiRecord, type DmiTable, fieldOf } from './dmidecode-records.ts';
import { counted } from './slot-names.ts';
import { facts, leadingCount, named, said, spaced } from './words.ts';
import type { SeenComponent } from '#src/ports/bundle-format.ts';

export interface DmiMemory {
  dimms: SeenComponent[];
  /** Every place that the arrays have is listed, taken or empty. */
  complete: boolean;
}

/** The flash that holds the firmware, and memory that is part of a processor or an accelerator. */
const NO_MODULE = /^(?:Flash|ROM|EPROM|EEPROM|FEPROM|HBM)/i;

export function readDmiMemory(table: DmiTable): DmiMemory {
  const arrays = table.records.filter((one) => one.type === 16);
  const systemArrays = arrays.filter((one) => /^System Memory$/i.test(fieldOf(one, 'Use') ?? 'System Memory'));
  const foreign = new Set(arrays.filter((one) => !systemArrays.includes(one)).map((one) => one.handle));
  const devices = table.records.filter((one) => one.type === 17 && !foreign.has(arrayOf(one)));
  const announced = systemArrays.reduce((sum, one) => sum + (leadingCount(fieldOf(one, 'Number Of Devices')) ?? 0), 0);
  const ecc = new Map(arrays.map((one) => [one.handle, fieldOf(one, 'Error Correction Type') ?? '']));
  const slots = slotsOf(devices);
  const dimms: SeenComponent[] = [];
  for (const device of devices) {
    const dimm = readModule(device, slots.get(device) ?? null, ecc.get(arrayOf(device)) ?? '');
    if (dimm !== null) dimms.push(dimm);
  }
  return { dimms, complete: table.whole && announced > 0 && devices.length >= announced };
}

function arrayOf(device: DmiRecord): string {
  return `0x${(fieldOf(device, 'Array Handle') ?? '').replace(/^0x/i, '').toUpperCase()}`;
}

/**
 * The locator, with the bank before it where several places share it (`NODE 1 DIMM 1` on boards that print `DIMM 1` per channel), and the
 * handle where even that is not enough. Empty places take part, so that nobody's name changes when a neighbour is pulled.
 */
function slotsOf(devices: DmiRecord[]): Map<DmiRecord, string | null> {
  const locator = (one: DmiRecord): string | null => named(fieldOf(one, 'Locator'));
  const banked = (one: DmiRecord): string | null =>
    spaced([named(fieldOf(one, 'Bank Locator')), locator(one)].filter((part) => part !== null).join(' '));
  const locators = counted(devices.map(locator));
  const withBank = counted(devices.map(banked));
  return new Map(
    devices.map((one) => {
      const short = locator(one);
      const long = banked(one);
      if (short !== null && locators.get(short) === 1) return [one, short];
      if (long !== null && withBank.get(long) === 1) return [one, long];
      return [one, spaced(`${long ?? ''} (${one.handle})`)];
    }),
  );
}

function readModule(device: DmiRecord, slot: string | null, correction: string): SeenComponent | null {
  const size = fieldOf(device, 'Size', 'Current Size') ?? '';
  const type = named(fieldOf(device, 'Type'));
  if (/not? (?:module )?installed/i.test(size) || /^0\b/.test(size) || NO_MODULE.test(type ?? '')) return null;
  const capacityBytes = parseSize(size, { binary: true });
  const manufacturer = named(fieldOf(device, 'Manufacturer'));
  const serial = said(fieldOf(device, 'Serial Number'));
  const partNumber = named(fieldOf(device, 'Part Number'));
  // A size that the firmware does not know, and nothing else said: the place is empty (ESX, old Windows).
  if (capacityBytes === null && named(serial) === null && partNumber === null) return null;
  const technology = named(fieldOf(device, 'Memory Technology'));
  const persistent = technology !== null && !/^DRAM$/i.test(technology);
  return seen('dimm', {
    slot,
    manufacturer,
    partNumber,
    serial,
    // For DRAM the field holds the part number again, or zeros.
    firmware: persistent ? named(fieldOf(device, 'Firmware Version')) : null,
    attributes: facts({
      capacityBytes,
      type,
      moduleType: moduleTypeOf(fieldOf(device, 'Type Detail') ?? ''),
      formFactor: named(fieldOf(device, 'Form Factor')),
      rank: leadingCount(fieldOf(device, 'Rank')),
      ratedSpeedMts: leadingCount(fieldOf(device, 'Speed', 'Current Speed')),
      speedMts: leadingCount(fieldOf(device, 'Configured Memory Speed', 'Configured Clock Speed')),
      ecc: eccOf(device, correction),
      technology: persistent ? technology : null,
    }),
  });
}

export function moduleTypeOf(detail: string): string | null {
  if (/\bLRDIMM\b/i.test(detail)) return 'LRDIMM';
  if (/\bUnbuffered\b/i.test(detail)) return 'UDIMM';
  return /\bRegistered \(Buffered\)/i.test(detail) ? 'RDIMM' : null;
}

/** More lines than data: the rest carries check bits. Equal widths are only believed where the board does not correct either. */
function eccOf(device: DmiRecord, correction: string): boolean | null {
  const total = leadingCount(fieldOf(device, 'Total Width'));
  const data = leadingCount(fieldOf(device, 'Data Width'));
  if (total === null || data === null) return null;
  if (total > data) return true;
  return total === data && /^None$/i.test(correction) ? false : null;
}
