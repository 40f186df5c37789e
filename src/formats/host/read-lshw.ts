import { asInt } from '../json-facts.ts';
import { allNodes, type LshwNode, type Placed } from './lshw-node.ts';
import { readLshwCards } from './read-lshw-cards.ts';
import { readLshwDrives } from './read-lshw-drives.ts';
import { readLshwBoard, readLshwDimms, readLshwPower, readLshwProcessors } from './read-lshw-parts.ts';
import { facts, named, said } from './words.ts';
import { emptyReading, type FileReading } from '#src/ports/bundle-format.ts';

/** What lshw's tree says, whichever way it was printed. */
export function readLshw(roots: readonly LshwNode[]): FileReading {
  const nodes = allNodes(roots);
  const reading = emptyReading('tools');
  const system = roots.find((node) => node.class === 'system');
  const firmware = nodes.find(({ node }) => /^firmware\b/.test(node.id))?.node;
  const biosVersion = named(firmware?.values.get('version'));
  const board = nodes.find(({ node, parent }) => node.id === 'core' && parent === system)?.node;
  const dimms = readLshwDimms(nodes);
  const processors = readLshwProcessors(nodes);
  reading.components.push(
    ...readLshwBoard(board, biosVersion),
    ...processors,
    ...dimms,
    ...readLshwDrives(nodes),
    ...readLshwCards(nodes),
    ...readLshwPower(nodes),
  );
  if (system !== undefined) readEvidence(reading, system, board);
  if (system !== undefined && sawFirmwareTables(system, nodes)) {
    if (dimms.length > 0) reading.scope.push('dimm');
    if (processors.length > 0) reading.scope.push('cpu');
  }
  reading.system = facts({
    biosVendor: named(firmware?.values.get('vendor')),
    biosVersion,
    biosDate: named(firmware?.values.get('date')),
    totalMemoryBytes: asInt(nodes.find(({ node }) => isMainMemory(node))?.node.values.get('size')),
    processorCount: reading.scope.includes('cpu') ? processors.length : null,
  });
  return reading;
}

function readEvidence(reading: FileReading, system: LshwNode, board: LshwNode | undefined): void {
  const { host } = reading;
  host.manufacturer = named(system.values.get('vendor'));
  // "PowerEdge R6515 (SKU=NotProvided;ModelName=PowerEdge R6515)": the SKU stands in brackets.
  host.model = named((system.values.get('product') ?? '').replace(/ \([^()]*\)$/, ''));
  host.productSerial = said(system.values.get('serial'));
  host.boardSerial = said(board?.values.get('serial'));
  host.systemUuid = said(system.settings.get('uuid'));
  // Where the machine has no name, lshw writes "computer"; where it is not in the DNS, perhaps "_none_".
  host.hostName = system.id === '' || /^(?:computer|_none_|\(none\))$/.test(system.id) ? null : system.id;
}

/**
 * Only root may read the SMBIOS tables. Without them lshw still lists processors and memory, made up from /proc, so a tree proves something
 * about them only where the handles of the tables and a serial number are there. `-sanitize` leaves out the serials, and `-class` the system.
 */
function sawFirmwareTables(system: LshwNode, nodes: readonly Placed[]): boolean {
  const banks = nodes.filter(({ node }) => /^bank\b/.test(node.id));
  const handled = system.handle.startsWith('DMI:') && banks.some(({ node }) => node.handle.startsWith('DMI:'));
  const serials = [system, ...banks.map(({ node }) => node)].map((node) => said(node.values.get('serial')));
  return handled && serials.some((serial) => serial !== null);
}

/** A board with several memory arrays has no node that holds the sum. */
function isMainMemory(node: LshwNode): boolean {
  return node.id === 'memory' && node.class === 'memory';
}
