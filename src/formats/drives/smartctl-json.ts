import { emptyReading, type FileFormat, type FileReading } from '../../ports/bundle-format.ts';
import { asInt, asList, asRecord, asText } from '../json-facts.ts';
import { deviceOf } from './device-name.ts';
import { jsonDocuments, opensWithKeys } from './json-documents.ts';
import { readSmartctlDrive } from './smartctl-json-drive.ts';

/** `smartctl -j` (also `--json`) of ATA, NVMe and SCSI drives, and `smartctl --scan -j`. One reading per document. */
export const smartctlJson: FileFormat = {
  id: 'smartctl-json',
  title: 'smartctl (JSON)',
  recognises: (file) =>
    smartctlDocuments(jsonDocuments(file).documents).length > 0 ||
    opensWithKeys(file, ['json_format_version', 'smartctl']),
  read(file) {
    const { documents, left } = jsonDocuments(file);
    const readings = smartctlDocuments(documents).map(readDocument);
    if (!left) return readings;
    const first = readings[0] ?? emptyReading('tools');
    first.warnings.push('A part of the file is no whole JSON document and was not read.');
    return readings.length > 0 ? readings : [first];
  },
};

/** Also a list of documents (`jq -s`), or an object with one per drive. */
function smartctlDocuments(documents: readonly unknown[]): Record<string, unknown>[] {
  return documents.flatMap((document) => {
    const record = asRecord(document);
    if (isSmartctl(record)) return [record];
    const inner = Array.isArray(document) ? document : Object.values(record);
    const found = inner.map(asRecord).filter(isSmartctl);
    return found.length === inner.length ? found : [];
  });
}

function isSmartctl(document: Record<string, unknown>): boolean {
  const smartctl = asRecord(document['smartctl']);
  if (asList(smartctl['version']).length > 0 || asList(smartctl['argv']).length > 0) return true;
  // tools that pass the document on leave out what is not of the drive
  const device = asRecord(document['device']);
  return asText(device['protocol']) !== null && asText(device['info_name']) !== null;
}

function readDocument(document: Record<string, unknown>): FileReading {
  const reading = emptyReading('tools');
  const seconds = asInt(asRecord(document['local_time'])['time_t']);
  reading.collectedAt = isoOf(seconds);
  for (const message of asList(asRecord(document['smartctl'])['messages'])) {
    const text = asText(asRecord(message)['string']);
    if (text !== null) reading.warnings.push(`smartctl says: ${text}`);
  }
  if (Array.isArray(document['devices'])) {
    reading.enumerates = { kind: 'drive', devices: scannedDevices(document['devices']) };
    return reading;
  }
  const drive = readSmartctlDrive(document);
  if (drive.component !== null) reading.components.push(drive.component);
  reading.warnings.push(...drive.warnings);
  return reading;
}

function scannedDevices(devices: readonly unknown[]): string[] {
  const names = devices.flatMap((entry) => {
    const { name, type } = asRecord(entry);
    return deviceOf(asText(name), asText(type)) ?? [];
  });
  return [...new Set(names)];
}

function isoOf(seconds: number | null): string | null {
  if (seconds === null || seconds <= 0) return null;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
