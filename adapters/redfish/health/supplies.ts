import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink } from '../decode.ts';
import { isAbsent, type Resource } from './said.ts';
import { supplyName } from './sensors.ts';
import { readFirst, signOf, sourceAt, type SourceRead } from './source.ts';
import { orWarning, Raw } from './whole.ts';

/** Whether the PowerSubsystems of this BMC have metrics of supplies. NVIDIA's trays have thirty of them, and a supply in none. */
const LEARNT = 'health.supplies';
const MOST_SUPPLIES = 16;

interface Bay {
  body: Resource;
  chassis: string;
  seenAt: string;
  blind: string[];
}

/**
 * The metrics of each supply of a PowerSubsystem, a place each, where neither Power nor the list of sensors says what the supply gives and takes.
 * What an excerpt has from a sensor of the list is read there.
 */
export async function readSupplies(bmc: Bmc, bay: Bay, others: readonly SourceRead[]): Promise<SourceRead[]> {
  const link = asLink(bay.body['PowerSubsystem']);
  if (link === null || others.some(saysSupplies) || bmc.learnt(LEARNT) === 'none') return [];
  const subsystem = await orWarning(bmc, bmc.get(link), link, bay.blind);
  const list = asLink(subsystem?.['PowerSupplies']);
  if (list === null) return [];
  const read = await orWarning(bmc, readCollection(bmc, list, Raw), list, bay.blind);
  for (const { path, why } of read?.failures ?? []) bay.blind.push(`${path}: ${why}`);
  const listed = new Set(
    others.flatMap(({ found }) => found.flatMap(({ path, reading }) => (reading.value === null ? [] : [path]))),
  );
  const places: SourceRead[] = [];
  for (const [at, supply] of (read?.members ?? []).slice(0, MOST_SUPPLIES).entries()) {
    const metrics = asLink(supply['Metrics']);
    if (metrics === null || isAbsent(supply)) continue;
    const said = supplyName(supply, at);
    const name = /power ?suppl|psu|\bps ?\d/i.test(said) ? said : `PSU ${said}`;
    const source = { ...sourceAt({ kind: 'supply', link: metrics, chassis: bay.chassis }), supply: name };
    const place = await readFirst(bmc, source, bay.seenAt);
    const [known, own] = [true, false].map((there) =>
      place.found.filter(({ path }) => (path !== null && listed.has(path)) === there),
    );
    source.elsewhere = (known ?? []).map(signOf);
    if (place.failures.length > 0 || own?.some(({ reading }) => reading.value !== null) === true)
      places.push({ ...place, found: own ?? [] });
  }
  return places;
}

/** Told once all chassis are looked at: what was found to be nowhere is not looked for at each survey of the next week. */
export function learnSupplies(bmc: Bmc, all: readonly SourceRead[], blind: readonly string[]): void {
  const found = all.some(({ source }) => source.kind === 'supply');
  if (blind.length === 0) bmc.learn(LEARNT, found ? 'some' : 'none');
}

/** Power says of some supply what it gives or takes. */
function saysSupplies({ source, found }: SourceRead): boolean {
  return (
    source.kind === 'power' &&
    found.some(
      ({ reading }) => reading.kind === 'power' && reading.value !== null && /(?:in|out)put$/.test(reading.name),
    )
  );
}
