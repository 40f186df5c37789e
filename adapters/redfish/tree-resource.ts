import type { z } from 'zod';
import { emptyEvidence, type FileFormat, type FileReading } from '../../src/ports/bundle-format.ts';
import { reportToReading } from '../../src/ports/inventory-to-reading.ts';
import { asText, isRecord } from './decode.ts';
import { asMac, asMacs, isVirtual } from './mac-address.ts';
import { quirksOf } from './quirks.ts';
import { readBoard } from './read-board.ts';
import { reportFan } from './read-fans.ts';
import { describeManager, reportManager } from './read-managers.ts';
import { reportModule } from './read-memory.ts';
import { reportAdapter, reportInterface } from './read-network.ts';
import { reportDevice } from './read-pcie.ts';
import { reportSupply } from './read-power.ts';
import { reportProcessor } from './read-processors.ts';
import { reportController, reportDrive } from './read-storage.ts';
import { describeSystem } from './read-systems.ts';
import { startReading, type Reading } from './reading.ts';
import * as schema from './schema.ts';
import { asInstant } from './tree-clock.ts';
import { documentsOf, type Found } from './tree-documents.ts';
import { openResources } from './tree-source.ts';

/** Answers of a BMC that belong to no tree: the parts in them, as far as one answer tells, and no scope. */
export const redfishResource: FileFormat = {
  id: 'redfish-resource',
  title: 'Redfish resource by itself',
  recognises: (file) => documentsOf(file).found.length > 0,
  read(file) {
    const { found, warnings } = documentsOf(file);
    const reading = readAlone(found);
    const saysNothing = reading.components.length === 0 && JSON.stringify(reading.host) === NOBODY;
    if (saysNothing && warnings.length === 0) return [];
    return [{ ...reading, warnings: [...warnings, ...reading.warnings] }];
  },
};

const NOBODY = JSON.stringify(emptyEvidence());

/** How to take one resource of a type. What it links to is not at hand. */
const TAKE: Record<string, (reading: Reading, body: unknown) => void> = {
  Drive: (reading, body) => take(schema.Drive, body, (one) => reportDrive(reading, one)),
  Memory: (reading, body) => take(schema.Memory, body, (one) => reportModule(reading, one)),
  Processor: (reading, body) => take(schema.Processor, body, (one) => reportProcessor(reading, one)),
  NetworkAdapter: (reading, body) => take(schema.NetworkAdapter, body, (one) => reportAdapter(reading, one, [])),
  EthernetInterface: (reading, body) => take(schema.EthernetInterface, body, (one) => takeInterface(reading, one)),
  PowerSupply: (reading, body) => take(schema.PowerSupply, body, (one) => reportSupply(reading, one)),
  Fan: (reading, body) => take(schema.Fan, body, (one) => reportFan(reading, one)),
  PCIeDevice: (reading, body) => take(schema.PcieDevice, body, (one) => takeDevice(reading, one)),
  StorageController: (reading, body) =>
    take(schema.StorageController, body, (one) => reportController(reading, one, one.Id)),
  Storage: (reading, body) =>
    take(schema.Storage, body, (unit) => {
      for (const one of unit.StorageControllers)
        if (one.SerialNumber !== null || one.Model !== null) reportController(reading, one, one.MemberId ?? unit.Id);
    }),
  Power: (reading, body) =>
    take(schema.Power, body, ({ PowerSupplies }) => {
      for (const [at, one] of PowerSupplies.entries())
        reportSupply(reading, { ...one, MemberId: one.MemberId ?? String(at) });
    }),
  Thermal: (reading, body) =>
    take(schema.Thermal, body, ({ Fans }) => {
      for (const [at, one] of Fans.entries()) reportFan(reading, { ...one, MemberId: one.MemberId ?? String(at) });
    }),
};

function take<S extends z.ZodType>(shape: S, body: unknown, then: (one: z.output<S>) => void): void {
  const parsed = shape.safeParse(body);
  if (parsed.success) then(parsed.data);
}

function takeInterface(reading: Reading, one: schema.EthernetInterface): void {
  const mac = asMac(one.PermanentMACAddress) ?? asMac(one.MACAddress);
  // The BMC's own ports are no cards of the server; they are taken as evidence of it.
  if (mac !== null && !isVirtual(one) && !isOfManager(one['@odata.id'])) reportInterface(reading, one, mac);
}

/** Without serial and part number it is a function of the board, as in a tree. */
function takeDevice(reading: Reading, one: schema.PcieDevice): void {
  if (one.SerialNumber !== null || one.PartNumber !== null) reportDevice(reading, one, []);
}

function isOfManager(uri: string | null): boolean {
  return /\/managers\//i.test(uri ?? '');
}

function readAlone(found: readonly Found[]): FileReading {
  // What stands in several lists of one file is one part, best told by the resource itself.
  const bestLast = found.toSorted((a, b) => Number(b.nested) - Number(a.nested));
  const distinct = [...new Map(bestLast.map((one, at) => [`${one.machine} ${one.uri ?? at}`, one])).values()];
  const ofType = (type: string) => distinct.filter(({ body }) => typeOf(body) === type).map(({ body }) => body);
  const systems = ofType('ComputerSystem');
  // Of several, none can be told to be the one that the other resources belong to.
  const system = schema.ComputerSystem.parse((systems.length === 1 ? systems[0] : undefined) ?? {});
  const [managerBody] = ofType('Manager');
  const manager = schema.Manager.parse(managerBody ?? {});
  const quirks = quirksOf({ vendor: vendorOf(distinct), managerModel: manager.Model, redfishVersion: null });
  const reading = startReading(openResources(new Map()), quirks);

  const ports = ofType('EthernetInterface').flatMap((body) => {
    const one = schema.EthernetInterface.parse(body);
    return isOfManager(one['@odata.id']) && !isVirtual(one) ? [one] : [];
  });
  const macAddresses = asMacs(ports.map((one) => one.PermanentMACAddress ?? one.MACAddress));
  if (managerBody !== undefined) reportManager(reading, manager, macAddresses);
  if (systems.length === 1) {
    const chassis = ofType('Chassis').map((body) => schema.Chassis.parse(body));
    readBoard(reading, system, chassis);
  }
  for (const { body } of distinct) TAKE[typeOf(body)]?.(reading, body);

  const { warnings, components: all } = reading.result();
  // An answer with nothing but an address is no board.
  const components = all.filter(({ kind, serial }) => kind !== 'mainboard' || serial !== null);
  const report = reportToReading({
    collectedAt: '',
    source: 'redfish',
    system: describeSystem(system),
    manager: describeManager({ manager, macAddresses }, null, null),
    components,
    firmware: [],
    scope: [],
    warnings,
    requests: 0,
    fingerprint256: null,
  });
  const clock = { time: asText(managerBody?.['DateTime']), offset: asText(managerBody?.['DateTimeLocalOffset']) };
  return { ...report, collectedAt: asInstant(clock.time, clock.offset) };
}

/** `#Drive.v1_4_0.Drive` is a Drive. */
function typeOf(body: Record<string, unknown>): string {
  return /^#(\w{1,60})\./.exec(asText(body['@odata.type']) ?? '')?.[1] ?? '';
}

function vendorOf(found: readonly Found[]): string | null {
  for (const { body } of found) {
    const oem = isRecord(body['Oem']) ? Object.keys(body['Oem']) : [];
    const known = oem.find((key) => /^(dell|hpe?|supermicro)$/i.test(key));
    if (known !== undefined) return known;
    if (typeOf(body) === 'ComputerSystem') return asText(body['Manufacturer']);
  }
  return null;
}
