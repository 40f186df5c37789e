/**
 * How a server is, in words. What nobody said stays unknown.
 * @typedef {{ chassis: string, name: string, kind: string, value: number | null, unit: string, upper_caution: number | null, upper_critical: number | null, lower_caution: number | null, lower_critical: number | null, health: string | null, read_at: string }} Sensor
 */

/** @type {Record<string, string>} */
export const SENSOR_KINDS = {
  temperature: 'Temperature',
  fan: 'Fan',
  power: 'Power',
  voltage: 'Voltage',
  current: 'Current',
  energy: 'Energy',
  humidity: 'Humidity',
  percent: 'Percentage',
  other: 'Other',
};

/** UCUM as BMCs have it. @type {Record<string, string>} */
const UNITS = { Cel: '°C', RPM: 'rpm', 'kW.h': 'kWh' };

const WORST_FIRST = ['Critical', 'Warning', null, 'OK'];

/** @param {Sensor} sensor */
export function readingText({ value, unit }) {
  if (value === null) return 'unknown';
  return `${Number(value.toFixed(3))} ${UNITS[unit] ?? unit}`.trim();
}

/** @param {Sensor} sensor */
export function limitsText({ lower_critical, lower_caution, upper_caution, upper_critical }) {
  const below = lower_critical ?? lower_caution;
  const above = upper_critical ?? upper_caution;
  return [below !== null && `from ${below}`, above !== null && `to ${above}`].filter(Boolean).join(' ');
}

/** The BMC's own word; without one, by its limits; without those, unknown. @param {Sensor} sensor @returns {string | null} */
export function healthOf({ health, value, upper_caution, upper_critical, lower_caution, lower_critical }) {
  if (health !== null) return health;
  if (value === null) return null;
  if (isPast(value, lower_critical, upper_critical)) return 'Critical';
  if (isPast(value, lower_caution, upper_caution)) return 'Warning';
  const hasLimits = [upper_caution, upper_critical, lower_caution, lower_critical].some((limit) => limit !== null);
  return hasLimits ? 'OK' : null;
}

/** @param {number} value @param {number | null} low @param {number | null} high */
function isPast(value, low, high) {
  return (low !== null && value <= low) || (high !== null && value >= high);
}

/** Worst first, then by kind and name. @template {Sensor} T @param {T[]} sensors @returns {T[]} */
export function worstFirst(sensors) {
  const kinds = Object.keys(SENSOR_KINDS);
  return sensors.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(healthOf(a)) - WORST_FIRST.indexOf(healthOf(b)) ||
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
}

/** `12 readings, 3 unknown`. @param {Sensor[]} sensors @param {boolean | null} complete */
export function countText(sensors, complete) {
  const silent = sensors.filter(({ value }) => value === null).length;
  const parts = [
    `${sensors.length} ${sensors.length === 1 ? 'sensor' : 'sensors'}`,
    silent > 0 && `${silent} of them unknown`,
  ];
  if (complete === false) parts.push('more that could not be read, which are unknown');
  return parts.filter(Boolean).join(', ');
}
