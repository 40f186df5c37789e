import { emptyReading, type FileReading, type HostEvidence, type SeenComponent } from './bundle-format.ts';
import type { InventoryReport, ObservedComponent } from './hardware-inventory.ts';

/** What a BMC said, over the network or out of files, as a reading like that of any other source. */
export function reportToReading(report: InventoryReport): FileReading {
  const { system, manager } = report;
  return {
    ...emptyReading(report.source),
    collectedAt: report.collectedAt,
    host: evidenceOf(report),
    system: said({
      biosVersion: system.biosVersion,
      bmcFirmware: manager.firmware,
      bmcModel: manager.model,
      redfishVersion: manager.redfishVersion,
      sku: isServiceTag(report) ? null : system.sku,
      totalMemoryBytes: system.totalMemoryBytes,
      processorCount: system.processorCount,
    }),
    components: report.components.map((one) => toSeen(one, system.biosVersion)),
    firmware: report.firmware.map((row) => ({ ...row })),
    scope: [...report.scope],
    warnings: [...report.warnings],
  };
}

/** Dell shows the service tag, the number on the sticker, as SKU; the serial beside it is the board's. */
function isServiceTag({ system }: InventoryReport): boolean {
  return system.sku !== null && /^dell/i.test(system.manufacturer ?? '');
}

function evidenceOf(report: InventoryReport): HostEvidence {
  const { system, manager, components } = report;
  const board = components.find(({ kind, serial }) => kind === 'mainboard' && serial !== null);
  return {
    manufacturer: system.manufacturer,
    model: system.model,
    productSerial: isServiceTag(report) ? system.sku : system.serial,
    boardSerial: board?.serial ?? (isServiceTag(report) ? system.serial : null),
    systemUuid: system.uuid,
    bmcMacs: manager.macAddresses.map((mac) => mac.toLowerCase()),
    assetTag: system.assetTag,
    hostName: system.hostName,
    assetId: null,
  };
}

/** What changes while the part stays the same: in the attributes it would make a new inventory out of every pulled cable. */
const CHANGING = new Set(['linkStatus', 'speedMbps', 'lifeLeftPercent', 'failurePredicted', 'temperatureCelsius']);

/** Under the names that all sources share. */
const RENAMED: Record<string, string> = { speedGbps: 'interfaceSpeedGbps' };

function toSeen(one: ObservedComponent, biosVersion: string | null): SeenComponent {
  const attributes: SeenComponent['attributes'] = {};
  const readings: SeenComponent['readings'] = {};
  for (const [name, value] of Object.entries(one.attributes)) {
    if (CHANGING.has(name) && !Array.isArray(value)) readings[name] = value;
    else attributes[RENAMED[name] ?? name] = inSharedWords(one.kind, name, value);
  }
  const { kind, slot, manufacturer, model, partNumber, serial } = one;
  const firmware = kind === 'mainboard' ? (one.firmware ?? biosVersion) : one.firmware;
  return {
    kind,
    slot,
    manufacturer,
    model,
    partNumber,
    serial,
    firmware,
    health: asHealth(one.health),
    attributes,
    readings,
  };
}

type Value = SeenComponent['attributes'][string];

/** One spelling for what every source names: a drive must not seem another one because the BMC writes `NVME` and the host `NVMe`. */
function inSharedWords(kind: ObservedComponent['kind'], name: string, value: Value): Value {
  if (Array.isArray(value)) return name === 'macAddresses' ? value.map((mac) => mac.toLowerCase()) : value;
  if (typeof value !== 'string') return value;
  // iDRAC names the bus of an NVMe drive instead of what is spoken over it
  if (kind === 'drive' && name === 'protocol') return /^(nvme|pcie)$/i.test(value) ? 'NVMe' : value.toUpperCase();
  if (kind === 'drive' && name === 'mediaType') return value.toUpperCase();
  if (kind === 'dimm' && name === 'type') return /^(?:LP)?DDR\d/i.exec(value)?.[0].toUpperCase() ?? value;
  return value;
}

function asHealth(health: string | null): string | null {
  return ['OK', 'Warning', 'Critical'].find((known) => known.toLowerCase() === health?.toLowerCase()) ?? null;
}

/** A BMC that the host has told nothing yet shows 0 processors and 0 bytes of memory. */
function said(facts: FileReading['system']): FileReading['system'] {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null && value !== 0));
}
