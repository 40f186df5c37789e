/** Runs of blanks as one: firmware pads names (`PROC  1 DIMM  1`, `Six-Core AMD Opteron(tm) Processor 2435        `). Null where nothing is left. */
export function spaced(text: string | null | undefined): string | null {
  const plain = (text ?? '').replace(/[\s\0]+/g, ' ').trim();
  return plain === '' ? null : plain;
}

/** What the tools themselves print where the firmware gave no string or a code they do not know. */
const MARKS = new Set([
  'not specified',
  'not provided',
  'not present',
  '<bad index>',
  '<out of spec>',
  '[empty]',
  'n/a',
  'unspecified',
]);

/** What firmware makers leave in place of a name. Only for names: a serial stays as it was reported. */
const EMPTY_NAMES = new Set([
  'unknown',
  'undefined',
  'none',
  'na',
  'null',
  'other',
  'empty',
  'no dimm',
  'not available',
  'notavailable',
  'default string',
  'oem',
  'to be filled by o.e.m.',
  'to be filled by o.e.m',
  'system manufacturer',
  'system product name',
  '0000',
]);

/** As reported; null where the tool says that there is nothing. */
export function said(text: string | null | undefined): string | null {
  const plain = spaced(text);
  return plain === null || MARKS.has(plain.toLowerCase()) ? null : plain;
}

/** A name of a maker, model or part; null also where the firmware holds a filler in its place. */
export function named(text: string | null | undefined): string | null {
  const plain = said(text);
  return plain === null || EMPTY_NAMES.has(plain.toLowerCase()) ? null : plain;
}

/** The whole number that a text begins with (`2400 MT/s`, `4`); null where it does not, or is nothing at all (0). */
export function leadingCount(text: string | null | undefined): number | null {
  const digits = /^\s*(\d{1,15})(?![\d.])/.exec(text ?? '')?.[1];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}

/** The number that a text begins with (`-0.87 dBm`, `34.99 degrees C`). */
export function leadingNumber(text: string | null | undefined): number | null {
  const digits = /^\s*(-?\d{1,15}(?:\.\d{1,15})?)/.exec(text ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The attributes that were said. */
export function facts<T extends string | number | boolean | string[]>(
  all: Record<string, T | null | undefined>,
): Record<string, T> {
  const told: Record<string, T> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    told[name] = value;
  }
  return told;
}

export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Without a last line that does not end: where a file was cut off, half a serial number would be another part. */
export function wholeLinesOf(text: string): string[] {
  const lines = linesOf(text);
  lines.pop();
  return lines;
}

/** `key: value` (or with another mark), both trimmed; null where the line has no such mark or nothing before it. */
export function keyAndValue(line: string, mark = ':'): { key: string; value: string } | null {
  const at = line.indexOf(mark);
  const key = at === -1 ? '' : line.slice(0, at).trim();
  return key === '' ? null : { key, value: line.slice(at + mark.length).trim() };
}
