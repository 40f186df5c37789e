import type { PlacedReading } from './poll-store.ts';

type Labels = Record<string, string | null>;

const LEVEL = { OK: 0, Warning: 1, Critical: 2 } as const;

/** Each name once, with what it is: the format wants it before the first sample of it. */
const FAMILIES = {
  reanimator_bmc_up: 'Whether the BMC answered the last time that it was asked',
  reanimator_bmc_answered_seconds: 'When it last answered, in seconds since 1970',
  reanimator_bmc_power_on: 'Whether the server is on; missing where that is not known',
  reanimator_bmc_health: 'Health: 0 OK, 1 warning, 2 critical; missing where it is not said',
  reanimator_bmc_faults: 'Resources that are not OK',
  reanimator_bmc_complete: 'Whether all sensors could be read',
  reanimator_bmc_sensor: 'A sensor, in its own unit; missing where it says nothing',
} as const;
type Family = keyof typeof FAMILIES;

/** Prometheus text of one family for some servers. What is not known has no sample: a 0 would be a lie. */
export function renderReadings(family: Family, readings: readonly PlacedReading[]): string {
  return readings.flatMap((one) => samplesOf(family, one)).join('');
}

export const families = Object.keys(FAMILIES) as Family[];

export function headOf(family: Family): string {
  return `# HELP ${family} ${FAMILIES[family]}\n# TYPE ${family} gauge\n`;
}

function samplesOf(family: Family, reading: PlacedReading): string[] {
  const { report, failures } = reading;
  const asset: Labels = {
    asset: reading.assetId,
    name: reading.name ?? reading.serial,
    site: reading.site,
    rack: reading.rack,
  };
  const say = (value: number | null, labels: Labels = {}): string[] =>
    value === null ? [] : [`${family}${written({ ...asset, ...labels })} ${value}\n`];

  if (family === 'reanimator_bmc_up') return say(failures === 0 ? 1 : 0);
  if (family === 'reanimator_bmc_answered_seconds')
    return say(reading.answeredAt === null ? null : Date.parse(reading.answeredAt) / 1000);
  // What it said before it fell silent is not how it is now.
  if (report === null || failures > 0) return [];
  switch (family) {
    case 'reanimator_bmc_power_on':
      return say(report.power === null ? null : Number(report.power === 'On'));
    case 'reanimator_bmc_health':
      return [
        ...say(report.system === null ? null : LEVEL[report.system], { of: 'system' }),
        ...say(report.manager === null ? null : LEVEL[report.manager], { of: 'manager' }),
      ];
    case 'reanimator_bmc_faults':
      return say(report.faults.length);
    case 'reanimator_bmc_complete':
      return say(Number(report.complete));
    case 'reanimator_bmc_sensor':
      return report.sensors.flatMap(({ chassis, name, kind, unit, value }) =>
        say(value, { chassis, sensor: name, kind, unit }),
      );
  }
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}="${escaped(value ?? '')}"`);
  return `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
