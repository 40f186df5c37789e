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
  /** Linked, and what identifies it has become something else there, which is nobody's here: the same machine, or another one? */
  doubted: { theirs: TheirEntry; ours: OurEntry; link: RecordLink; fields: string[] }[];
  /** Which one is it? Nothing is compared before a person has said so. */
  ambiguous: { theirs: TheirEntry[]; ours: OurEntry[]; reason: string }[];
}

/**
 * Which of theirs is which of ours: by the links that are known, then by the mapping's rules in order, each of which must name exactly one on
 * both sides. A rule whose fields are known on both sides and differ keeps later rules from pairing the two. What was linked to something
 * that is gone, or identifies itself as something else now, is looked for once more, by the first rule alone: it may have been entered there
 * again, machines may have changed places, or a backup was restored there and ids stand for other things. Pure.
 */
export function matchObjects(
  mapping: Pick<Mapping, 'match' | 'same' | 'parent' | 'fields'>,
  theirs: readonly TheirEntry[],
  ours: readonly OurEntry[],
  links: readonly RecordLink[],
): Matched {
  const matched: Matched = {
    ...{ pairs: [], onlyThere: [], onlyHere: [], goneThere: [], goneHere: [], doubted: [], ambiguous: [] },
  };
  const freeTheirs = new Map(theirs.map((entry) => [entry.object.id, entry]));
  const freeOurs = new Map(ours.map((entry) => [entry.object.id, entry]));
  const gone = new Map<string, { link: RecordLink; ours: OurEntry }>();
  const doubted: Matched['doubted'] = [];
  for (const link of links) {
    if (link.hubId === null) continue;
    const [t, o] = [freeTheirs.get(link.theirId), freeOurs.get(link.hubId)];
    const fields = t && o ? movedIdentity(mapping, t, o, link) : [];
    if (t && o && fields.length > 0) doubted.push({ theirs: t, ours: o, link, fields });
    else if (t && o) {
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
    if (index !== 0) return;
    settleDoubted(matched, doubted, freeTheirs, freeOurs);
    refuseTwins(matched, rule.fields, freeOurs);
  });
  settleGone(matched, gone, freeOurs);
  matched.onlyThere = [...freeTheirs.values()];
  matched.onlyHere = [...freeOurs.values()];
  return matched;
}

/** Fields by which the hub identifies it, and that say something else there than they did. */
export function movedIdentity(
  mapping: Pick<Mapping, 'match' | 'same' | 'parent' | 'fields'>,
  theirs: Pick<TheirEntry, 'values'>,
  ours: Pick<OurEntry, 'values'>,
  link: RecordLink,
): string[] {
  if (mapping.parent !== null) return [];
  const own = mapping.fields.filter(({ authority }) => authority === 'ours').map(({ name }) => name);
  return (mapping.match[0]?.fields ?? []).filter((field) => {
    const [t, o, agreed] = [theirs.values[field], ours.values[field], link.agreed[field]];
    if (!own.includes(field) || !isSaid(t) || !isSaid(o) || !isSaid(agreed)) return false;
    return !mapping.same(field, t, o) && !mapping.same(field, t, agreed);
  });
}

function settleDoubted(
  matched: Matched,
  doubted: Matched['doubted'],
  freeTheirs: Map<string, TheirEntry>,
  freeOurs: Map<string, OurEntry>,
): void {
  for (const one of doubted) {
    const { theirs, ours, fields } = one;
    if (!freeOurs.has(ours.object.id)) continue;
    if (freeTheirs.delete(theirs.object.id)) matched.doubted.push(one);
    else {
      const says = fields.map((field) => `the ${field} ${String(theirs.values[field])}`).join(' and ');
      const reason = `${theirs.object.id}, which stood for it there, has ${says} now, as another one has: mend whichever is wrong`;
      matched.ambiguous.push({ theirs: [], ours: [ours], reason });
    }
    freeOurs.delete(ours.object.id);
  }
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
