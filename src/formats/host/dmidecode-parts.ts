import { seen } from '../json-facts.ts';
import { type DmiRecord, type DmiTable, fieldOf } from './dmidecode-records.ts';
import { counted, placeOrHandle } from './slot-names.ts';
import { facts, leadingCount, named, said } from './words.ts';
import type { SeenComponent } from '#src/ports/bundle-format.ts';

/** The Redfish adapter calls the place of the board the same. */
export const BOARD_SLOT = 'System Board';

/** Boards; a machine of several chained chassis shows one each. Risers and memory boards are no mainboard. */
export function readDmiBoards(table: DmiTable, biosVersion: string | null): SeenComponent[] {
  const boards = table.records.filter(
    (one) => one.type === 2 && !/Switch|Module|Daughter|Interconnect/i.test(fieldOf(one, 'Type') ?? ''),
  );
  return boards.map((board, index) =>
    seen('mainboard', {
      slot: index === 0 ? BOARD_SLOT : `${BOARD_SLOT} ${index + 1}`,
      manufacturer: named(fieldOf(board, 'Manufacturer', 'Vendor')),
      model: named(fieldOf(board, 'Product Name', 'Product')),
      serial: said(fieldOf(board, 'Serial Number')),
      firmware: biosVersion,
      attributes: facts({ revision: named(fieldOf(board, 'Version')) }),
    }),
  );
}

export function readDmiProcessors(table: DmiTable): SeenComponent[] {
  const sockets = table.records.filter(
    (one) =>
      one.type === 4 && /^Central Processor$/i.test(fieldOf(one, 'Type', 'Processor Type') ?? 'Central Processor'),
  );
  const places = counted(sockets.map(socketNameOf));
  const processors: SeenComponent[] = [];
  for (const socket of sockets) {
    if (!isPopulated(socket)) continue;
    processors.push(
      seen('cpu', {
        slot: placeOrHandle(socketNameOf(socket), places, socket.handle, 'CPU'),
        manufacturer: named(fieldOf(socket, 'Manufacturer', 'Processor Manufacturer')),
        model: named(fieldOf(socket, 'Version', 'Processor Version')),
        partNumber: named(fieldOf(socket, 'Part Number')),
        serial: said(fieldOf(socket, 'Serial Number')),
        attributes: facts({
          cores: leadingCount(fieldOf(socket, 'Core Count')),
          threads: leadingCount(fieldOf(socket, 'Thread Count')),
          maxSpeedMhz: leadingCount(fieldOf(socket, 'Max Speed')),
        }),
      }),
    );
  }
  return processors;
}

function socketNameOf(socket: DmiRecord): string | null {
  return named(fieldOf(socket, 'Socket Designation'));
}

function isPopulated(socket: DmiRecord): boolean {
  const status = fieldOf(socket, 'Status');
  if (status !== null) return /^Populated/i.test(status);
  // Versions before 2.2 print no status: an empty socket is one whose processor is a row of zeros.
  const version = fieldOf(socket, 'Version', 'Processor Version') ?? '';
  return /[1-9A-Za-z]/.test(version);
}

export function readDmiPowerSupplies(table: DmiTable): SeenComponent[] {
  const supplies = table.records.filter((one) => one.type === 39);
  const places = counted(supplies.map(supplyPlaceOf));
  const found: SeenComponent[] = [];
  for (const supply of supplies) {
    const manufacturer = named(fieldOf(supply, 'Manufacturer'));
    const partNumber = named(fieldOf(supply, 'Model Part Number'));
    const serial = said(fieldOf(supply, 'Serial Number'));
    const status = fieldOf(supply, 'Status') ?? '';
    const told = named(serial) !== null || manufacturer !== null || partNumber !== null;
    // Desktop boards describe a supply that they know nothing of; without a status the record was cut off, and the bay may be empty.
    if (!/^Present/i.test(status) || !told) continue;
    const place = supplyPlaceOf(supply);
    const name = named(fieldOf(supply, 'Name'));
    found.push(
      seen('psu', {
        slot: place !== null && places.get(place) === 1 ? place : null,
        manufacturer,
        model: name === place ? null : name,
        partNumber,
        serial,
        health: supplyHealthOf(status),
        attributes: facts({
          powerWatts: leadingCount(fieldOf(supply, 'Max Power Capacity')),
          revision: named(fieldOf(supply, 'Revision')),
        }),
      }),
    );
  }
  return found;
}

/** HP writes the place into the name ("Power Supply 1"), Dell the model, and no place at all. */
function supplyPlaceOf(supply: DmiRecord): string | null {
  const location = named(fieldOf(supply, 'Location'));
  if (location !== null) return location;
  const name = named(fieldOf(supply, 'Name'));
  return name !== null && /^(?:Power Supply|PSU|PS)[ #]?\d{1,2}$/i.test(name) ? name : null;
}

function supplyHealthOf(status: string): string | null {
  if (/, OK$/i.test(status)) return 'OK';
  if (/, Non-critical$/i.test(status)) return 'Warning';
  return /, Critical$/i.test(status) ? 'Critical' : null;
}

export function readDmiTpms(table: DmiTable): SeenComponent[] {
  return table.records
    .filter((one) => one.type === 43)
    .map((tpm, index) =>
      seen('tpm', {
        slot: index === 0 ? 'TPM' : `TPM ${index + 1}`,
        manufacturer: named(fieldOf(tpm, 'Vendor ID')),
        model: named(fieldOf(tpm, 'Description')),
        firmware: named(fieldOf(tpm, 'Firmware Revision')),
        attributes: facts({ specification: named(fieldOf(tpm, 'Specification Version')) }),
      }),
    );
}
