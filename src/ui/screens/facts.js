import { bytes, words } from './format.js';

/** What is memory counts in GiB; everything else that has a capacity is a disk. */
const IN_1024 = new Set(['dimm', 'cpu', 'gpu', 'system']);

const PLAIN = new Set([
  'capacity',
  'speed',
  'power',
  'type',
  'module type',
  'media type',
  'protocol',
  'protocols',
  'input type',
  'mac addresses',
  'device type',
]);

/** @type {[RegExp, (value: number) => string][]} */
const UNITS = [
  [/Mhz$/, (value) => (value >= 1000 ? `${Number((value / 1000).toFixed(2))} GHz` : `${value} MHz`)],
  [/Mts$/, (value) => `${value} MT/s`],
  [/Gbps$/, (value) => `${value} Gbit/s`],
  [/Mbps$/, (value) => (value >= 1000 ? `${value / 1000} Gbit/s` : `${value} Mbit/s`)],
  [/Watts$/, (value) => `${value} W`],
  [/Percent$/, (value) => `${value} %`],
  [/Celsius$/, (value) => `${value} °C`],
  [/Rpm$/, (value) => `${value} rpm`],
  [/Gb$/, (value) => `${value} GB`],
  [/Tb$/, (value) => `${value} TB`],
  [/Volts$/, (value) => `${value} V`],
  [/Hours$/, (value) => `${value} h`],
];

/**
 * A fact in words: the unit leaves its name and goes to its value.
 * @param {string} kind of the part
 * @param {string} name e.g. `capacityBytes`
 * @param {unknown} value
 * @returns {{ name: string, value: string, isPlain?: boolean }} isPlain: the value says enough by itself
 */
export function fact(kind, name, value) {
  const said = inWords(kind, name, value);
  return PLAIN.has(said.name) ? { ...said, isPlain: true } : said;
}

/** @param {string} kind @param {string} name @param {unknown} value */
function inWords(kind, name, value) {
  if (typeof value === 'boolean') return { name: words(name), value: value ? 'yes' : 'no' };
  if (Array.isArray(value)) return { name: words(name), value: value.map(String).join(', ') };
  if (typeof value !== 'number')
    return { name: words(name), value: typeof value === 'string' ? value : JSON.stringify(value) };
  if (/bytes$/i.test(name))
    return { name: bare(name, /bytes$/i), value: bytes(value, IN_1024.has(kind) ? 1024 : 1000) };
  if (/^bytes[A-Z]/.test(name)) return { name: bare(name, /^bytes/), value: bytes(value, 1000) };
  if (/^percent[A-Z]/.test(name)) return { name: bare(name, /^percent/), value: `${value} %` };
  for (const [unit, say] of UNITS) {
    if (unit.test(name)) return { name: bare(name, unit), value: say(value) };
  }
  return { name: words(name), value: String(value) };
}

/** @param {string} name @param {RegExp} unit */
function bare(name, unit) {
  return words(name.replace(unit, '')) || words(name);
}
