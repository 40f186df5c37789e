import type { Knex } from 'knex';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { componentsBySerial } from './component-store.ts';
import type { NotedRuns } from './note-runs.ts';
import { componentsAt, componentsOfObservations, openComponents } from './observation-store.ts';
import { linksTo } from './link-store.ts';
import { type Inventory, loadInventories } from './snapshot-store.ts';

export interface Affected {
  /** Components whose history may have changed. */
  components: Set<string>;
  /** Runs that are the newest of their source, with what they show: they are settled once all of it is where they say. */
  newest: { run: NotedRuns; shows: string[]; scope: ComponentKind[] }[];
}

/**
 * Whose history these looks may change. A look that is newer than all others at its place concerns what it shows otherwise than the
 * look before, what it shows though it was not believed to be there, and what it does not show though it was. Any other look may
 * concern everything that was ever seen at the place.
 */
export async function findAffected(db: Knex, noted: readonly NotedRuns[]): Promise<Affected> {
  const components = new Set<string>();
  const thoughtful = noted.filter(
    ({ before, added, removed, newest }) => added.length + removed.length > 0 || !newest || before?.settled !== true,
  );
  const placesOfSeveral = placesWithSeveral(noted);
  const simple = thoughtful.filter((one) => one.newest && !placesOfSeveral.has(one.placeId));
  const others = [...new Set(thoughtful.filter((one) => !simple.includes(one)).map(({ placeId }) => placeId))];
  for (const id of await componentsAt(db, others)) components.add(id);

  const inventories = await loadInventories(
    db,
    thoughtful.flatMap(({ before, sightings }) => [
      ...sightings.map(({ inventoryId }) => inventoryId),
      ...(before ? [before.inventoryId] : []),
    ]),
  );
  const shown = await componentsOfObservations(
    db,
    [...inventories.values()].flatMap(({ shows }) => shows),
  );
  const links = await linksTo(db, [...new Set(shown.values())]);
  const open = await openComponents(
    db,
    simple.map(({ placeId }) => placeId),
  );
  // What left after the last look of the same source may have left otherwise.
  const since = simple.map(({ before, sightings }) => before?.last ?? sightings[0]?.at ?? '').toSorted()[0] ?? null;
  const lately = await openComponents(
    db,
    simple.map(({ placeId }) => placeId),
    since,
  );
  for (const [placeId, parts] of lately)
    for (const id of parts.keys()) if (!open.get(placeId)?.has(id)) components.add(id);
  const newest: Affected['newest'] = [];
  for (const one of thoughtful) {
    const last = inventories.get(one.sightings.at(-1)?.inventoryId ?? 0);
    if (last === undefined) continue;
    const idsOf = (observations: Iterable<string>) =>
      [...observations].flatMap((id) => {
        const base = shown.get(id);
        return base === undefined ? [] : [links.resolve(base, one.placeId)];
      });
    const shows = idsOf(last.shows);
    newest.push({ run: one, shows, scope: last.scope });
    if (!simple.includes(one)) continue;
    const differs = one.before === undefined ? last.shows : difference(last, inventories.get(one.before.inventoryId));
    for (const id of idsOf(differs)) components.add(id);
    const there = open.get(one.placeId) ?? new Map<string, ComponentKind>();
    const here = new Set(shows);
    for (const id of here) if (!there.has(id)) components.add(id);
    for (const [id, kind] of there) if (!here.has(id) && last.scope.includes(kind)) components.add(id);
  }
  for (const id of await namedAsGone(db, [...inventories.values()])) components.add(id);
  return { components, newest };
}

function placesWithSeveral(noted: readonly NotedRuns[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { placeId, added, sightings } of noted) {
    counts.set(placeId, (counts.get(placeId) ?? 0) + (added.length > 0 ? sightings.length : 0));
  }
  return new Set([...counts].filter(([, count]) => count > 1).map(([placeId]) => placeId));
}

function difference(now: Inventory, before: Inventory | undefined): string[] {
  const [a, b] = [new Set(now.shows), new Set(before?.shows)];
  return [...now.shows.filter((id) => !b.has(id)), ...(before?.shows ?? []).filter((id) => !a.has(id))];
}

async function namedAsGone(db: Knex, inventories: readonly Inventory[]): Promise<string[]> {
  const named = inventories.flatMap(({ absent }) => absent);
  const found = await componentsBySerial(
    db,
    named.map(({ serial }) => serial),
  );
  return found.map(({ id }) => id);
}
