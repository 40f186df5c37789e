import type { RawRow } from 'netbox-client';
import { slugOf } from '../identifier.ts';
import { asValue, filterFor, fold } from './find-records.ts';
import { makeMissing } from './make-missing.ts';
import { readBy, readOfDevices } from './read-rows.ts';
import { idIn } from './record-types.ts';
import { type Kind, type KindFacts, KINDS } from './reference-kinds.ts';
import { type Refused, refused, type Writing } from './writing.ts';

/** Something that a record needs, by name. */
export interface Wanted {
  kind: Kind;
  name: string | null;
  slug: string | null;
  /** Id of the manufacturer, device or site; null where it is looked for everywhere. */
  scope: number | null;
  /** What else it gets when it has to be made, e.g. `part_number`. */
  rest: Record<string, unknown>;
}

export type Resolved = number | Refused;

export interface Resolver {
  /** One answer each, in order. Everything of a call that is missing is made in as few requests as there are kinds. */
  resolve(kind: Kind, wanted: readonly Wanted[]): Promise<Resolved[]>;
}

/** Finds by name (ignoring case) or slug, then makes what may be made. Remembers what it found; made for one call, not for longer. */
export function createResolver(with_: Writing): Resolver {
  const known = new Map<string, Resolved>();
  return {
    async resolve(kind, wanted) {
      const fresh = new Map<string, Wanted>();
      for (const one of wanted) if (!known.has(keyOf(one))) fresh.set(keyOf(one), one);
      if (fresh.size > 0) {
        const missing: Wanted[] = [];
        const found = await lookUp(with_, kind, [...fresh.values()]);
        for (const [key, one] of fresh) {
          const answer = found(one);
          if (answer === undefined) missing.push(one);
          else known.set(key, answer);
        }
        const made = await makeMissing(with_, kind, missing, async (some) => some.map(await lookUp(with_, kind, some)));
        for (const [index, one] of missing.entries()) known.set(keyOf(one), made[index] ?? refused('it was not made'));
      }
      return wanted.map((one) => known.get(keyOf(one)) ?? refused('it was not looked for'));
    },
  };
}

function keyOf({ kind, name, slug, scope }: Wanted): string {
  return JSON.stringify([kind, scope, name === null ? null : fold(name), slug]);
}

export type Found = (wanted: Wanted) => Resolved | undefined;

async function lookUp(with_: Writing, kind: Kind, wanted: readonly Wanted[]): Promise<Found> {
  const facts = KINDS[kind];
  const rows = await candidates(with_, facts, wanted);
  return (one) => {
    const inScope = rows.filter(
      (row) => one.scope === null || facts.scope === null || idIn(row[facts.scope]) === one.scope,
    );
    const { name, slug } = one;
    if (slug !== null)
      return only(
        inScope.filter((row) => row['slug'] === slug),
        facts,
        slug,
        (row) => row['slug'] === slug,
      );
    if (name === null) return undefined;
    const named = inScope.filter((row) => fold(String(row[facts.key] ?? '')) === fold(name));
    const byName = only(named, facts, name, (row) => row[facts.key] === name);
    if (byName !== undefined || !facts.hasSlug) return byName;
    return only(
      inScope.filter((row) => row['slug'] === slugOf(name)),
      facts,
      name,
      () => true,
    );
  };
}

async function candidates(with_: Writing, facts: KindFacts, wanted: readonly Wanted[]): Promise<RawRow[]> {
  const { key, scope, resource, hasSlug } = facts;
  const fields = ['id', key, ...(hasSlug ? ['slug'] : []), ...(scope === null ? [] : [scope])];
  if (scope === 'device') {
    const devices = wanted.flatMap((one) => (one.scope === null ? [] : [one.scope]));
    return readOfDevices(with_, resource, [...new Set(devices)], fields);
  }
  const names = wanted.flatMap(({ name }) => (name === null ? [] : [name]));
  const slugs = wanted.flatMap(({ name, slug }) => slug ?? (name === null ? [] : slugOf(name)));
  const byName = await readBy(with_, resource, { filter: filterFor(key), values: names.map(asValue) }, fields);
  if (!hasSlug) return byName;
  const bySlug = await readBy(with_, resource, { filter: 'slug__ie', values: slugs.map(asValue) }, fields);
  return [...new Map([...byName, ...bySlug].map((row) => [row.id, row])).values()];
}

/** The only one, or the one written exactly so. */
function only(
  rows: readonly RawRow[],
  { label }: KindFacts,
  name: string,
  exactly: (row: RawRow) => boolean,
): Resolved | undefined {
  const [first] = rows;
  if (rows.length < 2) return first?.id;
  const exact = rows.filter(exactly);
  if (exact.length === 1 && exact[0]) return exact[0].id;
  return refused(
    `NetBox has ${rows.length} ${label}s called "${name}" (${rows.map((row) => row.id).join(', ')}); rename all but one, or link the right one`,
  );
}
