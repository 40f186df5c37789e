import { plainHost } from '../core/host-address.ts';
import { normalizeMac } from '../core/mac.ts';
import { normalizeVendor } from '../core/vendor.ts';
import { isBlank, quoted, type Raw, type Scalar } from './plain-value.ts';
import { plainSerial } from './plain-serial.ts';

/** The transforms that are one word and read one value. Blank text is null for all that look for something in it. */
export const SCALAR_WORDS = {
  trim: (value) => (typeof value === 'string' ? value.trim() : value),
  upper: (value) => (typeof value === 'string' ? value.toUpperCase() : value),
  lower: (value) => (typeof value === 'string' ? value.toLowerCase() : value),
  text: String,
  number: unlessBlank(toNumber),
  boolean: unlessBlank(toBoolean),
  mac: unlessBlank((value) => normalizeMac(String(value)) ?? { fault: `${quoted(value)} is no MAC address` }),
  serial: unlessBlank((value) => plainSerial(String(value))),
  vendor: unlessBlank((value) => normalizeVendor(String(value), null, null) ?? undefined),
  date: unlessBlank(toDate),
  host: unlessBlank(toHost),
} as const satisfies Record<string, (value: Scalar) => Raw>;

export type ScalarWord = keyof typeof SCALAR_WORDS;

function unlessBlank(read: (value: Scalar) => Raw): (value: Scalar) => Raw {
  return (value) => (isBlank(value) ? null : read(value));
}

function toNumber(value: Scalar): Raw {
  if (typeof value === 'number') return value;
  const text = String(value).trim();
  if (!/^[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/.test(text))
    return { fault: `${quoted(value)} is no number` };
  const number = Number(text);
  // Above this two whole numbers are one: an asset number would become its neighbour's
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
    return { fault: `${quoted(value)} is too large a number: read it as text` };
  return number;
}

const YES = new Set(['true', 'yes', 'on', '1']);
const NO = new Set(['false', 'no', 'off', '0']);

function toBoolean(value: Scalar): Raw {
  const text = String(value).trim().toLowerCase();
  if (YES.has(text)) return true;
  return NO.has(text) ? false : { fault: `${quoted(value)} is neither true nor false` };
}

/** The date as it is written: a moment near midnight is not moved into another time zone. */
function toDate(value: Scalar): Raw {
  const fault = { fault: `${quoted(value)} is no ISO 8601 date, e.g. 2026-11-21` };
  if (typeof value !== 'string') return fault;
  const [, date] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(value.trim()) ??
    [];
  if (date === undefined) return fault;
  // 2026-02-30 is read as a day in March
  const time = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date) ? date : fault;
}

/** `10.0.0.5/24` → `10.0.0.5`; IPv6 in its one short form. */
function toHost(value: Scalar): Raw {
  const [, text = '', length = '0'] = /^([^/]{1,45})(?:\/(\d{1,3}))?$/.exec(String(value).trim()) ?? [];
  const host = plainHost(text);
  if (host === undefined || Number(length) > (host.includes(':') ? 128 : 32))
    return { fault: `${quoted(value)} is no IP address` };
  return host;
}
