import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { facts, named, said } from '../host/words.ts';
import { asInt, asRecord, asText, seen } from '../json-facts.ts';
import { parseXml } from '../xml.ts';
import { type Instance, readPart } from './dell-dcim-parts.ts';
import { groupPorts } from './dell-dcim-ports.ts';
import { macOf } from './mac.ts';
import { findElements, listOf } from './xml-elements.ts';

/** What an iDRAC shows of itself as DCIM classes: the hardware inventory of a TSR (CIM-XML) and enumerations over WS-Management. */
export const dellDcim: FileFormat = {
  id: 'dell-dcim',
  title: 'Dell iDRAC inventory (DCIM)',
  recognises: (file) => /<\w{1,20}:DCIM_\w{1,60}>|<INSTANCE CLASSNAME="DCIM_/.test(file.text()),
  read: (file) => [readInventory(file.text())],
};

/** A class of the inventory that lists all parts of a kind. A view without an instance is not in the file, and covers nothing. */
const WHOLE_INVENTORY: Partial<Record<string, ComponentKind>> = {
  DCIM_PhysicalDiskView: 'drive',
  DCIM_ControllerView: 'storage-controller',
  DCIM_NICView: 'nic',
};
const ANY_ENUMERATION: Partial<Record<string, ComponentKind>> = {
  DCIM_CPUView: 'cpu',
  DCIM_MemoryView: 'dimm',
  DCIM_PowerSupplyView: 'psu',
};

function readInventory(text: string): FileReading {
  const reading = emptyReading('tsr');
  const { document, fault } = parseXml(text);
  if (fault !== null) reading.warnings.push(fault);
  const inventory = findElements(document, 'INSTANCE');
  const instances = [...inventory.map(fromCim), ...fromEnumeration(document)].filter((one) => one !== null);
  const used = new Set<string>();
  for (const one of instances) readInstance(reading, one, used);
  reading.components.push(...groupPorts(instances.filter((one) => one.className === 'DCIM_NICView')));
  const whole = fault === null && (inventory.length > 0 || findEnd(document));
  if (whole) {
    const views = new Set(instances.map((one) => one.className));
    for (const view of views) {
      const kind = ANY_ENUMERATION[view] ?? (inventory.length > 0 ? WHOLE_INVENTORY[view] : undefined);
      if (kind !== undefined) reading.scope.push(kind);
    }
  }
  return reading;
}

/** An enumeration comes in parts; only the last one says that it ends the sequence. */
function findEnd(document: Record<string, unknown>): boolean {
  return ['EnumerateResponse', 'PullResponse'].some((name) =>
    findElements(document, name).some((one) => 'EndOfSequence' in one),
  );
}

/** `<INSTANCE CLASSNAME="DCIM_CPUView"><PROPERTY NAME="Model" TYPE="string"><VALUE>…</VALUE></PROPERTY>` */
function fromCim(element: Record<string, unknown>): Instance | null {
  const className = asText(element['@CLASSNAME']);
  if (className === null) return null;
  const values = new Map<string, string>();
  for (const property of listOf(element['PROPERTY']).map(asRecord)) {
    const name = asText(property['@NAME']);
    const value = asText(listOf(property['VALUE'])[0]);
    if (name !== null && value !== null) values.set(name, value);
  }
  return { className, values };
}

/** `<n1:DCIM_CPUView><n1:Model>…</n1:Model>`; an element without a value has `xsi:nil`. */
function fromEnumeration(document: Record<string, unknown>): Instance[] {
  return findElements(document, 'Items').flatMap((items) =>
    Object.entries(items).flatMap(([className, elements]) => {
      if (!className.startsWith('DCIM_')) return [];
      return listOf(elements).map((element) => {
        const values = new Map<string, string>();
        for (const [name, value] of Object.entries(asRecord(element))) {
          const text = asText(listOf(value)[0]);
          if (text !== null) values.set(name, text);
        }
        return { className, values };
      });
    }),
  );
}

function readInstance(reading: FileReading, one: Instance, used: Set<string>): void {
  const { className, values } = one;
  if (className === 'DCIM_SystemView' || className === 'DCIM_iDRACCardView') {
    if (used.has(className)) return;
    used.add(className);
    return className === 'DCIM_SystemView' ? readSystem(reading, values) : readManager(reading, values);
  }
  if (className === 'DCIM_SoftwareIdentity') return readSoftware(reading, values);
  if (className === 'DCIM_SELLogEntry') return readLogEntry(reading, values);
  const part = readPart(one);
  if (part === null) return;
  const key = `${part.kind} ${part.slot ?? ''}`;
  // PCIe drives stand in PhysicalDiskView and, on older iDRACs, in PCIeSSDView too
  if (used.has(key)) return;
  used.add(key);
  reading.components.push(part);
}

function readSystem(reading: FileReading, values: Map<string, string>): void {
  const { host } = reading;
  host.manufacturer = named(values.get('Manufacturer'));
  host.model = named(values.get('Model'));
  host.productSerial = said(values.get('ServiceTag'));
  host.boardSerial = said(values.get('BoardSerialNumber'));
  host.systemUuid = said(values.get('UUID'))?.toLowerCase() ?? null;
  host.assetTag = said(values.get('AssetTag'));
  host.hostName = said(values.get('HostName'));
  const mebibytes = asInt(values.get('SysMemTotalSize'));
  reading.system = {
    ...reading.system,
    ...facts<string | number>({
      biosVersion: said(values.get('BIOSVersionString')),
      cpldVersion: said(values.get('CPLDVersion')),
      chassisServiceTag: said(values.get('ChassisServiceTag')),
      totalMemoryBytes: mebibytes === null ? null : mebibytes * 1024 ** 2,
      processorCount: asInt(values.get('PopulatedCPUSockets')),
    }),
  };
  if (host.boardSerial === null) return;
  reading.components.push(
    seen('mainboard', {
      slot: values.get('FQDD') ?? 'System.Embedded.1',
      manufacturer: host.manufacturer,
      model: host.model,
      partNumber: named(values.get('BoardPartNumber')),
      serial: host.boardSerial,
    }),
  );
}

function readManager(reading: FileReading, values: Map<string, string>): void {
  const mac = macOf(values.get('PermanentMACAddress'));
  const firmware = said(values.get('FirmwareVersion'));
  if (mac !== null) reading.host.bmcMacs.push(mac);
  if (firmware !== null) reading.system['bmcFirmware'] = firmware;
  reading.components.push(
    seen('bmc', {
      slot: values.get('FQDD') ?? 'iDRAC.Embedded.1-1',
      manufacturer: 'Dell Inc.',
      model: named(values.get('Model')) ?? 'iDRAC',
      firmware,
      attributes: facts({ macAddresses: mac === null ? [] : [mac] }),
    }),
  );
}

/** Lists what is installed, what could be rolled back to and what is available; only the first is there. */
function readSoftware(reading: FileReading, values: Map<string, string>): void {
  const id = values.get('InstanceID');
  const name = named(values.get('ElementName'));
  const status = values.get('Status') ?? '';
  if (id === undefined || name === null || (status !== 'Installed' && !/INSTALLED/.test(id))) return;
  reading.firmware.push({
    id: values.get('FQDD') ?? id,
    name,
    version: said(values.get('VersionString')),
    updateable: /^true$/i.test(values.get('Updateable') ?? '') ? true : null,
  });
}

function readLogEntry(reading: FileReading, values: Map<string, string>): void {
  const digits = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\.\d{1,6}([+-]\d{3})$/.exec(
    values.get('CreationTimeStamp') ?? '',
  );
  const [year, month, day, hour, minute, second] = (digits ?? []).slice(1, 7).map(Number);
  const time =
    year === undefined || month === undefined
      ? Number.NaN
      : Date.UTC(year, month - 1, day, hour, minute, second) - Number(digits?.[7]) * 60_000;
  const severities: Record<string, string> = {
    '2': 'OK',
    '3': 'Warning',
    '4': 'Warning',
    '5': 'Critical',
    '6': 'Critical',
  };
  reading.logEntries.push({
    at: Number.isNaN(time) ? null : new Date(time).toISOString(),
    severity: severities[values.get('PerceivedSeverity') ?? ''] ?? null,
    message: values.get('RecordData') ?? values.get('ElementName') ?? '',
    source: 'SEL',
  });
}
