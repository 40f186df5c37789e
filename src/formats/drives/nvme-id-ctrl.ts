import { emptyReading, type FileFormat, type FileReading } from '../../ports/bundle-format.ts';
import { asInt, asRecord, asText, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { factsOf, hexId, realSize } from './facts.ts';
import { jsonDocuments } from './json-documents.ts';

type Json = Record<string, unknown>;

/** `nvme id-ctrl`, as text (also `-H`) or JSON: what an NVMe controller says of itself. */
export const nvmeIdCtrl: FileFormat = {
  id: 'nvme-id-ctrl',
  title: 'nvme id-ctrl',
  recognises: (file) =>
    /^NVME Identify Controller/m.test(file.text()) ||
    jsonDocuments(file).documents.some((one) => isIdCtrl(asRecord(one))),
  read(file) {
    const documents = jsonDocuments(file).documents.map(asRecord).filter(isIdCtrl);
    return (documents.length > 0 ? documents : textBlocks(file.text())).map(readController);
  },
};

function isIdCtrl(document: Json): boolean {
  return ['sn', 'mn', 'fr'].every((name) => typeof document[name] === 'string') && document['vid'] !== undefined;
}

/** A block of `name : value` lines per drive; a name that comes again belongs to the lines that take a value apart. */
function textBlocks(text: string): Json[] {
  const blocks: Json[] = [];
  let block: Json = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('NVME Identify Controller')) {
      block = {};
      blocks.push(block);
    }
    const found = /^([a-z][a-z0-9]{0,15})\s{0,20}: ?(.{0,500})$/.exec(line);
    if (found !== null) block[found[1] ?? ''] ??= found[2];
  }
  return blocks;
}

function readController(document: Json): FileReading {
  const reading = emptyReading('tools');
  const serial = asText(document['sn']);
  const model = asText(document['mn']);
  if (serial === null && model === null) {
    reading.warnings.push('nvme id-ctrl shows no model and no serial number.');
    return reading;
  }
  reading.components.push(
    seen('drive', {
      model,
      serial,
      firmware: asText(document['fr']),
      attributes: factsOf({
        protocol: 'NVMe',
        mediaType: 'SSD',
        capacityBytes: realSize(capacityOf(document['tnvmcap'])),
        nvmeVersion: versionOf(document['ver']),
        vendorId: hexId(document['vid']),
        subsystemVendorId: hexId(document['ssvid']),
      }),
    }),
  );
  return reading;
}

function capacityOf(value: unknown): number | null {
  return typeof value === 'string' ? parseSize(value) : asInt(value);
}

/** 0x10300 is 1.3, 0x10201 is 1.2.1. */
function versionOf(value: unknown): string | null {
  const hex = typeof value === 'string' ? /^\s*(0x[0-9a-f]{1,8})/i.exec(value)?.[1] : undefined;
  const number = hex === undefined ? asInt(value) : Number(hex);
  if (number === null || number < 0x1_00_00 || number > 0xff_ff_ff_ff) return null;
  const [major, minor, third] = [number >>> 16, (number >>> 8) & 0xff, number & 0xff];
  return third === 0 ? `${major}.${minor}` : `${major}.${minor}.${third}`;
}
