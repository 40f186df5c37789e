import type { Value, Values } from './mapping.ts';
import type { Condition, MappingField } from './mapping-file.ts';

/** Whether all of them hold; one on an unknown value does not. A list holds what one of its items does. */
export function allHold(conditions: readonly Condition[], values: Values): boolean {
  return conditions.every(({ field, in: wanted }) => {
    const value = values[field];
    if (value === undefined) return false;
    return Array.isArray(value) ? value.some((item) => wanted.includes(item)) : wanted.includes(value as Plain);
  });
}

type Plain = Exclude<Value, readonly string[]>;

/**
 * A condition is asked on every side where its field is read; a field that waits for one that is left alone is left alone as well. One that
 * only conditions ask for is never compared: there is nothing of ours to compare it with.
 */
export function conditionsOfPair(
  ordered: readonly MappingField[],
): (theirs: Values, ours: Values) => ReadonlySet<string> {
  const byName = new Map(ordered.map((field) => [field.name, field]));
  const asked = ordered.flatMap(({ name, when }) =>
    when.map((condition) => ({
      name,
      condition: [condition],
      on: condition.field,
      there: byName.get(condition.field)?.theirs !== undefined,
      here: byName.get(condition.field)?.ours !== undefined,
    })),
  );
  const onlyAsked: ReadonlySet<string> = new Set(
    ordered.flatMap(({ name, ours }) => (ours === undefined ? [name] : [])),
  );
  if (asked.length === 0) return () => onlyAsked;
  return (theirs, ours) => {
    const alone = new Set<string>();
    for (const { name, condition, on, there, here } of asked)
      if (alone.has(on) || (there && !allHold(condition, theirs)) || (here && !allHold(condition, ours)))
        alone.add(name);
    for (const name of onlyAsked) alone.add(name);
    return alone;
  };
}

/** The fields so that each comes after those that its conditions ask for; `circle`: names of fields that wait for each other. */
export function inConditionOrder(fields: readonly MappingField[]): { order: MappingField[] } | { circle: string[] } {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const order = new Set<MappingField>();
  const way: string[] = [];
  const visit = (field: MappingField): boolean => {
    if (order.has(field)) return true;
    if (way.includes(field.name)) return false;
    way.push(field.name);
    for (const { field: name } of field.when) {
      const asked = byName.get(name);
      if (asked !== undefined && !visit(asked)) return false;
    }
    way.pop();
    order.add(field);
    return true;
  };
  for (const field of fields) if (!visit(field)) return { circle: way };
  return { order: [...order] };
}
