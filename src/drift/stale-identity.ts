import type { Mapping, Value } from '../mapping/mapping.ts';
import type { FieldRow } from './compare-fields.ts';
import type { OurEntry, Pair } from './match-objects.ts';

/**
 * What identified the part that was in a place before, and still stands there, though another one that shows none is in the place now: nobody's
 * word is wrong, and yet it would be the serial of a part that is not there. Undefined where there is no such thing. Pure.
 */
export function staleIdentity(
  mapping: Pick<Mapping, 'match' | 'fields' | 'same' | 'parent'>,
  { theirs, ours, link }: Pair,
  all: readonly OurEntry[],
): FieldRow | undefined {
  const [name, more] = mapping.match[0]?.fields ?? [];
  const field = mapping.fields.find((one) => one.name === name);
  if (mapping.parent === null || !field || more !== undefined || !isOursToWrite(field)) return undefined;
  const [stands, agreed] = [theirs.values[field.name], link?.agreed[field.name]];
  if (ours.values[field.name] !== undefined || !isSaid(stands) || !isSaid(agreed)) return undefined;
  // Somebody has said something else of it meanwhile: that may be the serial of what is in it now.
  if (!mapping.same(field.name, stands, agreed)) return undefined;
  // Of a place of which nothing is known, neither is this.
  const known = mapping.fields.filter(
    (one) => one !== field && theirs.values[one.name] !== undefined && ours.values[one.name] !== undefined,
  );
  if (known.length === 0) return undefined;
  const row = { field: field.name, theirs: stands, ours: null, agreed, kind: 'differs', action: 'push' } as const;
  const now = all.find((one) => one !== ours && isSame(one.values[field.name], stands));
  const what = `${field.name} ${String(stands)}`;
  if (now)
    return {
      ...row,
      decision: 'auto',
      reason: `${what} is ${now.object.label} now, and what is here shows none of its own`,
    };
  const isAnother = known.some((one) => {
    const [before, after] = [link?.agreed[one.name], ours.values[one.name]];
    return isOursToWrite(one) && isSaid(before) && isSaid(after) && !mapping.same(one.name, before, after);
  });
  if (!isAnother) return undefined;
  const reason = `${what} was what is not here any more; what is here now shows none: is it to be taken out there?`;
  return { ...row, decision: 'review', reason };

  function isSame(value: Value | undefined, other: Value): boolean {
    return value !== undefined && value !== null && field !== undefined && mapping.same(field.name, value, other);
  }
}

function isOursToWrite({ authority, direction }: Pick<Mapping['fields'][number], 'authority' | 'direction'>): boolean {
  return authority === 'ours' && direction !== 'in';
}

function isSaid(value: Value | undefined): value is Exclude<Value, null> {
  return value !== undefined && value !== null && value !== '';
}
