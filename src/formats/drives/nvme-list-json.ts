import { emptyReading, type FileFormat, type SeenComponent } from '../../ports/bundle-format.ts';
import { asInt, asList, asRecord, asText, seen } from '../json-facts.ts';
import { driveDevice } from './device-name.ts';
import { transportOf } from './drive-words.ts';
import { factsOf, realSize } from './facts.ts';
import { jsonDocuments } from './json-documents.ts';
import { oncePerSerial } from './once-per-serial.ts';

type Json = Record<string, unknown>;

/** `nvme list -o json`: flat with a namespace per entry (1.x, 2.0 to 2.10), or host, subsystems, controllers, namespaces (2.11, or `-v`). */
export const nvmeListJson: FileFormat = {
  id: 'nvme-list-json',
  title: 'nvme list (JSON)',
  recognises: (file) => jsonDocuments(file).documents.some(isNvmeList),
  read: (file) =>
    jsonDocuments(file)
      .documents.filter(isNvmeList)
      .map((document) => {
        const reading = emptyReading('tools');
        const entries = asList(asRecord(document)['Devices']).map(asRecord);
        const drives = entries.flatMap((entry) => (isTree(entry) ? drivesOfHost(entry) : flatDrive(entry)));
        reading.components = oncePerSerial(drives);
        for (const { serial, attributes } of reading.components) {
          if (serial === null) reading.warnings.push(`${String(attributes['device'])} has no serial number.`);
        }
        return reading;
      }),
};

function isNvmeList(document: unknown): boolean {
  const record = asRecord(document);
  if (!Array.isArray(record['Devices'])) return false;
  const entries = record['Devices'].map(asRecord);
  if (entries.length === 0) return Object.keys(record).length === 1; // a host without NVMe drives
  return entries.every((entry) => isTree(entry) || typeof entry['DevicePath'] === 'string');
}

function isTree(entry: Json): boolean {
  return Array.isArray(entry['Subsystems']) || Array.isArray(entry['Controllers']);
}

function flatDrive(entry: Json): SeenComponent {
  return seen('drive', {
    model: asText(entry['ModelNumber']),
    serial: asText(entry['SerialNumber']),
    firmware: asText(entry['Firmware']),
    attributes: factsOf({
      device: driveDevice(asText(entry['DevicePath']) ?? ''),
      protocol: 'NVMe',
      mediaType: 'SSD',
      ...sizesOf([entry]),
    }),
  });
}

function drivesOfHost(host: Json): SeenComponent[] {
  const subsystems = Array.isArray(host['Subsystems']) ? host['Subsystems'].map(asRecord) : [host];
  return subsystems.flatMap((subsystem) => {
    // with multipath the namespaces hang on the subsystem, else on the controller
    const shared = asList(subsystem['Namespaces']).map(asRecord);
    return asList(subsystem['Controllers'])
      .map(asRecord)
      .map((controller) => driveOfController(controller, shared));
  });
}

function driveOfController(controller: Json, shared: readonly Json[]): SeenComponent {
  const own = asList(controller['Namespaces']).map(asRecord);
  const transport = asText(controller['Transport']);
  const local = transport === null || transport === 'pcie';
  const address = pciAddressOf(asText(controller['Address']));
  const name = asText(controller['Controller']);
  return seen('drive', {
    slot: local ? address : null,
    model: asText(controller['ModelNumber']),
    serial: asText(controller['SerialNumber']),
    firmware: asText(controller['Firmware']),
    attributes: factsOf({
      device: name === null ? null : driveDevice(name),
      protocol: 'NVMe',
      mediaType: 'SSD',
      transport: local ? null : transportOf(transport),
      pciAddress: local ? address : null,
      pciSlot: asText(controller['Slot']),
      ...sizesOf(own.length > 0 ? own : shared),
    }),
  });
}

function pciAddressOf(text: string | null): string | null {
  return text !== null && /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(text) ? text.toLowerCase() : null;
}

/** A namespace is as large as the drive only where it is the only one. */
function sizesOf(namespaces: readonly Json[]): Record<string, number | null> {
  const [only, ...others] = namespaces;
  const size = others.length === 0 ? asInt(only?.['PhysicalSize']) : null;
  return {
    capacityBytes: realSize(size),
    logicalBlockBytes: realSize(others.length === 0 ? asInt(only?.['SectorSize']) : null),
  };
}
