import type { SensorReading } from '../../../src/ports/bmc-health.ts';
import type { Found } from './sensors.ts';
import { signOf, type SourceRead } from './source.ts';

/**
 * The fewest places of a chassis that together say all that is known of it. The same sensor stands in several, under slightly
 * other names: a place is left out when each of its readings stands elsewhere, by name or, where names differ, by number per kind.
 */
export function chooseSources(all: readonly SourceRead[], canExpand: boolean): SourceRead[] {
  let kept = all.filter((one) => !isQuiet(one));
  for (const kind of dropOrder(kept, canExpand)) {
    const candidate = kept.find(({ source }) => source.kind === kind);
    // What failed is kept: it may say more the next time.
    if (candidate === undefined || (candidate.found.length === 0 && candidate.failures.length > 0)) continue;
    const others = kept.filter((one) => one !== candidate);
    if (others.length > 0 && covers(others, candidate)) kept = others;
  }
  return withoutTwins(kept);
}

/** What old resources repeat of the list of sensors (iDRAC: the voltages) is the same sensor, and read in the list. */
function withoutTwins(kept: readonly SourceRead[]): SourceRead[] {
  const list = kept.find(({ source }) => source.kind === 'sensors');
  const there = new Set(
    (list?.found ?? [])
      .filter(({ reading }) => reading.value !== null)
      .flatMap(({ aliases, reading }) => aliases.map((alias) => `${reading.kind} ${alias} ${reading.unit}`)),
  );
  const isTwin = ({ aliases, reading: { kind, unit } }: Found): boolean =>
    /^(?:temperature|fan|voltage)$/.test(kind) && aliases.some((alias) => there.has(`${kind} ${alias} ${unit}`));
  return kept.map((one) => {
    if (one.source.kind !== 'thermal' && one.source.kind !== 'power') return one;
    const elsewhere = one.found.filter(isTwin).map(signOf);
    return { ...one, found: one.found.filter((each) => !isTwin(each)), source: { ...one.source, elsewhere } };
  });
}

/** It can be read, and there is not one value in it: a host that is off, a list without members. */
export function isQuiet({ found, failures }: SourceRead): boolean {
  return failures.length === 0 && found.every(({ reading }) => reading.value === null);
}

function dropOrder(all: readonly SourceRead[], canExpand: boolean): SourceRead['source']['kind'][] {
  const listed = all.find(({ source }) => source.kind === 'sensors')?.found ?? [];
  const sensors = listed.filter(({ reading }) => reading.value !== null);
  // iLO's sensors have neither type nor unit and repeat Thermal; without $expand each sensor is a request of its own.
  const poor = !canExpand || sensors.filter(({ reading }) => reading.kind === 'other').length * 2 > sensors.length;
  const rest = ['environment', 'fans', 'thermal', 'power'] as const;
  return poor ? ['sensors', ...rest] : [...rest, 'sensors'];
}

function covers(others: readonly SourceRead[], candidate: SourceRead): boolean {
  const known = new Set(others.flatMap(({ found }) => found.flatMap(({ aliases }) => aliases)));
  const unnamed = candidate.found.filter(
    ({ aliases, reading }) => reading.value !== null && !aliases.some((alias) => known.has(alias)),
  );
  return [...new Set(unnamed.map(({ reading }) => reading.kind))].every(
    (kind) => kind !== 'other' && count(others, kind) >= count([candidate], kind),
  );
}

function count(reads: readonly SourceRead[], kind: SensorReading['kind']): number {
  return reads.flatMap(({ found }) => found).filter(({ reading }) => reading.kind === kind && reading.value !== null)
    .length;
}
