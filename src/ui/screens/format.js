/** What is shown where nothing is known. */
export const UNKNOWN = '–';

const STEPS = /** @type {const} */ ([
  [60, 1, 's'],
  [3600, 60, 'min'],
  [172_800, 3600, 'h'],
  [Infinity, 86_400, 'd'],
]);

/** `3 min`, `5 h`, `12 d`: one unit, rounded down. @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, ms) / 1000;
  for (const [below, unit, name] of STEPS) {
    if (seconds < below) return `${Math.floor(seconds / unit)} ${name}`;
  }
  return UNKNOWN;
}

/** `3 min ago`, `in 2 h`, `now`. @param {string} iso @param {number} now milliseconds */
export function age(iso, now) {
  const ms = now - Date.parse(iso);
  if (Number.isNaN(ms)) return UNKNOWN;
  if (Math.abs(ms) < 1000) return 'now';
  return ms > 0 ? `${duration(ms)} ago` : `in ${duration(-ms)}`;
}

/** `2026-08-01 12:34:56 UTC`. @param {string} iso */
export function utc(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** In the reader's time zone: `12:34:56` today, `01 Aug 12:34` this year, `2025-08-01` before. @param {string} iso @param {number} now */
export function localTime(iso, now) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const today = new Date(now);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === today.toDateString()) return `${clock}:${two(date.getSeconds())}`;
  if (date.getFullYear() === today.getFullYear()) return `${two(date.getDate())} ${MONTHS[date.getMonth()]} ${clock}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Memory is counted in 1024s (GiB), disks in 1000s (TB), as they are sold.
 * @param {number} count
 * @param {1000 | 1024} base
 */
export function bytes(count, base) {
  const units = base === 1024 ? ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] : ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count;
  let unit = 0;
  // 999.9 would be shown as 1000: go on to the next unit before that.
  while (value >= base - 0.5 && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${short(value)} ${units[unit]}`;
}

/** At most two digits after the point, none at the end that say nothing. @param {number} value */
function short(value) {
  let digits = 2;
  if (value >= 10) digits = 1;
  if (value >= 100) digits = 0;
  return String(Number(value.toFixed(digits)));
}

/** `bmc.moved_away` → `bmc moved away`, `maxSpeedMhz` → `max speed mhz`. @param {string} name */
export function words(name) {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[._-]+/g, ' ')
    .toLowerCase();
}
