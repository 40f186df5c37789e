import { type DmiRecord, type DmiTable, fieldOf, isDmidecode, readDmiTable } from './dmidecode-records.ts';
import { readDmiMemory } from './dmidecode-memory.ts';
import { readDmiBoards, readDmiPowerSupplies, readDmiProcessors, readDmiTpms } from './dmidecode-parts.ts';
import { facts, named, said } from './words.ts';
import { emptyReading, type FileFormat, type FileReading, type SourceFile } from '#src/ports/bundle-format.ts';

/** The text of `dmidecode`, whole or `-t N`, of all versions since 2.2. */
export const dmidecode: FileFormat = {
  id: 'dmidecode',
  title: 'dmidecode',
  recognises: (file) => isDmidecode(file.text()),
  read: readDmidecode,
};

function readDmidecode(file: SourceFile): FileReading[] {
  const table = readDmiTable(file.text());
  const reading = emptyReading('tools');
  reading.warnings.push(...table.faults);
  if (table.cutOff) {
    reading.warnings.push('The dump ends before its end-of-table mark; its last structure is left out.');
    // Half of it is missing, perhaps half of a serial number.
    table.records.pop();
  }
  const system = firstOf(table, 1);
  const bios = firstOf(table, 0);
  const biosVersion = named(fieldOf(bios, 'Version'));
  readEvidence(reading, table, system);
  const memory = readDmiMemory(table);
  const boards = readDmiBoards(table, biosVersion);
  const processors = readDmiProcessors(table);
  reading.components.push(...boards, ...processors, ...memory.dimms);
  reading.components.push(...readDmiPowerSupplies(table), ...readDmiTpms(table));
  if (table.whole && boards.length > 0) reading.scope.push('mainboard');
  if (table.whole && processors.length > 0) reading.scope.push('cpu');
  if (memory.complete) reading.scope.push('dimm');
  reading.system = facts({
    biosVendor: named(fieldOf(bios, 'Vendor')),
    biosVersion,
    biosDate: named(fieldOf(bios, 'Release Date', 'Release')),
    // HP and HPE: the version of the iLO. Others: of the embedded controller, which is not always the BMC.
    embeddedControllerFirmware: named(fieldOf(bios, 'Firmware Revision')),
    chassisSerial: said(fieldOf(firstOf(table, 3), 'Serial Number')),
    skuNumber: named(fieldOf(system, 'SKU Number')),
    family: named(fieldOf(system, 'Family')),
    ipmiVersion: named(fieldOf(firstOf(table, 38), 'Specification Version')),
    totalMemoryBytes: memory.complete ? totalOf(memory.dimms.map((dimm) => dimm.attributes['capacityBytes'])) : null,
    processorCount: table.whole && processors.length > 0 ? processors.length : null,
  });
  return [reading];
}

function readEvidence(reading: FileReading, table: DmiTable, system: DmiRecord): void {
  const { host } = reading;
  const board = firstOf(table, 2);
  host.manufacturer = named(fieldOf(system, 'Manufacturer', 'Vendor'));
  host.model = named(fieldOf(system, 'Product Name', 'Product'));
  host.productSerial = said(fieldOf(system, 'Serial Number'));
  host.boardSerial = said(fieldOf(board, 'Serial Number'));
  host.systemUuid = uuidOf(fieldOf(system, 'UUID'));
  host.assetTag = said(fieldOf(firstOf(table, 3), 'Asset Tag')) ?? said(fieldOf(board, 'Asset Tag'));
  const serials = table.records.filter((one) => one.type === 1).map((one) => said(fieldOf(one, 'Serial Number')));
  if (new Set(serials).size > 1)
    reading.warnings.push('The file holds dumps of several machines; only the first one says whose parts these are.');
}

/** Before 2.11 dmidecode printed "Not Settable" and "Not Present" here. */
function uuidOf(text: string | null): string | null {
  const uuid = said(text);
  return uuid === null || /^not settable$/i.test(uuid) ? null : uuid;
}

function totalOf(sizes: unknown[]): number | null {
  let total = 0;
  for (const size of sizes) {
    if (typeof size !== 'number') return null;
    total += size;
  }
  return total === 0 ? null : total;
}

/** An empty record where the table has none of the type, so that reading it says nothing. */
function firstOf(table: DmiTable, type: number): DmiRecord {
  return table.records.find((one) => one.type === type) ?? { handle: '', type, title: '', fields: new Map() };
}
