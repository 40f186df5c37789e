import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { canonicalJson } from '../core/json.ts';
import {
  type FieldWriter,
  lookupsOf,
  type ReadValue,
  readerOfOurs,
  readerOfTheirs,
  writerOf,
} from './compile-field.ts';
import { allHold, conditionsOfPair, inConditionOrder } from './conditions.ts';
import { fingerprinter } from './fingerprint.ts';
import type { CreatePolicy, Links, Mapping, Value, ValueFault, Values } from './mapping.ts';
import type { Condition, MappingField, MappingFile } from './mapping-file.ts';
import { compilePath, parsePath } from './read-path.ts';
import { isEmpty, sameValue } from './same-value.ts';
import { unmappedIn } from './unmapped.ts';

/** To be raised when a transform begins to mean something else: what was compared before has to be compared again then. */
const LANGUAGE = 1;
const VENDORS = new URL('../../mappings/vendors.yaml', import.meta.url);

type Data = Readonly<Record<string, unknown>>;
type ReadSide = (data: Data, links: Links) => { values: Values; faults: ValueFault[] };

/** Of a file that `faultsOfMapping` finds nothing wrong with. */
export function compileMapping(file: MappingFile, name: string): Mapping {
  const { fields, create } = file;
  const byName = new Map(fields.map((field) => [field.name, field]));
  const theirPaths = [...new Set(fields.flatMap((field) => field.theirs ?? []))];
  const writers = new Map(fields.flatMap((field) => writerEntry(field)));
  const compares = new Map(fields.map((field) => [field.name, field.compare]));
  const mapped = [...theirPaths, ...[...writers.values()].map(({ path }) => path)];

  const toTheirs = (field: string, value: Value, links: Links): { set: Data } | { fault: string } => {
    const writer = writers.get(field);
    if (writer === undefined)
      return { fault: byName.has(field) ? `${field} is never written there` : `there is no field ${field}` };
    const written = writer.write(value, links);
    return 'fault' in written ? written : { set: { [writer.path]: written.value } };
  };

  return {
    file: name,
    system: file.system,
    object: file.object,
    hub: file.hub,
    parent: file.parent ?? null,
    match: file.match,
    create: { there: lastPolicy(create.there), here: lastPolicy(create.here) },
    remove: file.remove,
    brakes: file.brakes,
    fields: fields.map(({ name: fieldName, authority, direction, compare }) => ({
      name: fieldName,
      authority,
      direction,
      compare,
    })),
    lookups: [...new Set(fields.flatMap(lookupsOf))],
    theirNames: [...new Set(theirPaths.flatMap((path) => parsePath(path).steps[0]?.name ?? []))].toSorted(),
    hash: hashOf(file),
    readTheirs: readSide(fields, readerOfTheirs),
    readOurs: readSide(fields, readerOfOurs),
    toTheirs,
    draft: (values, links) => draftOf(file, values, (field, value) => toTheirs(field, value, links)),
    same: (field, theirs, ours) => sameValue(compares.get(field) ?? 'equal', theirs, ours),
    leftAlone: conditionsOfPair(orderOf(fields)),
    createThere: (values) => policyOf(create.there, values),
    createHere: (values) => policyOf(create.here, values),
    fingerprint: fingerprinter(theirPaths.map((path) => compilePath(parsePath(path)))),
    unmapped: (data) => unmappedIn(data, mapped, file.leave),
  };
}

function writerEntry(field: MappingField): [string, FieldWriter][] {
  if (field.direction === 'in') return [];
  const writer = writerOf(field);
  // Checked before: a mapping with such a field is not compiled
  if (typeof writer === 'string') throw new Error(`${field.name}: ${writer}`);
  return [[field.name, writer]];
}

/**
 * A condition is asked on the sides where its field is read; a field that it does not hold for is unknown there, and so never compared.
 */
function readSide(
  fields: readonly MappingField[],
  readerFor: (field: MappingField) => ReadValue | undefined,
): ReadSide {
  const readable = new Set(fields.filter((field) => readerFor(field) !== undefined).map(({ name }) => name));
  const nothing = Object.fromEntries(fields.map(({ name }) => [name, undefined]));
  const steps = orderOf(fields).flatMap((field) => {
    const read = readerFor(field);
    const when: readonly Condition[] = field.when.filter((condition) => readable.has(condition.field));
    return read === undefined ? [] : [{ name: field.name, read, when }];
  });
  return (data, links) => {
    const values: Values = { ...nothing };
    const faults: ValueFault[] = [];
    for (const { name, read, when } of steps) {
      if (when.length > 0 && !allHold(when, values)) continue;
      const value = read(data, links);
      if (isFault(value)) faults.push({ field: name, reason: value.fault });
      else values[name] = value;
    }
    return { values, faults };
  };
}

function orderOf(fields: readonly MappingField[]): MappingField[] {
  const sorted = inConditionOrder(fields);
  if ('circle' in sorted) throw new Error(`the conditions of ${sorted.circle.join(', ')} wait for each other`);
  return sorted.order;
}

function isFault(value: ReturnType<ReadValue>): value is { fault: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is empty is left to their defaults, and to `with`. */
function draftOf(
  { create, fields }: MappingFile,
  values: Values,
  toTheirs: (field: string, value: Value) => { set: Data } | { fault: string },
): ReturnType<Mapping['draft']> {
  const set: Record<string, unknown> = { ...create.with };
  const faults: ValueFault[] = [];
  for (const { name, direction } of fields) {
    const value = values[name];
    if (direction === 'in' || value === undefined || isEmpty(value)) continue;
    const written = toTheirs(name, value);
    if ('fault' in written) faults.push({ field: name, reason: written.fault });
    else Object.assign(set, written.set);
  }
  const missing = create.needs.filter((name) => {
    const value = values[name];
    return value === undefined || isEmpty(value) || faults.some(({ field }) => field === name);
  });
  return { set, missing, faults };
}

type Policies = MappingFile['create']['there'];

function lastPolicy(policies: Policies): CreatePolicy {
  return typeof policies === 'string' ? policies : (policies.at(-1)?.policy ?? 'review');
}

function policyOf(policies: Policies, values: Values): CreatePolicy {
  if (typeof policies === 'string') return policies;
  return policies.find(({ when }) => allHold(when, values))?.policy ?? 'review';
}

/** Who made a part is decided by a file of its own: where it is asked, that belongs to what decides. */
function hashOf({ tests: _tests, ...file }: MappingFile): string {
  const asksVendor = file.fields.some((field) =>
    [...field.transforms, ...field.oursTransforms, ...(field.reverse ?? [])].includes('vendor'),
  );
  const vendors = asksVendor ? createHash('sha256').update(readFileSync(VENDORS)).digest('hex') : null;
  return createHash('sha256')
    .update(canonicalJson({ language: LANGUAGE, vendors, file }))
    .digest('hex');
}
