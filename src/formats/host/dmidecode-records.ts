import { keyAndValue, linesOf, wholeLinesOf } from './words.ts';

/** One structure of the SMBIOS table, as dmidecode prints it. */
export interface DmiRecord {
  /** `0x1100`, upper case after the x. */
  handle: string;
  type: number;
  title: string;
  fields: Map<string, string>;
}

export interface DmiTable {
  records: DmiRecord[];
  /** It has the header of a dump of everything, its end mark, and dmidecode did not stop early. */
  whole: boolean;
  /** It has the header of a dump of everything, and no end. */
  cutOff: boolean;
  faults: string[];
}

const HANDLE = /^\s*Handle 0x([0-9A-Fa-f]{1,8})(?:, DMI type (\d{1,3}), \d{1,5} bytes\.?)?\s*$/;
/** Before version 2.8 the type stood on a line of its own. */
const TYPE_LINE = /^\s*DMI type (\d{1,3}), \d{1,5} bytes\.?\s*$/;
/** Only a dump of everything says where the table was; `dmidecode -t N` does not. */
const WHOLE_HEADER = /^(?:\d+ structures occupying \d+ bytes\.?|(?:DMI )?[Tt]able at 0x[0-9A-Fa-f]+\.?)\s*$/;
const STOPPED = /table is broken|Invalid entry length \(0\)|: announced|announced, only/i;

export function isDmidecode(text: string): boolean {
  return /^[ \t]*Handle 0x[0-9A-Fa-f]{1,8}(?:, |\.?[ \t]*\r?\n[ \t]*)DMI type \d/m.test(text);
}

export function readDmiTable(text: string): DmiTable {
  const records: DmiRecord[] = [];
  const faults: string[] = [];
  let announced = false;
  let stopped = false;
  let record: DmiRecord | null = null;
  let base = -1;
  // A dump that was pasted often lacks the last line break, and its last line is the end mark.
  const lines = /End[ -]Of[ -]Table\s*$/i.test(text.slice(-64)) ? linesOf(text) : wholeLinesOf(text);
  for (const line of lines) {
    const handle = HANDLE.exec(line);
    if (handle !== null) {
      record = {
        handle: `0x${(handle[1] ?? '').toUpperCase()}`,
        type: handle[2] === undefined ? -1 : Number(handle[2]),
        title: '',
        fields: new Map(),
      };
      records.push(record);
      base = -1;
      continue;
    }
    if (line.trim() === '') continue;
    if (WHOLE_HEADER.test(line)) announced = true;
    if (STOPPED.test(line)) {
      stopped = true;
      faults.push(`dmidecode could not read the whole table: ${line.trim().slice(0, 120)}`);
      record = null;
    }
    if (record === null) continue;
    const type = record.type === -1 ? TYPE_LINE.exec(line)?.[1] : undefined;
    if (type !== undefined) record.type = Number(type);
    else if (record.title === '') record.title = line.trim();
    else base = addField(record, line, base);
  }
  const ended = records.some((one) => one.type === 127);
  return { records, whole: announced && ended && !stopped, cutOff: announced && !ended && !stopped, faults };
}

/** Lines that are indented deeper than the first are lists (flags, features), which nothing here needs. */
function addField(record: DmiRecord, line: string, base: number): number {
  const depth = depthOf(line);
  if (base !== -1 && depth > base) return base;
  const field = keyAndValue(line);
  if (field === null) return base === -1 ? depth : base;
  // dmidecode 3.2 forgets a line break in TPM records: "Specification Version: 2.0<tab>Firmware Revision: 7.55"
  const [value, second] = splitOnTab(field.value);
  if (!record.fields.has(field.key)) record.fields.set(field.key, value);
  if (second !== null && !record.fields.has(second.key)) record.fields.set(second.key, second.value);
  return base === -1 ? depth : base;
}

function splitOnTab(value: string): [string, { key: string; value: string } | null] {
  const at = value.indexOf('\t');
  const second = at === -1 ? null : keyAndValue(value.slice(at + 1));
  return second === null ? [value, null] : [value.slice(0, at).trim(), second];
}

function depthOf(line: string): number {
  let depth = 0;
  for (const sign of line) {
    if (sign === '\t') depth += 8 - (depth % 8);
    else if (sign === ' ') depth += 1;
    else break;
  }
  return depth;
}

/** The first of the names that the record has: they changed between versions ("Configured Clock Speed"). */
export function fieldOf(record: DmiRecord, ...names: string[]): string | null {
  for (const name of names) {
    const value = record.fields.get(name);
    if (value !== undefined) return value;
  }
  return null;
}
