import type { Mapping, Value, ValueFault, Values } from '../mapping/mapping.ts';
import type { RecordObject } from '../ports/record-objects.ts';
import type { HubObject } from './hub-side.ts';
import type { RecordLink } from './model.ts';

/** One of theirs with its values as they are compared. */
export interface TheirEntry {
  object: RecordObject;
  values: Values;
  faults: ValueFault[];
}
export interface OurEntry {
  object: HubObject;
  values: Values;
  faults: ValueFault[];
}

export interface Pair {
  theirs: TheirEntry;
  ours: OurEntry;
  link: RecordLink | undefined;
}

export interface Matched {
  pairs: Pair[];
  /** Nothing of ours is it. */
  onlyThere: TheirEntry[];
  onlyHere: OurEntry[];
  /** Linked, and not there any more. */
  goneThere: { link: RecordLink; ours: OurEntry }[];
  /** Linked, and ours is not there any more. */
  goneHere: { link: RecordLink; theirs: TheirEntry }[];
  /** Which one is it? Nothing is compared before a person has said so. */
  ambiguous: { theirs: TheirEntry[]; ours: OurEntry[]; reason: string }[];
}

/**
 * Which of theirs is which of ours: by the links that are known, then by the mapping's rules in order, each of which must name exactly one on
 * both sides. A rule whose fields are known on both sides and differ keeps later rules from pairing the two. What was linked to something
 * that is gone is looked for once more, by the first rule alone: it may have been entered there again. Pure.
 */
export function matchObjects(
  mapping: Pick<Mapping, 'match' | 'same'>,
  theirs: readonly TheirEntry[],
  ours: readonly OurEntry[],
  links: readonly RecordLink[],
): Matched {
  const matched: Matched = { pairs: [], onlyThere: [], onlyHere: [], goneThere: [], goneHere: [], ambiguous: [] };
  const freeTheirs = new Map(theirs.map((entry) => [entry.object.id, entry]));
  const freeOurs = new Map(ours.map((entry) => [entry.object.id, entry]));
  const gone = new Map<string, { link: RecordLink; ours: OurEntry }>();
  for (const link of links) {
    if (link.hubId === null) continue;
    const [t, o] = [freeTheirs.get(link.theirId), freeOurs.get(link.hubId)];
    if (t && o) {
      matched.pairs.push({ theirs: t, ours: o, link });
      freeTheirs.delete(link.theirId);
      freeOurs.delete(link.hubId);
    } else if (o) gone.set(link.hubId, { link, ours: o });
    else if (t) {
      matched.goneHere.push({ link, theirs: t });
      freeTheirs.delete(link.theirId);
    }
  }
  mapping.match.forEach((rule, index) => {
    if (index === 1) settleGone(matched, gone, freeOurs);
    const inTheirs = Map.groupBy([...freeTheirs.values()], (entry) => keyOf(entry.values, rule.fields));
    const inOurs = Map.groupBy([...freeOurs.values()], (entry) => keyOf(entry.values, rule.fields));
    const taken = Map.groupBy(matched.pairs, (pair) => keyOf(pair.ours.values, rule.fields));
    for (const [key, t] of inTheirs) {
      if (key === undefined) continue;
      const what = `${rule.fields.join(' and ')} ${key.replaceAll('\0', ', ')}`;
      const o = inOurs.get(key) ?? [];
      const already = taken.get(key) ?? [];
      const [theirOne] = t;
      const [ourOne] = o;
      // What only names the thing (not what identifies it) may well be there twice.
      if (already.length > 0 && index === 0) {
        const ids = [...already.map((pair) => pair.theirs.object.id), ...t.map((entry) => entry.object.id)];
        matched.ambiguous.push({
          theirs: t,
          ours: already.map((pair) => pair.ours),
          reason: `${ids.length} objects there have the ${what}: ${ids.join(', ')}`,
        });
        for (const entry of t) freeTheirs.delete(entry.object.id);
      } else if (t.length === 1 && o.length === 1 && theirOne && ourOne) {
        const veto = vetoOf(mapping, index, theirOne, ourOne);
        if (veto === undefined) matched.pairs.push({ theirs: theirOne, ours: ourOne, link: undefined });
        else
          matched.ambiguous.push({
            theirs: t,
            ours: o,
            reason: `the ${what} is the same, but ${veto}: mend whichever is wrong`,
          });
        freeTheirs.delete(theirOne.object.id);
        freeOurs.delete(ourOne.object.id);
      } else if (o.length > 0) {
        const where = t.length > 1 ? `${t.length} objects there have` : `${o.length} objects here have`;
        const ids = (t.length > 1 ? t : o).map((entry) => entry.object.id);
        matched.ambiguous.push({ theirs: t, ours: o, reason: `${where} the ${what}: ${ids.join(', ')}` });
        for (const entry of t) freeTheirs.delete(entry.object.id);
        for (const entry of o) freeOurs.delete(entry.object.id);
      }
    }
    if (index === 0) refuseTwins(matched, rule.fields, freeOurs);
  });
  settleGone(matched, gone, freeOurs);
  matched.onlyThere = [...freeTheirs.values()];
  matched.onlyHere = [...freeOurs.values()];
  return matched;
}

function settleGone(
  matched: Matched,
  gone: Map<string, { link: RecordLink; ours: OurEntry }>,
  freeOurs: Map<string, OurEntry>,
): void {
  for (const [hubId, one] of gone) if (freeOurs.delete(hubId)) matched.goneThere.push(one);
  gone.clear();
}

/** Two of ours that are identified by the same, and none or one there: making the other one there would make it, or take it, twice. */
function refuseTwins(matched: Matched, fields: readonly string[], freeOurs: Map<string, OurEntry>): void {
  const taken = Map.groupBy(matched.pairs, (pair) => keyOf(pair.ours.values, fields));
  for (const [key, free] of Map.groupBy([...freeOurs.values()], (entry) => keyOf(entry.values, fields))) {
    if (key === undefined) continue;
    const ids = [...(taken.get(key) ?? []).map(({ ours }) => ours.object.id), ...free.map(({ object }) => object.id)];
    if (ids.length < 2) continue;
    const what = `${fields.join(' and ')} ${key.replaceAll('\0', ', ')}`;
    matched.ambiguous.push({
      theirs: [],
      ours: free,
      reason: `${ids.length} objects here have the ${what}: ${ids.join(', ')}`,
    });
    for (const entry of free) freeOurs.delete(entry.object.id);
  }
}

/** Undefined where a field of it is unknown or empty: what says nothing identifies nothing. */
export function keyOf(values: Values, fields: readonly string[]): string | undefined {
  const parts: string[] = [];
  for (const field of fields) {
    const value = values[field];
    if (value === undefined || value === null || value === '') return undefined;
    parts.push(String(value).toLowerCase());
  }
  return parts.join('\0');
}

function vetoOf(
  mapping: Pick<Mapping, 'match' | 'same'>,
  upTo: number,
  theirs: TheirEntry,
  ours: OurEntry,
): string | undefined {
  for (const rule of mapping.match.slice(0, upTo)) {
    const different = rule.fields.find((field) => {
      const [t, o] = [theirs.values[field], ours.values[field]];
      return isSaid(t) && isSaid(o) && !mapping.same(field, t, o);
    });
    if (different !== undefined)
      return `the ${different} is ${String(theirs.values[different])} there and ${String(ours.values[different])} here`;
  }
  return undefined;
}

function isSaid(value: Value | undefined): value is Exclude<Value, null> {
  return value !== undefined && value !== null && value !== '';
}
