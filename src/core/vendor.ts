import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type LineFault, readYamlFile } from './yaml-file.ts';

const FILE = new URL('../../mappings/vendors.yaml', import.meta.url);

const Key = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower case, digits and hyphens');

/** `mappings/vendors.yaml`. Samples that do not hold are an error when it is loaded. */
const VendorMapping = z.strictObject({
  /** Words that companies end in: left out when names are compared. */
  endings: z.array(z.string().regex(/^[A-Z]+$/)),
  aliases: z.record(Key, z.array(z.string().min(1))),
  nobody: z.array(z.string().min(1)),
  jedec: z.record(Key, z.array(z.string().regex(/^\d{1,2}:[0-9A-F]{2}$/, 'bank:code, e.g. 0:CE')).min(1)),
  numbers: z.record(Key, z.array(z.string().min(3)).min(1)),
  tests: z
    .array(
      z.strictObject({
        manufacturer: z.string().nullable().default(null),
        model: z.string().nullable().default(null),
        partNumber: z.string().nullable().default(null),
        vendor: Key.nullable(),
      }),
    )
    .min(1),
});
type VendorMapping = z.infer<typeof VendorMapping>;

type NormalizeVendor = (manufacturer: string | null, model: string | null, partNumber: string | null) => string | null;

/** Longer ones are cut: no name of a part needs more, and what comes from a broken EEPROM must not cost time. */
const LONGEST = 200;
const KEPT = 50_000;

/** @throws Error naming the place */
export function createVendors(yamlText: string): NormalizeVendor {
  const mapping = VendorMapping.parse(parse(yamlText));
  const find = finder(mapping);
  const [wrong] = wrongSamples(mapping, find);
  if (wrong) throw new Error(`vendors.yaml: ${wrong.message}`);
  const known = new Map<string, string | null>();
  return (manufacturer, model, partNumber) => {
    const key = `${manufacturer ?? ''}\u0000${model ?? ''}\u0000${partNumber ?? ''}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const vendor = find(manufacturer, model, partNumber);
    if (known.size >= KEPT) known.clear();
    if (key.length <= 3 * LONGEST) known.set(key, vendor);
    return vendor;
  };
}

function wrongSamples({ tests }: VendorMapping, find: NormalizeVendor): { index: number; message: string }[] {
  return tests.flatMap(({ manufacturer, model, partNumber, vendor }, index) => {
    const found = find(manufacturer, model, partNumber);
    return found === vendor
      ? []
      : [{ index, message: `tests.${index} is ${found ?? 'nobody'}, not ${vendor ?? 'nobody'}` }];
  });
}

/** For who writes the file: all that is wrong with it, samples included. */
export function checkVendors(yamlText: string): LineFault[] {
  const read = readYamlFile(yamlText, VendorMapping);
  if ('faults' in read) return read.faults;
  return wrongSamples(read.value, finder(read.value)).map(({ index, message }) => ({
    line: read.lineOf(['tests', index]),
    message,
  }));
}

const normalize = createVendors(readFileSync(FILE, 'utf8'));

/**
 * The one key for a maker, whatever a tool calls it; null where nothing tells. A part number that follows a maker's own scheme decides
 * before the name does: tools agree on the number, and differ in whose name they print (an OEM's, a bus's, none).
 */
export function normalizeVendor(
  manufacturer: string | null,
  model: string | null,
  partNumber: string | null,
): string | null {
  return normalize(manufacturer, model, partNumber);
}

function finder(mapping: VendorMapping): NormalizeVendor {
  const endings = new Set(mapping.endings);
  const nameOf = (text: string): string => withoutEndings(foldName(text), endings);
  const names = new Map<string, string>();
  for (const [vendor, aliases] of Object.entries(mapping.aliases))
    for (const alias of [vendor, ...aliases]) names.set(nameOf(alias), vendor);
  const codes = new Map(
    Object.entries(mapping.jedec).flatMap(([vendor, ids]) => ids.map((id) => [id, vendor] as const)),
  );
  const nobody = mapping.nobody.map((text) => numberPattern(`${text}$`));
  const schemes = Object.entries(mapping.numbers).flatMap(([vendor, patterns]) =>
    patterns.map((text) => ({ vendor, first: numberPattern(text.slice(0, 1)), fits: numberPattern(text) })),
  );
  const byFirst = new Map<string, typeof schemes>();
  for (const sign of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    byFirst.set(
      sign,
      schemes.filter(({ first }) => first(sign)),
    );

  function byNumber(words: readonly string[]): string | undefined {
    for (const word of words)
      for (const { vendor, fits } of byFirst.get(word.charAt(0)) ?? []) if (fits(word)) return vendor;
    return undefined;
  }

  return (manufacturer, model, partNumber) => {
    const numbered = byNumber(partWords(partNumber)) ?? byNumber(partWords(model));
    if (numbered !== undefined) return numbered;
    const said = foldName(manufacturer ?? '');
    const code = jedecCode(said);
    const coded = code === null ? undefined : codes.get(code);
    // A long number is no name: some firmware prints a serial number here.
    const isName = said !== '' && code !== '0:00' && !/^\d{5,}$/.test(said) && !nobody.some((fits) => fits(said));
    const short = withoutEndings(said, endings);
    if (isName) return names.get(short) ?? coded ?? slug(short);
    return coded ?? byFirstWords(foldName(model ?? ''), names);
  };
}

/** `SAMSUNG SSD 860 EVO`, `Western Digital Ultrastar`: the model begins with the maker. */
function byFirstWords(model: string, names: ReadonlyMap<string, string>): string | null {
  const words = model.split(' ');
  for (const count of [3, 2, 1]) {
    const found = words.length >= count ? names.get(words.slice(0, count).join(' ')) : undefined;
    if (found !== undefined) return found;
  }
  return null;
}

/** Upper case, without (R) and (TM), words of letters and digits with single spaces between. */
function foldName(text: string): string {
  return cleaned(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function cleaned(text: string): string {
  return text
    .slice(0, LONGEST)
    .toUpperCase()
    .replaceAll(/\((?:R|TM|C)\)|[®™]/g, '');
}

function withoutEndings(name: string, endings: ReadonlySet<string>): string {
  const words = name.split(' ');
  while (words.length > 1 && endings.has(words.at(-1) ?? '')) words.pop();
  return words.join(' ');
}

function slug(name: string): string | null {
  return name.toLowerCase().replaceAll(' ', '-').slice(0, 64).replace(/-$/, '') || null;
}

/**
 * What firmware prints where it has no list of names: JEDEC's bank and code (JEP106), in any of the forms seen: `80CE` and `00CE00B300CE`
 * (bank with or without its parity bit, then code), `CE00`, `2C80` (bank 0, code first), `7F98` (a 7F for each bank before).
 */
function jedecCode(text: string): string | null {
  const hex = text.startsWith('0X') ? text.slice(2) : text;
  const isHex = /^(?:[0-9A-F]{2}){1,8}$/.test(hex) && (/\d/.test(hex) || text.startsWith('0X'));
  if (!isHex || (hex.length === 2 && !text.startsWith('0X'))) return null;
  const bytes = [...Buffer.from(hex, 'hex')];
  const code = (bank: number, byte: number): string => `${bank}:${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const [first = 0, second = 0] = bytes;
  if (first === 0x7f) {
    const bank = bytes.findIndex((byte) => byte !== 0x7f);
    return bank < 0 ? null : code(bank, bytes[bank] ?? 0);
  }
  if ((first & 0x7f) <= 15 && second !== 0) return code(first & 0x7f, second);
  return second === 0 || second === 0x80 ? code(0, first) : null;
}

/**
 * What of a model or part number may be a maker's number: the whole text, its words, and all of it without blanks (`M3 93T5750EZA`).
 * Upper case.
 */
export function partWords(text: string | null): string[] {
  if (text === null) return [];
  const whole = cleaned(text).replaceAll(/\s+/g, ' ').trim();
  if (whole === '') return [];
  const words = whole.split(/[ _,/]/).filter((word) => word.length >= 3);
  const joined = whole.replaceAll(' ', '');
  return [...new Set([whole, ...words, joined])];
}

/**
 * The beginning of a part number: `#` is a digit, `@` a letter, `?` either, `$` the end; all else stands for itself. Takes one step per
 * character, whatever the text.
 */
export function numberPattern(text: string): (word: string) => boolean {
  const ends = text.endsWith('$');
  const signs = ends ? text.slice(0, -1) : text;
  return (word) => {
    if (word.length < signs.length || (ends && word.length !== signs.length)) return false;
    for (let at = 0; at < signs.length; at += 1) if (!fitsSign(signs.charAt(at), word.charCodeAt(at))) return false;
    return true;
  };
}

function fitsSign(sign: string, code: number): boolean {
  const isDigit = code >= 48 && code <= 57;
  const isLetter = code >= 65 && code <= 90;
  if (sign === '#') return isDigit;
  if (sign === '@') return isLetter;
  if (sign === '?') return isDigit || isLetter;
  return sign.charCodeAt(0) === code;
}
