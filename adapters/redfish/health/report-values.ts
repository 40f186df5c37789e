import { z } from 'zod';
import { asList, asNumber, asText, isRecord } from '../decode.ts';
import { fold } from '../own-origin.ts';
import type { Resource } from './said.ts';
import { type Found, plain } from './sensors.ts';

/** How much older than at the survey the newest value may be: a report that stands still says nothing of now. */
const STANDS_STILL_MS = 10 * 60_000;

const Limit = z.number().nullable();

/** A sensor whose value stands in a metric report, and the rest of it nowhere but in the list that was read for the survey. */
export const KnownSensor = z.object({
  path: z.string(),
  chassis: z.string(),
  name: z.string(),
  kind: z.enum(['temperature', 'fan', 'power', 'voltage', 'current', 'energy', 'humidity', 'percent', 'other']),
  unit: z.string(),
  /** What the report's number is divided by to be the sensor's. */
  divisor: z.number().default(1),
  ...{ upperCaution: Limit, upperCritical: Limit, lowerCaution: Limit, lowerCritical: Limit },
});
export type KnownSensor = z.infer<typeof KnownSensor>;

export interface Report {
  link: string;
  /** By the folded path of the sensor; null: said to be stale, or no number. */
  values: Map<string, number | null>;
  /** Milliseconds since the epoch, by the clock of the BMC. */
  newest: number | null;
}

/** `MetricProperty` names the sensor, or the reading in it; what it says of other things is not looked at. */
export function reportOf(link: string, body: Resource): Report {
  const values = new Map<string, number | null>();
  let newest: number | null = null;
  for (const one of asList(body['MetricValues']).filter(isRecord)) {
    const path = /^(.*\/sensors\/[^/#]+)(?:#?\/?reading)?\/?$/i.exec(asText(one['MetricProperty']) ?? '')?.[1];
    if (path === undefined) continue;
    const nvidia = isRecord(one['Oem']) && isRecord(one['Oem']['Nvidia']) ? one['Oem']['Nvidia'] : {};
    values.set(fold(path), nvidia['MetricValueStale'] === true ? null : asNumber(one['MetricValue']));
    const at = Date.parse(asText(one['Timestamp']) ?? asText(body['Timestamp']) ?? '');
    if (!Number.isNaN(at) && (newest === null || at > newest)) newest = at;
  }
  return { link, values, newest };
}

/**
 * 1000 where the report says thousandths of what the sensor says: GH200's have milliwatts and millidegrees beside watts and degrees, and no word
 * of it. Null: the two numbers do not tell.
 */
export function divisorOf(sensor: number | null, reported: number | null | undefined): 1 | 1000 | null {
  if (!sensor || !reported) return null;
  const ratio = reported / sensor;
  return ratio > 300 && ratio < 3_000 ? 1000 : 1;
}

/** The known sensors with the values of a report, all unknown where it stands still. */
export function readingsOf(
  { known, lag, link }: { known: readonly KnownSensor[]; lag: number | null; link: string },
  { values, newest }: Report,
  seenAt: string,
): { found: Found[]; failures: string[] } {
  const older = lag === null || newest === null ? 0 : Date.parse(seenAt) - newest - lag;
  const isStill = older > STANDS_STILL_MS;
  const found = known.map(({ path, divisor, ...sensor }) => {
    const value = isStill ? null : (values.get(path) ?? null);
    const reading = { ...sensor, value: value === null ? null : value / divisor, health: null };
    return { reading, aliases: [plain(sensor.name)], path };
  });
  const why = `${link}: its newest value is ${Math.round(older / 60_000)} minutes older than it should be`;
  return { found, failures: isStill ? [why] : [] };
}
