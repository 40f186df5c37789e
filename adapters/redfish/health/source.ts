import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { HealthFault } from '../../../src/ports/bmc-health.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { faultsOf } from './faults.ts';
import { KnownSensor, readingsOf, reportOf } from './report-values.ts';
import type { Resource } from './said.ts';
import { fromEnvironment, fromFan, fromMetrics, fromPower, fromSensor, fromThermal, type Found } from './sensors.ts';

export const Source = z.object({
  kind: z.enum(['sensors', 'thermal', 'power', 'environment', 'fans', 'report', 'supply']),
  link: z.string(),
  chassis: z.string(),
  /** So many sensors are listed here and were not there when asked for one by one: not asked for again until the next survey. */
  dangling: z.number().default(0),
  /** Names (chassis, kind and name) that stand in the places before this one, and how often: the same sensor keeps its number, whatever is read. */
  before: z.record(z.string(), z.number()).default({}),
  /** Of a report: the sensors that are read there. */
  known: z.array(KnownSensor).default([]),
  /** Kind and name of readings that stand in the list of sensors too, and are read there. */
  elsewhere: z.array(z.string()).default([]),
  /** Of a supply's metrics: what the supply is called. */
  supply: z.string().default(''),
  /** Each is a request. Members of a list that the BMC does not expand come on top. */
  pages: z.number().default(1),
  /** How far its newest value was behind the hub's clock when it was surveyed, in milliseconds. */
  lag: z.number().nullable().default(null),
});
export type Source = z.infer<typeof Source>;

/** A place that nothing is known of yet. */
export function sourceAt(place: Pick<Source, 'kind' | 'link' | 'chassis'>): Source {
  return Source.parse(place);
}

/** By which a reading is known in a chassis, whatever its case and signs. */
export function signOf({ reading, aliases }: Found): string {
  return `${reading.kind} ${aliases[0] ?? ''}`;
}

/** A place that readings come from, read. */
export interface SourceRead {
  source: Source;
  found: Found[];
  faults: HealthFault[];
  /** Why it is not all of it; empty: it is. */
  failures: string[];
  /** It was there when the BMC was surveyed, and is not now. */
  gone: boolean;
}

const Raw = z.record(z.string(), z.unknown());

/** @throws AdapterError only what ends the whole read; the rest stands in `failures` */
export async function readSource(bmc: Bmc, source: Source, seenAt: string): Promise<SourceRead> {
  const read: SourceRead = { source, found: [], faults: [], failures: [], gone: false };
  const { chassis, link } = source;
  try {
    if (source.kind === 'sensors' || source.kind === 'fans') {
      const members = await listed(bmc, source, read);
      for (const one of members) {
        read.found.push(...(source.kind === 'fans' ? fromFan(chassis, one) : [sensorAt(chassis, one)]));
        read.faults.push(...faultsOf(one, asLink(one) ?? link, seenAt));
      }
      return read;
    }
    const body = await bmc.get(link);
    if (source.kind === 'report') return { ...read, ...readingsOf(source, reportOf(link, body), seenAt) };
    const decode = { thermal: fromThermal, power: fromPower, environment: fromEnvironment };
    const all =
      source.kind === 'supply' ? fromMetrics(chassis, source.supply, body) : decode[source.kind](chassis, body);
    read.found = all.filter((one) => !source.elsewhere.includes(signOf(one)));
    read.faults = faultsOf(body, link, seenAt);
    return read;
  } catch (error) {
    const fatal = bmc.fatal();
    if (fatal) throw fatal;
    if (!(error instanceof AdapterError)) throw error;
    return { ...read, failures: [`${link}: ${error.message}`], gone: error.kind === 'not-found' };
  }
}

/** Also finds out how many pages it has. */
export async function readFirst(bmc: Bmc, source: Source, seenAt: string): Promise<SourceRead> {
  let pages = 0;
  const counting: Bmc = {
    ...bmc,
    get(path, options) {
      if (!isMember(path, source.link)) pages += 1;
      return bmc.get(path, options);
    },
  };
  const read = await readSource(counting, source, seenAt);
  // A copy of the BMC has learnt this for itself alone
  if (counting.expand === null) bmc.expand = null;
  source.pages = Math.max(1, pages);
  return read;
}

function sensorAt(chassis: string, body: Resource): Found {
  const link = asLink(body);
  return { ...fromSensor(chassis, body), path: link === null ? null : fold(link) };
}

async function listed(bmc: Bmc, source: Source, read: SourceRead): Promise<Resource[]> {
  const { link } = source;
  // Only the ones that dangle would be asked for one by one; a list that is not expanded at all is read in full.
  const skipping: Bmc = source.dangling === 0 ? bmc : { ...bmc, get: skipMembers(bmc, link) };
  const { members, failures } = await readCollection(skipping, link, Raw);
  const unread = failures.filter(({ path }) => path !== link);
  const whole = failures.filter(({ path }) => path === link);
  if (members.length === 0 && whole.length > 0)
    throw new AdapterError('malformed', whole[0]?.why ?? '', { system: 'redfish' });
  read.failures.push(...whole.map(({ why }) => `${link}: ${why}`));
  if (unread.length > 0)
    read.failures.push(`${link}: ${unread.length} of ${members.length + unread.length} listed cannot be read`);
  source.dangling = unread.length;
  return members;
}

function skipMembers(bmc: Bmc, link: string): Bmc['get'] {
  return async (path, options) => {
    if (!isMember(path, link)) return bmc.get(path, options);
    throw new AdapterError('not-found', 'was not there when it was asked for', { system: 'redfish' });
  };
}

function isMember(path: string, list: string): boolean {
  return path.toLowerCase().startsWith(`${list.replace(/\/+$/, '').toLowerCase()}/`);
}
