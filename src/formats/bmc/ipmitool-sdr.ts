import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { linesOf } from '../host/words.ts';

/** `ipmitool sdr`, `sdr elist` and `sensor`. Sensors have no serial numbers: only counts are taken, no parts. */
export const ipmitoolSdr: FileFormat = {
  id: 'ipmitool-sdr',
  title: 'ipmitool sdr',
  recognises(file) {
    const text = file.text();
    if (!text.includes('|')) return false;
    const lines = linesOf(text).filter((line) => line.includes('|'));
    const good = lines.filter((line) => sensorOf(line) !== null).length;
    return good > 0 && good >= lines.length * 0.8;
  },
  read: (file) => [readSensors(file.text())],
};

interface Sensor {
  name: string;
  value: string;
  status: string;
  /** `10.1` is power supply 1: only in `elist`. */
  entity: string | null;
}

const STATUS = /^(?:ok|ns|nc|cr|nr|na|lnc|lcr|lnr|unc|ucr|unr|us|0x[0-9a-f]{4})$/;

function sensorOf(line: string): Sensor | null {
  const [name = '', ...rest] = line.split('|').map((one) => one.trim());
  const [first = '', second = '', third = '', fourth = ''] = rest;
  if (name === '') return null;
  if (rest.length === 2 && STATUS.test(second)) return { name, value: first, status: second, entity: null };
  if (rest.length === 4 && /^[0-9A-F]{2}h$/.test(first) && STATUS.test(second) && /^\d{1,3}\.\d{1,3}$/.test(third))
    return { name, value: fourth, status: second, entity: third };
  if (rest.length === 9 && STATUS.test(third))
    return { name, value: `${first} ${second}`, status: third, entity: null };
  return null;
}

function readSensors(text: string): FileReading {
  const reading = emptyReading('tools');
  const lines = linesOf(text).filter((line) => line.trim() !== '');
  const sensors = lines.map(sensorOf).filter((one) => one !== null);
  const lost = lines.length - sensors.length;
  if (lost > 0) reading.warnings.push(`${lost} of ${lines.length} lines are no sensor.`);
  const wrong = sensors.filter(({ status }) => /^(?:nc|cr|nr|lnc|lcr|lnr|unc|ucr|unr)$/.test(status));
  const supplies = sensors.filter(
    ({ entity, value }) => (entity ?? '').startsWith('10.') && /Presence detected/.test(value),
  );
  reading.system = {
    sensorCount: sensors.length,
    ...(sensors.some(({ entity }) => entity !== null)
      ? { powerSuppliesPresent: new Set(supplies.map(({ entity }) => entity)).size }
      : {}),
  };
  for (const { name, value, status } of wrong)
    reading.logEntries.push({
      at: null,
      severity: /nc$/.test(status) ? 'Warning' : 'Critical',
      message: `${name}: ${value} (${status})`,
      source: 'ipmitool sdr',
    });
  return reading;
}
