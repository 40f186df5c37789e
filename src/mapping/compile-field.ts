import { compileTransforms, inverseOf, type Step } from './compile-transforms.ts';
import type { Links, Value } from './mapping.ts';
import type { MappingField, Transform } from './mapping-file.ts';
import { isList, isUnread, type Raw, rawOf, valueOf } from './plain-value.ts';
import { compilePath, isPlainPath, parsePath } from './read-path.ts';

type Data = Readonly<Record<string, unknown>>;
/** @returns undefined: unknown */
export type ReadValue = (data: Data, links: Links) => Value | undefined | { fault: string };

/** Their side of a field, ready to be read; undefined for one that is only written. */
export function readerOfTheirs(field: MappingField): ReadValue | undefined {
  return field.theirs === undefined ? undefined : readerOf(field.theirs, field.transforms, field.unknown);
}

export function readerOfOurs(field: MappingField): ReadValue | undefined {
  return field.ours === undefined ? undefined : readerOf(field.ours, field.oursTransforms, []);
}

function readerOf(
  text: string,
  transforms: readonly Transform[],
  nothing: readonly (string | number | boolean | null)[],
): ReadValue {
  const read = compilePath(parsePath(text));
  const step = compileTransforms(transforms, 'in');
  const saysNothing = new Set<Raw>(nothing);
  return (data, links) => {
    const raw = rawOf(read(data));
    const said = saysNothing.has(typeof raw === 'string' ? raw.trim() : raw) || saysNothing.has(raw) ? undefined : raw;
    const value = step(said, links);
    return isUnread(value) ? value : valueOf(value);
  };
}

export interface FieldWriter {
  path: string;
  /** What to write for a value, or why nothing can be. */
  write: (value: Value, links: Links) => { value: unknown } | { fault: string };
}

/** Where and how a field is written there; text: why it cannot be. */
export function writerOf(field: MappingField): FieldWriter | string {
  const path = field.to ?? defaultPath(field);
  if (path === undefined) return 'there is no path to write: give `to`, or `direction: in`';
  const inverse =
    field.reverse === undefined ? inverseOf(field.transforms) : { step: compileTransforms(field.reverse, 'out') };
  if ('fault' in inverse) return `${inverse.fault}: give \`reverse\`, or \`direction: in\``;
  return { path, write: writing(inverse.step, refers(field)) };
}

/** A reference is written as a whole: for `site.id` that is `site`. */
function defaultPath(field: MappingField): string | undefined {
  if (field.theirs === undefined) return undefined;
  const path = parsePath(field.theirs);
  if (!isPlainPath(path) || path.steps.some(({ name }) => name === '__proto__')) return undefined;
  return refers(field) ? field.theirs.replace(/\.id$/, '') : field.theirs;
}

function refers(field: MappingField): boolean {
  return (field.reverse ?? field.transforms).some((one) => typeof one === 'object' && 'lookup' in one);
}

function writing(step: Step, isReference: boolean): FieldWriter['write'] {
  return (value, links) => {
    const raw = step(value, links);
    if (raw === undefined) return { fault: 'nothing comes of it that could be written' };
    if (isUnread(raw)) return raw;
    if (!isReference || raw === null) return { value: raw };
    return { value: isList(raw) ? raw.map((id) => ({ id: String(id) })) : { id: String(raw) } };
  };
}

/** Types whose links a field asks for. */
export function lookupsOf(field: MappingField): string[] {
  return [...field.transforms, ...(field.reverse ?? [])].flatMap((transform) =>
    typeof transform === 'object' && 'lookup' in transform ? [transform.lookup] : [],
  );
}
