import { emptyReading, type FileFormat } from '../../ports/bundle-format.ts';
import { asRecord } from '../json-facts.ts';
import { jsonDocuments, opensWithKeys } from './json-documents.ts';
import { columnName, readLsblk, type LsblkRow } from './lsblk-rows.ts';

/** `lsblk -J` of all releases, with any columns; also the bare list of devices that converters make of the table. */
export const lsblkJson: FileFormat = {
  id: 'lsblk-json',
  title: 'lsblk (JSON)',
  recognises: (file) =>
    jsonDocuments(file).documents.some((one) => devicesOf(one) !== null) || opensWithKeys(file, ['blockdevices']),
  read(file) {
    const { documents, left } = jsonDocuments(file);
    const readings = documents.flatMap((document) => {
      const devices = devicesOf(document);
      return devices === null ? [] : [readLsblk(rowsOf(devices))];
    });
    if (!left) return readings;
    const [first = emptyReading('tools')] = readings;
    first.warnings.push('A part of the file is no whole JSON document and was not read.');
    return readings.length > 0 ? readings : [first];
  },
};

function devicesOf(document: unknown): unknown[] | null {
  const devices = asRecord(document)['blockdevices'];
  if (Array.isArray(devices)) return devices;
  if (!Array.isArray(document) || document.length === 0) return null;
  const isDevice = (one: Record<string, unknown>): boolean =>
    typeof one['name'] === 'string' && typeof one['type'] === 'string' && ('maj_min' in one || 'maj:min' in one);
  return document.map(asRecord).every(isDevice) ? document : null;
}

/** In order, each before its children. With a stack of its own: how deep a file nests is the file's choice. */
function rowsOf(devices: readonly unknown[]): LsblkRow[] {
  const rows: LsblkRow[] = [];
  const open = devices.toReversed();
  while (open.length > 0) {
    const record = asRecord(open.pop());
    rows.push(new Map(Object.entries(record).map(([name, value]) => [columnName(name), value])));
    const children = record['children'];
    if (Array.isArray(children)) for (const child of children.toReversed()) open.push(child);
  }
  return rows;
}
