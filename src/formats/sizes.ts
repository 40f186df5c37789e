import { asNumber } from './json-facts.ts';

const POWERS: Record<string, number> = { k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/**
 * A size as tools print it ('931.5 GiB', '1.0TB', '500,107,862,016 bytes [500 GB]'), in bytes. KiB, MiB, … are always binary. What `G`
 * and `GB` are differs by tool: decimal on a drive's label and in smartctl, binary in lsblk and in everything about memory; `binary`
 * says it. A number without a unit is bytes. Null where there is no size, or none that a number holds exactly.
 */
export function parseSize(text: string, options: { binary?: boolean } = {}): number | null {
  const found = /^([0-9][0-9.,_'’\u00a0\u202f ]*)([a-z]*)/i.exec(text.trim());
  const unit = /^(?:b|bytes?|([kmgtpe])(i?)(?:b|bytes?)?)?$/i.exec(found?.[2] ?? '');
  const number = found?.[1] === undefined ? null : groupedNumber(found[1]);
  if (unit === null || number === null) return null;
  const power = POWERS[(unit[1] ?? '').toLowerCase()] ?? 0; // bytes
  const binary = options.binary === true || (unit[2] ?? '') !== '';
  const bytes = Math.round(number * (binary ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Tools follow the locale: '1,000,204', '1.000.204', '1 000 204' and "1'000'204" are the same, and '931,5' is '931.5'. */
function groupedNumber(text: string): number | null {
  const plain = text.trim().replace(/[_'’\u00a0\u202f ]/g, '');
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain)) return asNumber(plain);
  if (/^\d{1,3}(?:\.\d{3}){2,}$/.test(plain)) return asNumber(plain.replace(/\./g, ''));
  if (/^\d+,\d{1,2}$/.test(plain)) return asNumber(plain.replace(',', '.'));
  return /^\d+(?:\.\d+)?$/.test(plain) ? asNumber(plain) : null;
}
