import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import type { Mapping, MappingFault } from './mapping.ts';
import { MappingError, readMapping, type ReadMapping } from './parse-mapping.ts';
import { parsePath } from './read-path.ts';

export const MAPPINGS_FOLDER = fileURLToPath(new URL('../../mappings', import.meta.url));

/** Names of the values that objects of one of the hub's sides have; undefined where there is no such side. */
export type OurValues = (hub: string) => readonly string[] | undefined;

/**
 * All mappings of a system, so that each comes after its parent and the types that it looks up.
 *
 * @param without objects whose mappings are left aside
 * @param ours what objects of the hub have; without it, any name is taken for one of theirs
 * @throws MappingError with every fault of every file
 */
export function loadMappings(
  system: string,
  folder: string = MAPPINGS_FOLDER,
  without: readonly string[] = [],
  ours?: OurValues,
): readonly Mapping[] {
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(`${system}-`) && name.endsWith('.yaml'))
    .map((name) => ({ file: name, text: readFileSync(path.join(folder, name), 'utf8') }))
    .filter(({ text }) => isMappingFile(text));
  const { mappings, faults } = readMappings(files, without, ours);
  if (faults.length > 0) throw new MappingError(faults);
  return mappings;
}

/** Whether it maps an object: other files of the folder hold rules of other kinds. One that cannot be read may well be one. */
export function isMappingFile(text: string): boolean {
  const document = parseDocument(text);
  return document.errors.length > 0 || document.has('object');
}

/** Files that go together, checked against each other. Mappings come only where nothing is wrong. */
export function readMappings(
  files: readonly { file: string; text: string }[],
  without: readonly string[] = [],
  ours?: OurValues,
): { mappings: Mapping[]; faults: MappingFault[] } {
  const read = files.toSorted((a, b) => (a.file < b.file ? -1 : 1)).map(({ file, text }) => readMapping(text, file));
  const faults = read.flatMap((one) => ('faults' in one ? one.faults : []));
  const sound = read.flatMap((one) => ('faults' in one || without.includes(one.mapping.object) ? [] : [one]));
  // With a file missing among them the others cannot be judged
  if (faults.length > 0) return { mappings: [], faults };
  const between = [...faultsBetween(sound), ...faultsOfNames(sound), ...(ours ? faultsOfOurs(sound, ours) : [])];
  if (between.length > 0) return { mappings: [], faults: between };
  return inOrder(sound);
}

function faultsOfNames(sound: readonly ReadMapping[]): MappingFault[] {
  return sound.flatMap(({ mapping, faultAt }) => {
    const start = `${mapping.system}-`;
    if (path.basename(mapping.file).startsWith(start)) return [];
    return [
      faultAt({ path: ['system'], message: `the name of the file has to begin with ${start}, or it is never read` }),
    ];
  });
}

/** A name that nobody has would be unknown for ever, and never be written: a slip of the pen that nobody would notice. */
function faultsOfOurs(sound: readonly ReadMapping[], ours: OurValues): MappingFault[] {
  return sound.flatMap(({ mapping, content, faultAt }) => {
    const known = ours(mapping.hub);
    if (known === undefined) return [faultAt({ path: ['hub'], message: `the hub has no "${mapping.hub}" to compare` })];
    return content.fields.flatMap((field, index) => {
      const name = field.ours === undefined ? undefined : parsePath(field.ours).steps[0]?.name;
      if (name === undefined || known.includes(name)) return [];
      const message = `${field.name}: a ${mapping.hub} has no value "${name}" here; it has ${known.join(', ')}`;
      return [faultAt({ path: ['fields', index, 'ours'], message })];
    });
  });
}

function faultsBetween(sound: readonly ReadMapping[]): MappingFault[] {
  return sound.flatMap(({ mapping, content, faultAt }) => {
    const others = sound.filter((one) => one.mapping.system === mapping.system);
    const known = new Set(others.map((one) => one.mapping.object));
    const faults: MappingFault[] = [];
    const first = others.find((one) => one.mapping.object === mapping.object);
    if (first !== undefined && first.mapping !== mapping)
      faults.push(faultAt({ path: ['object'], message: `${first.mapping.file} maps ${mapping.object} already` }));
    if (mapping.parent !== null && !known.has(mapping.parent))
      faults.push(faultAt({ path: ['parent'], message: `no file maps the parent ${mapping.parent}` }));
    content.fields.forEach((field, index) => {
      for (const key of ['transforms', 'reverse'] as const)
        field[key]?.forEach((transform, at) => {
          if (typeof transform !== 'object' || !('lookup' in transform) || known.has(transform.lookup)) return;
          faults.push(
            faultAt({
              path: ['fields', index, key, at],
              message: `${field.name}: no file maps ${transform.lookup}, so it cannot be looked up`,
            }),
          );
        });
    });
    return faults;
  });
}

/** A type may look up its own (a location in a location): that is no circle. */
function inOrder(sound: readonly ReadMapping[]): { mappings: Mapping[]; faults: MappingFault[] } {
  const key = (system: string, object: string): string => `${system} ${object}`;
  const byObject = new Map(sound.map((one) => [key(one.mapping.system, one.mapping.object), one]));
  const order = new Set<Mapping>();
  const way: ReadMapping[] = [];
  const visit = (one: ReadMapping): ReadMapping[] | undefined => {
    const { mapping } = one;
    if (order.has(mapping)) return undefined;
    if (way.includes(one)) return way.slice(way.indexOf(one));
    way.push(one);
    for (const object of [...(mapping.parent === null ? [] : [mapping.parent]), ...mapping.lookups]) {
      const needed = byObject.get(key(mapping.system, object));
      const circle = needed === undefined || needed === one ? undefined : visit(needed);
      if (circle !== undefined) return circle;
    }
    way.pop();
    order.add(mapping);
    return undefined;
  };
  for (const one of sound) {
    const circle = visit(one);
    const [first] = circle ?? [];
    if (circle === undefined || first === undefined) continue;
    const names = circle.map(({ mapping }) => mapping.object).join(', ');
    return {
      mappings: [],
      faults: [
        first.faultAt({ path: ['object'], message: `${names} need each other first: one parent or lookup has to go` }),
      ],
    };
  }
  return { mappings: [...order], faults: [] };
}
