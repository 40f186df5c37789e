import { keyAndValue, linesOf } from '../host/words.ts';
import { asInt } from '../json-facts.ts';

export interface StorcliController {
  index: number | null;
  status: Record<string, unknown>;
  data: Record<string, unknown>;
}

/** The sections under the names that the JSON has, so that one reader does for both. */
export function controllersOfText(text: string): StorcliController[] {
  const controllers: StorcliController[] = [];
  const lines = linesOf(text);
  let section: Record<string, unknown> = {};
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('CLI Version = ')) {
      section = {};
      controllers.push({ index: null, status: section, data: {} });
    }
    const current = controllers.at(-1);
    if (current === undefined) continue;
    const title = /^(\S.{0,90}?) ?:$/.exec(line)?.[1];
    if (title !== undefined && /^={3,}$/.test(lines[at + 1] ?? '')) {
      section = openSection(current.data, title);
      continue;
    }
    const row = driveRow(line);
    if (row !== null) addRow(current.data, row);
    const pair = keyAndValue(line, ' =');
    if (pair !== null && !Object.hasOwn(section, pair.key)) section[pair.key] = pair.value;
  }
  for (const one of controllers) one.index = asInt(one.status['Controller']);
  return controllers;
}

const DRIVE =
  /^Drive (\/c\d{1,4}(?:\/e\d{1,5})?\/s\d{1,5})(?: - Detailed Information| State| Device attributes| Policies\/Settings)?$/;

/** `Drive /c0/e32/s0 State` stands within `Drive /c0/e32/s0 - Detailed Information`. */
function openSection(data: Record<string, unknown>, title: string): Record<string, unknown> {
  const path = DRIVE.exec(title)?.[1];
  const section: Record<string, unknown> = {};
  if (path === undefined) {
    if (!Object.hasOwn(data, title)) data[title] = section;
    return section;
  }
  if (title === `Drive ${path}`) return section;
  const name = `Drive ${path} - Detailed Information`;
  const detail = (data[name] ?? {}) as Record<string, unknown>;
  data[name] = detail;
  if (title !== name) detail[title] = section;
  return section;
}

/** `32:0      0 Onln   0 3.637 TB SAS  HDD N   N  512B ST4000NM0023        U  -`; a drive without an enclosure begins with a blank. */
function driveRow(line: string): Record<string, unknown> | null {
  const words = line.trim().split(/\s+/, 40);
  const place = words[0]?.startsWith(':') === true ? ` ${words[0]}` : words[0];
  if (!/^(?:\d{1,5}| ):\d{1,5}$/.test(place ?? '') || words.length < 12) return null;
  if (!/^(?:[KMGTP]?B)$/.test(words[5] ?? '') || !/^(?:SAS|SATA|NVMe|PCIe|U\.?\w*)$/i.test(words[6] ?? '')) return null;
  const [, , state, , size, unit, protocol, media, , , sector] = words;
  const tail = /^[UD]$/.test(words.at(-2) ?? '') ? 2 : 1;
  return {
    'EID:Slt': place,
    State: state,
    Size: `${size} ${unit}`,
    Intf: protocol,
    Med: media,
    SeSz: sector,
    Model: words.slice(11, -tail).join(' '),
  };
}

function addRow(data: Record<string, unknown>, row: Record<string, unknown>): void {
  const rows = Array.isArray(data['PD LIST']) ? (data['PD LIST'] as unknown[]) : [];
  rows.push(row);
  data['PD LIST'] = rows;
}
