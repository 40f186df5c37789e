import { writerOf } from './compile-field.ts';
import { inConditionOrder } from './conditions.ts';
import type { Condition, MappingField, MappingFile } from './mapping-file.ts';

/** A fault at a place of the file. */
export interface PlaceFault {
  path: (string | number)[];
  message: string;
}

/** What a schema cannot say: names that are not there, and settings that cannot go together. */
export function faultsOfMapping(file: MappingFile): PlaceFault[] {
  return [
    ...faultsOfFields(file),
    ...faultsOfConditions(file),
    ...faultsOfMatch(file),
    ...faultsOfCreate(file),
    ...faultsOfPaths(file),
    ...faultsOfSamples(file),
  ];
}

function faultsOfFields({ fields }: MappingFile): PlaceFault[] {
  const names = fields.map(({ name }) => name);
  return fields.flatMap((field, index) => {
    const fault = (key: string, message: string): PlaceFault[] => [
      { path: ['fields', index, key], message: `${field.name}: ${message}` },
    ];
    return [
      ...(names.indexOf(field.name) === index ? [] : fault('name', 'there is a field of this name already')),
      ...faultsOfSides(field, fault),
      ...faultsOfWriting(field, fault),
    ];
  });
}

type Fault = (key: string, message: string) => PlaceFault[];

function faultsOfSides(field: MappingField, fault: Fault): PlaceFault[] {
  const { theirs, ours, direction } = field;
  if (theirs === undefined && ours === undefined)
    return fault('name', 'has a path on neither side: give theirs and ours');
  const found: PlaceFault[] = [];
  if (theirs === undefined) {
    if (direction !== 'out') found.push(...fault('direction', 'is not read there, so it can only be `direction: out`'));
    if (field.transforms.length > 0)
      found.push(...fault('transforms', 'has transforms of theirs, and no path `theirs`'));
    if (field.unknown.length > 0) found.push(...fault('unknown', 'has unknown values of theirs, and no path `theirs`'));
  }
  if (ours === undefined) {
    if (direction !== 'in') found.push(...fault('direction', 'is not read here, so it can only be `direction: in`'));
    if (field.oursTransforms.length > 0)
      found.push(...fault('oursTransforms', 'has transforms of ours, and no path `ours`'));
  }
  if (field.oursTransforms.some((one) => typeof one === 'object' && 'lookup' in one))
    found.push(...fault('oursTransforms', 'looks up what is our own id already: leave `lookup` out of oursTransforms'));
  return found;
}

function faultsOfWriting(field: MappingField, fault: Fault): PlaceFault[] {
  if (field.direction === 'in') {
    return [
      ...(field.to === undefined ? [] : fault('to', 'is `direction: in`, so it is never written: leave `to` out')),
      ...(field.reverse === undefined
        ? []
        : fault('reverse', 'is `direction: in`, so it is never written: leave `reverse` out')),
      ...(field.authority === 'ours'
        ? fault('authority', 'ours decides, and is never written there: another authority or direction')
        : []),
    ];
  }
  if (field.theirs === undefined && field.to === undefined)
    return fault('name', 'there is no path to write: give `to`');
  const writer = writerOf(field);
  return typeof writer === 'string' ? fault('theirs', writer) : [];
}

function faultsOfConditions(file: MappingFile): PlaceFault[] {
  const sorted = inConditionOrder(file.fields);
  const circle: PlaceFault[] =
    'circle' in sorted
      ? [
          {
            path: ['fields', file.fields.findIndex(({ name }) => name === sorted.circle.at(-1)), 'when'],
            message: `${sorted.circle.join(', ')}: their conditions wait for each other`,
          },
        ]
      : [];
  return [
    ...circle,
    ...file.fields.flatMap(({ name, when }, index) =>
      unknownFields(file, when, ['fields', index, 'when'], `${name}: `, undefined),
    ),
    ...(['there', 'here'] as const).flatMap((side) => faultsOfPolicies(file, side)),
  ];
}

/** The first rule that holds decides, so only the last one may hold always, and has to. */
function faultsOfPolicies(file: MappingFile, side: 'there' | 'here'): PlaceFault[] {
  const policies = file.create[side];
  if (typeof policies === 'string') return [];
  return policies.flatMap(({ when }, index) => {
    const path = ['create', side, index];
    const isLast = index === policies.length - 1;
    if (isLast && when.length > 0)
      return [{ path, message: `create.${side}: the last policy is for all others, so it has no \`when\`` }];
    if (!isLast && when.length === 0)
      return [{ path, message: `create.${side}: this one is for all, so those after it are never asked` }];
    return unknownFields(file, when, [...path, 'when'], `create.${side}: `, side === 'there' ? 'ours' : 'theirs');
  });
}

/** @param side where a field has to be read to be asked for; undefined: either */
function unknownFields(
  { fields }: MappingFile,
  conditions: readonly Condition[],
  path: (string | number)[],
  place: string,
  side: 'theirs' | 'ours' | undefined,
): PlaceFault[] {
  return conditions.flatMap(({ field: name }, index) => {
    const field = fields.find((one) => one.name === name);
    const at = [...path, index, 'field'];
    if (field === undefined) return [{ path: at, message: `${place}there is no field ${name}` }];
    if (side === undefined || field[side] !== undefined) return [];
    return [{ path: at, message: `${place}${name} has no path \`${side}\`, so this never holds` }];
  });
}

function faultsOfMatch(file: MappingFile): PlaceFault[] {
  return file.match.flatMap(({ fields, find }, index) => {
    const path = ['match', index];
    const faults = fields.flatMap((name, at): PlaceFault[] => {
      const field = file.fields.find((one) => one.name === name);
      if (field === undefined) return [{ path: [...path, 'fields', at], message: `match: there is no field ${name}` }];
      if (field.theirs !== undefined && field.ours !== undefined) return [];
      return [
        { path: [...path, 'fields', at], message: `match: ${name} is not read on both sides, so it never matches` },
      ];
    });
    if (file.parent === undefined && find === undefined)
      faults.push({ path, message: 'match: say by which key theirs is looked up: `find`' });
    if (file.parent !== undefined && find !== undefined)
      faults.push({
        path: [...path, 'find'],
        message: `match: all of a ${file.parent} are read, so there is nothing to find: leave \`find\` out`,
      });
    return faults;
  });
}

function faultsOfCreate(file: MappingFile): PlaceFault[] {
  return file.create.needs.flatMap((name, index) => {
    const field = file.fields.find((one) => one.name === name);
    const path = ['create', 'needs', index];
    if (field === undefined) return [{ path, message: `create.needs: there is no field ${name}` }];
    return field.direction === 'in'
      ? [{ path, message: `create.needs: ${name} is \`direction: in\`, so it is never written` }]
      : [];
  });
}

/** No two things write one place: which of them is right would be chance. */
function faultsOfPaths(file: MappingFile): PlaceFault[] {
  const written: { path: string; by: string }[] = [];
  const faults: PlaceFault[] = [];
  file.fields.forEach((field, index) => {
    const writer = field.direction === 'in' ? 'is never written' : writerOf(field);
    if (typeof writer === 'string') return;
    const other = written.find(({ path }) => overlap(path, writer.path));
    if (other !== undefined)
      faults.push({
        path: ['fields', index, field.to === undefined ? 'theirs' : 'to'],
        message: `${field.name}: writes ${writer.path}, and ${other.by} writes ${other.path}: one of them has to go elsewhere`,
      });
    written.push({ path: writer.path, by: field.name });
  });
  for (const path of Object.keys(file.create.with)) {
    const other = written.find((one) => one.path !== path && overlap(one.path, path));
    if (other !== undefined)
      faults.push({
        path: ['create', 'with', path],
        message: `create.with: ${path} and ${other.path} of ${other.by} are written into each other: name the whole path`,
      });
  }
  return faults;
}

function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function faultsOfSamples({ tests, fields }: MappingFile): PlaceFault[] {
  const names = new Set(fields.map(({ name }) => name));
  return tests.flatMap(({ values, unknown }, index) => [
    ...Object.keys(values)
      .filter((name) => !names.has(name))
      .map((name) => ({ path: ['tests', index, 'values', name], message: `tests: there is no field ${name}` })),
    ...unknown.flatMap((name, at) =>
      names.has(name) ? [] : [{ path: ['tests', index, 'unknown', at], message: `tests: there is no field ${name}` }],
    ),
  ]);
}
