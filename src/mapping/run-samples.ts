import { canonicalJson } from '../core/json.ts';
import type { Links, Mapping, Values } from './mapping.ts';
import type { PlaceFault } from './mapping-faults.ts';
import type { Sample } from './mapping-file.ts';
import { quoted } from './plain-value.ts';

/** The samples that a mapping carries, and what does not come of them as they say. */
export function runSamples(mapping: Mapping, samples: readonly Sample[]): PlaceFault[] {
  return samples.flatMap((sample, index) => runSample(mapping, sample, ['tests', index]));
}

function runSample(mapping: Mapping, sample: Sample, place: (string | number)[]): PlaceFault[] {
  const links = linksOf(sample.links);
  const { values, faults } =
    sample.theirs === undefined ? mapping.readOurs(sample.ours ?? {}, links) : mapping.readTheirs(sample.theirs, links);
  const why = (field: string): string => {
    const reason = faults.find((fault) => fault.field === field)?.reason;
    return reason === undefined ? 'unknown' : `unknown (${reason})`;
  };
  const found: PlaceFault[] = [];
  for (const [field, wanted] of Object.entries(sample.values)) {
    const value = values[field];
    if (value !== undefined && canonicalJson(value) === canonicalJson(wanted)) continue;
    const is = value === undefined ? why(field) : quoted(value);
    found.push({ path: [...place, 'values', field], message: `tests: ${field} is ${is}, not ${quoted(wanted)}` });
  }
  sample.unknown.forEach((field, at) => {
    if (values[field] !== undefined)
      found.push({
        path: [...place, 'unknown', at],
        message: `tests: ${field} is ${quoted(values[field])}, and not unknown`,
      });
  });
  return [...found, ...faultsOfSet(mapping, sample, { values, links }, [...place, 'set'])];
}

/** All that would be written for the values: what a sample does not name is not written. */
function faultsOfSet(
  mapping: Mapping,
  { set: wanted }: Sample,
  { values, links }: { values: Values; links: Links },
  path: (string | number)[],
): PlaceFault[] {
  if (wanted === undefined) return [];
  const set = new Map<string, unknown>();
  const faults: PlaceFault[] = [];
  for (const { name, direction } of mapping.fields) {
    const value = values[name];
    if (direction === 'in' || value === undefined) continue;
    const written = mapping.toTheirs(name, value, links);
    if ('fault' in written) faults.push({ path, message: `tests: ${name} cannot be written: ${written.fault}` });
    else for (const [to, what] of Object.entries(written.set)) set.set(to, what);
  }
  for (const to of new Set([...Object.keys(wanted), ...set.keys()])) {
    const is = set.has(to) ? quoted(set.get(to)) : 'not written';
    const should = Object.hasOwn(wanted, to) ? quoted(wanted[to]) : 'left out';
    if (set.has(to) && Object.hasOwn(wanted, to) && canonicalJson(set.get(to)) === canonicalJson(wanted[to])) continue;
    faults.push({ path: [...path, to], message: `tests: ${to} is ${is}, and should be ${should}` });
  }
  return faults;
}

function linksOf(samples: Sample['links']): Links {
  const pairs = new Map(Object.entries(samples).map(([type, ids]) => [type, Object.entries(ids)]));
  return {
    hubId: (type, theirId) => pairs.get(type)?.find(([theirs]) => theirs === theirId)?.[1],
    theirId: (type, hubId) => pairs.get(type)?.find(([, ours]) => ours === hubId)?.[0],
  };
}
