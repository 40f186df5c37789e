import type { SensorReading } from '../../../src/ports/bmc-health.ts';
import { asList, asNumber, asText, isRecord } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { withoutRepeated } from '../repeated.ts';
import { healthOf, isAbsent, type Resource } from './said.ts';

type Kind = SensorReading['kind'];

/** A reading, and what it may be called elsewhere on the same BMC: the same sensor stands in several places. */
export interface Found {
  reading: SensorReading;
  aliases: string[];
  /** Folded, of a sensor that is a resource of its own. */
  path: string | null;
}

const KINDS: Record<string, [kind: Kind, unit: string]> = {
  temperature: ['temperature', 'Cel'],
  rotational: ['fan', 'RPM'],
  power: ['power', 'W'],
  voltage: ['voltage', 'V'],
  current: ['current', 'A'],
  energyjoules: ['energy', 'J'],
  energykwh: ['energy', 'kW.h'],
  humidity: ['humidity', '%'],
  percent: ['percent', '%'],
};

/** The unit tells where a type is not said (DMTF's own samples), and where it says something else: XCC calls all its watts a current. */
const BY_UNIT: Record<string, Kind> = {
  cel: 'temperature',
  rpm: 'fan',
  '{rev}/min': 'fan',
  w: 'power',
  v: 'voltage',
  a: 'current',
  j: 'energy',
  'kw.h': 'energy',
};
const UNIT_WORDS: Record<string, string> = {
  watts: 'W',
  volts: 'V',
  amps: 'A',
  amperes: 'A',
  celsius: 'Cel',
  joules: 'J',
};

interface Limits {
  upperCaution?: unknown;
  upperCritical?: unknown;
  lowerCaution?: unknown;
  lowerCritical?: unknown;
}

function found(
  place: { chassis: string; body: Resource; name: string | null; aliases?: (string | null)[] },
  measure: { kind: Kind; unit: string; value: unknown },
  limits: Limits = {},
): Found {
  const { chassis, body, aliases = [] } = place;
  const name = place.name ?? 'unnamed';
  const absent = isAbsent(body);
  // An absent sensor says 0 for everything (Supermicro X10), and so does a limit that is not set (HPE, X10).
  const limit = (value: unknown): number | null => (absent ? null : asNumber(value));
  const upper = (value: unknown): number | null => {
    const number = limit(value);
    return number === null || number <= 0 ? null : number;
  };
  const status = isRecord(body['Status']) ? body['Status'] : {};
  const reading: SensorReading = {
    chassis,
    name,
    kind: measure.kind,
    value: absent ? null : asNumber(measure.value),
    unit: measure.unit,
    upperCaution: upper(limits.upperCaution),
    upperCritical: upper(limits.upperCritical),
    lowerCaution: limit(limits.lowerCaution),
    lowerCritical: limit(limits.lowerCritical),
    health: healthOf(status['Health']),
  };
  return { reading, aliases: [name, ...aliases].filter((alias) => alias !== null).map(plain), path: null };
}

/** Names are compared without case and signs: `CPU1 Temp` and `CPU1Temp` are one sensor. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** A Sensor resource. */
export function fromSensor(chassis: string, body: Resource): Found {
  const said = asText(body['ReadingUnits']) ?? '';
  const unit = UNIT_WORDS[said.toLowerCase()] ?? said;
  const type = asText(body['ReadingType'])?.toLowerCase();
  // XCC lists IPMI's states (`PSU 1 Failure`) as sensors of 0 with an empty unit and no limits: nothing is measured there.
  const isState = body['ReadingUnits'] === '' && !isRecord(body['Thresholds']);
  const known = type === undefined || isState ? undefined : KINDS[type];
  const thresholds = isRecord(body['Thresholds']) ? body['Thresholds'] : {};
  const at = (name: string): unknown => {
    const threshold = thresholds[name];
    return isRecord(threshold) ? threshold['Reading'] : undefined;
  };
  return found(
    { chassis, body, name: asText(body['Name']) ?? asText(body['Id']), aliases: [asText(body['Id'])] },
    {
      kind: BY_UNIT[unit.toLowerCase()] ?? known?.[0] ?? 'other',
      unit: unit === '' ? (known?.[1] ?? '') : unit,
      value: isState ? null : body['Reading'],
    },
    {
      upperCaution: at('UpperCaution'),
      upperCritical: at('UpperCritical') ?? at('UpperFatal'),
      lowerCaution: at('LowerCaution'),
      lowerCritical: at('LowerCritical') ?? at('LowerFatal'),
    },
  );
}

function oldLimits(body: Resource): Limits {
  return {
    upperCaution: body['UpperThresholdNonCritical'],
    upperCritical: body['UpperThresholdCritical'] ?? body['UpperThresholdFatal'],
    lowerCaution: body['LowerThresholdNonCritical'],
    lowerCritical: body['LowerThresholdCritical'] ?? body['LowerThresholdFatal'],
  };
}

function nameOf(body: Resource): string | null {
  return asText(body['FanName']) ?? asText(body['Name']) ?? asText(body['MemberId']);
}

function membersOf(body: Resource, key: string): Resource[] {
  return withoutRepeated(asList(body[key]).filter(isRecord), (one) => [one['@odata.id'], nameOf(one)]);
}

/** The old Thermal resource. */
export function fromThermal(chassis: string, body: Resource): Found[] {
  const temperatures = membersOf(body, 'Temperatures').map((one) =>
    found(
      { chassis, body: one, name: nameOf(one) },
      { kind: 'temperature', unit: 'Cel', value: one['ReadingCelsius'] },
      oldLimits(one),
    ),
  );
  const fans = membersOf(body, 'Fans').map((one) => {
    // HPE gives per cent here. Before Redfish 1.1 the value had another name.
    const percent = /percent|%/i.test(asText(one['ReadingUnits']) ?? '');
    const value = one['Reading'] ?? one['ReadingRPM'];
    return found(
      { chassis, body: one, name: nameOf(one) },
      { kind: 'fan', unit: percent ? '%' : 'RPM', value },
      oldLimits(one),
    );
  });
  return [...temperatures, ...fans];
}

/** The old Power resource: what is drawn, voltages, and what each supply takes and gives. */
export function fromPower(chassis: string, body: Resource): Found[] {
  const drawn = asList(body['PowerControl'])
    .filter(isRecord)
    .map((one) =>
      found(
        { chassis, body: one, name: asText(one['Name']) ?? 'Power' },
        { kind: 'power', unit: 'W', value: one['PowerConsumedWatts'] },
      ),
    );
  const voltages = membersOf(body, 'Voltages').map((one) =>
    found(
      { chassis, body: one, name: nameOf(one) },
      { kind: 'voltage', unit: 'V', value: one['ReadingVolts'] },
      oldLimits(one),
    ),
  );
  const supplies = asList(body['PowerSupplies'])
    .filter(isRecord)
    .flatMap((one, at) => fromSupply(chassis, one, at));
  return [...drawn, ...voltages, ...supplies];
}

function fromSupply(chassis: string, one: Resource, at: number): Found[] {
  const name = supplyName(one, at);
  const parts: [suffix: string, kind: Kind, unit: string, value: unknown][] = [
    ['output', 'power', 'W', one['PowerOutputWatts'] ?? one['LastPowerOutputWatts']],
    ['input', 'power', 'W', one['PowerInputWatts']],
    ['input', 'voltage', 'V', one['LineInputVoltage']],
  ];
  return parts
    .filter(([, , , value]) => value !== undefined)
    .map(([suffix, kind, unit, value]) =>
      found({ chassis, body: one, name: `${name} ${suffix}` }, { kind, unit, value }),
    );
}

/** HPE and Supermicro call all of their supplies the same: their number tells them apart. */
export function supplyName(one: Resource, at: number): string {
  const number = asText(one['MemberId']) ?? asText(one['Id']) ?? String(at);
  const said = asText(one['Name']) ?? 'Power supply';
  return /\d/.test(said) ? said : `${said} ${number}`;
}

const METRICS: [property: string, suffix: string, kind: Kind, unit: string][] = [
  ['OutputPowerWatts', 'output', 'power', 'W'],
  ['InputPowerWatts', 'input', 'power', 'W'],
  ['InputVoltage', 'input', 'voltage', 'V'],
  ['InputCurrentAmps', 'input', 'current', 'A'],
];

/** PowerSupplyMetrics of one supply: excerpts of sensors, which they may name. */
export function fromMetrics(chassis: string, supply: string, body: Resource): Found[] {
  return METRICS.flatMap(([property, suffix, kind, unit]) => {
    const excerpt = body[property];
    if (!isRecord(excerpt)) return [];
    const source = asText(excerpt['DataSourceUri']);
    const measure = { kind, unit, value: excerpt['Reading'] };
    const one = found({ chassis, body, name: `${supply} ${suffix}` }, measure);
    return [{ ...one, path: source === null ? null : fold(source) }];
  });
}

const EXCERPTS: [property: string, kind: Kind, unit: string][] = [
  ['TemperatureCelsius', 'temperature', 'Cel'],
  ['PowerWatts', 'power', 'W'],
  ['EnergykWh', 'energy', 'kW.h'],
  ['EnergyJoules', 'energy', 'J'],
  ['HumidityPercent', 'humidity', '%'],
  ['FanSpeedsPercent', 'fan', '%'],
];

/** EnvironmentMetrics: excerpts of sensors, which they name. */
export function fromEnvironment(chassis: string, body: Resource): Found[] {
  return EXCERPTS.flatMap(([property, kind, unit]) =>
    asList(body[property])
      .filter(isRecord)
      .map((one) => {
        const source = asText(one['DataSourceUri'])?.split('/').at(-1) ?? null;
        const name = asText(one['DeviceName']) ?? source ?? property;
        return found({ chassis, body: one, name, aliases: [source] }, { kind, unit, value: one['Reading'] });
      }),
  );
}

/** A Fan of the ThermalSubsystem. */
export function fromFan(chassis: string, body: Resource): Found[] {
  const speed = isRecord(body['SpeedPercent']) ? body['SpeedPercent'] : null;
  if (speed === null) return [];
  const rpm = asNumber(speed['SpeedRPM']);
  const measure = rpm === null ? { unit: '%', value: speed['Reading'] } : { unit: 'RPM', value: rpm };
  const source = asText(speed['DataSourceUri'])?.split('/').at(-1) ?? null;
  return [found({ chassis, body, name: nameOf(body), aliases: [source] }, { kind: 'fan', ...measure })];
}

/**
 * Equal names of a kind within a chassis are numbered, in the order in which the BMC lists them.
 * @param before how often each stands in the places before this one
 */
export function named(all: readonly Found[], before: Readonly<Record<string, number>> = {}): SensorReading[] {
  const counts = new Map(Object.entries(before));
  return all.map(({ reading }) => {
    const count = countUp(counts, reading);
    return count === 1 ? reading : { ...reading, name: `${reading.name} #${count}` };
  });
}

/** For each place, how often the names in it stand in those before it; names that do not are left out. */
export function namesBefore(places: readonly (readonly Found[])[]): Record<string, number>[] {
  const counts = new Map<string, number>();
  return places.map((all) => {
    const keys = new Set(all.map(({ reading }) => keyOf(reading)));
    const before = Object.fromEntries([...counts].filter(([key]) => keys.has(key)));
    for (const { reading } of all) countUp(counts, reading);
    return before;
  });
}

function countUp(counts: Map<string, number>, reading: SensorReading): number {
  const key = keyOf(reading);
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

function keyOf({ chassis, kind, name }: SensorReading): string {
  return `${chassis} ${kind} ${name}`;
}
