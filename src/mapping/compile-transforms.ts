import { linearPattern } from '../core/linear-pattern.ts';
import type { Links } from './mapping.ts';
import type { Transform } from './mapping-file.ts';
import { isBlank, isList, isUnread, quoted, type Raw, type Scalar } from './plain-value.ts';
import { SCALAR_WORDS } from './scalar-words.ts';
import { inUnit, type UnitName } from './units.ts';

/** Never throws: what cannot be read is a fault, and what follows is not asked. */
export type Step = (raw: Raw, links: Links) => Raw;

/** Longer text is no name that a pattern was written for. */
const LONGEST_TEXT = 2000;

/** `in`: their value → ours. `out`: ours → theirs, where a lookup goes the other way. */
export function compileTransforms(transforms: readonly Transform[], way: 'in' | 'out'): Step {
  return inOrder(transforms.map((transform) => stepOf(transform, way)));
}

function inOrder(steps: readonly Step[]): Step {
  return (raw, links) => {
    let value = raw;
    for (const step of steps) {
      if (isUnread(value)) return value;
      value = step(value, links);
    }
    return value;
  };
}

function stepOf(transform: Transform, way: 'in' | 'out'): Step {
  if (transform === 'sort') return sorted;
  if (transform === 'first') return (raw) => (isList(raw) ? (raw[0] ?? null) : raw);
  if (typeof transform === 'string') return each(SCALAR_WORDS[transform]);
  if ('unit' in transform) return each(unitStep(transform.unit.from, transform.unit.to));
  if ('enum' in transform) return each(enumStep(new Map(Object.entries(transform.enum)), transform.else));
  if ('lookup' in transform) return each(way === 'in' ? hubIdOf(transform.lookup) : theirIdOf(transform.lookup));
  if ('join' in transform) return (raw) => (isList(raw) ? raw.join(transform.join) : raw);
  if ('default' in transform) return (raw) => raw ?? transform.default;
  return each(patternStep(transform.regex, transform.take));
}

/** On a list item by item; one that is unknown makes the list unknown. */
function each(read: (value: Scalar, links: Links) => Raw): Step {
  return (raw, links) => {
    if (raw === null || raw === undefined || isUnread(raw)) return raw;
    if (!isList(raw)) return read(raw, links);
    const found: Scalar[] = [];
    for (const item of raw) {
      const value = read(item, links);
      if (value === undefined || isUnread(value)) return value;
      if (value !== null && !isList(value)) found.push(value);
    }
    return found;
  };
}

function sorted(raw: Raw): Raw {
  if (raw === null || raw === undefined || isUnread(raw)) return raw;
  if (!isList(raw)) return { fault: `${quoted(raw)} is no list, and cannot be sorted` };
  return [...new Set(raw.map(String))].toSorted();
}

function unitStep(from: UnitName, to: UnitName): (value: Scalar) => Raw {
  return (value) => {
    if (isBlank(value)) return null;
    const amount = SCALAR_WORDS.number(value);
    return typeof amount === 'number' ? inUnit(amount, from, to) : amount;
  };
}

function enumStep(known: ReadonlyMap<string, Scalar | null>, other: Scalar | null | undefined): (value: Scalar) => Raw {
  return (value) => {
    const found = known.get(String(value));
    if (found !== undefined) return found;
    if (other !== undefined) return other;
    return isBlank(value)
      ? null
      : { fault: `${quoted(value)} is none of the known words: ${[...known.keys()].join(', ')}` };
  };
}

function hubIdOf(type: string): (value: Scalar, links: Links) => Raw {
  return (value, links) => {
    if (isBlank(value)) return null;
    return links.hubId(type, String(value)) ?? { fault: `${type} ${said(value)} is not known here yet` };
  };
}

function theirIdOf(type: string): (value: Scalar, links: Links) => Raw {
  return (value, links) => {
    if (isBlank(value)) return null;
    return links.theirId(type, String(value)) ?? { fault: `${type} ${said(value)} is not known there yet` };
  };
}

function said(id: Scalar): string {
  return String(id).slice(0, 60);
}

function patternStep(text: string, take: number): (value: Scalar) => Raw {
  const pattern = linearPattern(text, 'numbered');
  return (value) => {
    if (isBlank(value)) return null;
    const whole = String(value);
    if (whole.length > LONGEST_TEXT)
      return { fault: `has ${whole.length} characters, and is not searched for ${text}` };
    const found = pattern.exec(whole);
    return found === null ? { fault: `${quoted(value)} does not match ${text}` } : (found[take] ?? null);
  };
}

/**
 * What undoes the transforms, last one first: the inverse of each that has one, and the others leave the value as it is. `fault`: one of
 * them loses what would have to be written.
 */
export function inverseOf(transforms: readonly Transform[]): { step: Step } | { fault: string } {
  const steps: Step[] = [];
  for (const transform of transforms.toReversed()) {
    const back = backOf(transform);
    if (typeof back === 'string') return { fault: back };
    if (back !== undefined) steps.push(back);
  }
  return { step: inOrder(steps) };
}

/** `undefined`: the value stays as it is. Text: why there is no way back. */
function backOf(transform: Transform): Step | string | undefined {
  if (transform === 'first') return (raw) => toList(raw, (value) => [value]);
  if (typeof transform === 'string' || 'default' in transform) return undefined;
  if ('unit' in transform) return each(unitStep(transform.unit.to, transform.unit.from));
  if ('enum' in transform) return enumBack(transform.enum);
  if ('lookup' in transform) return each(theirIdOf(transform.lookup));
  if ('join' in transform) return (raw) => toList(raw, (value) => String(value).split(transform.join));
  return `the pattern ${transform.regex} leaves out a part of what they have`;
}

function toList(raw: Raw, split: (value: Scalar) => Scalar[]): Raw {
  if (raw === undefined || isUnread(raw) || isList(raw)) return raw;
  return raw === null ? [] : split(raw);
}

function enumBack(words: Record<string, Scalar | null>): Step | string {
  const back = new Map<string, string>();
  for (const [word, value] of Object.entries(words)) {
    // Empty text as a value is null too
    const key = value === null ? '' : String(value);
    const before = back.get(key);
    if (before !== undefined) return `both "${before}" and "${word}" are ${quoted(value)}`;
    back.set(key, word);
  }
  const empty = back.get('');
  const known = each(enumStep(back, undefined));
  return (raw, links) => (raw === null && empty !== undefined ? empty : known(raw, links));
}
