import type { MappedField, Value } from './mapping.ts';

/** Whether a value is known to be empty: null, or a list of nothing. */
export function isEmpty(value: Value | undefined): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

export function sameValue(compare: MappedField['compare'], theirs: Value, ours: Value): boolean {
  if (compare === 'contains') return holdsAll(theirs, ours);
  if (isEmpty(theirs) || isEmpty(ours)) return isEmpty(theirs) && isEmpty(ours);
  const one = compare === 'fold' ? folded : asIs;
  const [left, right] = [items(theirs), items(ours)];
  if (Array.isArray(theirs) !== Array.isArray(ours) || left.length !== right.length) return false;
  return left.every((item, index) => sameItem(one(item), one(right[index])));
}

type Item = string | number | boolean | null | undefined;

function items(value: Value): readonly Item[] {
  return Array.isArray(value) ? (value as readonly string[]) : [value as Item];
}

function asIs(item: Item): Item {
  return item;
}

function folded(item: Item): Item {
  return typeof item === 'string' ? item.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase() : item;
}

/** An id is a number in one API and text in the other. */
function sameItem(left: Item, right: Item): boolean {
  if (left === right) return true;
  const isMixed = typeof left !== typeof right && ![left, right].some((item) => typeof item === 'boolean');
  return isMixed && String(left) === String(right);
}

function holdsAll(theirs: Value, ours: Value): boolean {
  if (isEmpty(ours)) return true;
  if (isEmpty(theirs)) return false;
  const there = new Set(items(theirs).map(String));
  return items(ours).every((item) => there.has(String(item)));
}
