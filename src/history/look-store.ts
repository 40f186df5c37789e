import type { Knex } from 'knex';
import { inParts } from '../core/insert-rows.ts';
import type { Source } from '../ports/bundle-format.ts';
import { SOURCES } from '../ports/bundle-format.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { loadCards } from './card-store.ts';
import { type KnownComponent } from './component-store.ts';
import type { Look, Moment, Place } from './derive/look.ts';
import { isMixed } from './derive/stints.ts';
import { sourceOf } from './identity/prepare.ts';
import { linksTo } from './link-store.ts';
import { loadRuns } from './run-store.ts';
import { bare } from './packed-ids.ts';
import { type Inventory, loadInventories, loadSightings } from './snapshot-store.ts';

interface ShownPart {
  componentId: string;
  kind: ComponentKind;
  slot: string | null;
  firmware: string | null;
  place: Place;
  source: Source;
}

/** What was seen of some components, and where. */
export interface Sightings {
  /** By observation, for those of these components. */
  shown: Map<string, ShownPart>;
  /** Where each of them was ever seen. */
  places: Map<string, Map<string, Place>>;
}

export async function loadObservations(db: Knex, componentIds: readonly string[]): Promise<Sightings> {
  const wanted = new Set(componentIds);
  const links = await linksTo(db, componentIds);
  const bases = [...new Set([...componentIds, ...links.bases])];
  const rows: Record<string, unknown>[] = await inParts(bases, (part) =>
    db('observations')
      .whereIn('component_id', part)
      .select('id', 'component_id', 'card_id', 'source', 'kind', 'slot', 'firmware'),
  );
  const cards = await loadCards(db, [...new Set(rows.map((row) => String(row['card_id'])))]);
  const shown = new Map<string, ShownPart>();
  const places = new Map<string, Map<string, Place>>();
  for (const row of rows) {
    const place = cards.get(String(row['card_id']))?.place;
    if (place === undefined) continue;
    const componentId = links.resolve(String(row['component_id']), place.id);
    if (!wanted.has(componentId)) continue;
    shown.set(bare(String(row['id'])), {
      componentId,
      kind: row['kind'] as ComponentKind,
      slot: row['slot'] === null ? null : String(row['slot']),
      firmware: row['firmware'] === null ? null : String(row['firmware']),
      place,
      source: sourceOf(Number(row['source'])),
    });
    const own = places.get(componentId) ?? new Map<string, Place>();
    places.set(componentId, own.set(place.id, place));
  }
  return { shown, places };
}

/** All looks at these components. */
export async function loadLooks(
  db: Knex,
  components: readonly KnownComponent[],
  { shown, places }: Sightings,
): Promise<Map<string, Look[]>> {
  const all = new Map([...places.values()].flatMap((own) => [...own]));
  const several = new Set([...places].filter(([, own]) => own.size > 1).map(([id]) => id));
  const read = createReader(db, components, { shown, places });
  const runs = await loadRuns(db, [...all.keys()]);
  const looks = await read(runs, (id) => !several.has(id));
  for (const [id, own] of looks) if (isMixed(own)) several.add(id);
  const closely = [...several].flatMap((id) => [...(places.get(id)?.keys() ?? [])]);
  const moments = await loadSightings(db, [...new Set(closely)]);
  const single = await read(
    moments.map(({ at, ...sighting }) => ({ ...sighting, first: at, last: at })),
    (id) => several.has(id),
  );
  return new Map(components.map(({ id }) => [id, (several.has(id) ? single : looks).get(id) ?? []]));
}

interface Stretch {
  placeId: string;
  first: Moment;
  last: Moment;
  inventoryId: number;
}

/** From stretches to looks at the components that are wanted. */
function createReader(db: Knex, components: readonly KnownComponent[], { shown, places }: Sightings) {
  const atPlace = Map.groupBy(
    components.flatMap((component) =>
      [...(places.get(component.id)?.values() ?? [])].map((place) => ({ component, place })),
    ),
    ({ place }) => place.id,
  );
  const kinds = kindsShown(shown);
  return async (stretches: readonly Stretch[], wanted: (id: string) => boolean): Promise<Map<string, Look[]>> => {
    const looks = new Map<string, Look[]>();
    const inventories = await loadInventories(
      db,
      stretches.map(({ inventoryId }) => inventoryId),
    );
    for (const { placeId, first, last, inventoryId } of stretches) {
      const inventory = inventories.get(inventoryId);
      if (inventory === undefined) continue;
      const here = new Map<string, ShownPart>();
      for (const id of inventory.shows) {
        const part = shown.get(id);
        if (part) here.set(part.componentId, part);
      }
      for (const { component, place } of atPlace.get(placeId) ?? []) {
        if (!wanted(component.id)) continue;
        const look = lookAt(component, place, inventory, here.get(component.id), kinds);
        if (look) looks.set(component.id, [...(looks.get(component.id) ?? []), { ...look, first, last }]);
      }
    }
    return looks;
  };
}

/** Under which kinds a component was seen at a place: it is missing where one of them was looked at completely. */
function kindsShown(shown: ReadonlyMap<string, ShownPart>): Map<string, Set<ComponentKind>> {
  const kinds = new Map<string, Set<ComponentKind>>();
  for (const { componentId, place, kind } of shown.values()) {
    const key = componentId + place.id;
    kinds.set(key, (kinds.get(key) ?? new Set()).add(kind));
  }
  return kinds;
}

function lookAt(
  component: KnownComponent,
  place: Place,
  inventory: Inventory,
  part: ShownPart | undefined,
  kinds: ReadonlyMap<string, ReadonlySet<ComponentKind>>,
): Omit<Look, 'first' | 'last'> | undefined {
  const base = { place, source: inventory.source, slot: null, firmware: null, explicit: false, reason: null };
  if (part) return { ...base, says: 'there', slot: part.slot, firmware: part.firmware };
  const absent = inventory.absent.find(
    ({ serial, vendor }) => serial === component.serial && (vendor === null || vendor === component.vendor),
  );
  if (absent) return { ...base, says: 'gone', explicit: true, reason: absent.reason };
  const looked = inventory.scope.some((kind) => kinds.get(component.id + place.id)?.has(kind));
  return looked ? { ...base, says: 'gone' } : undefined;
}

/**
 * Parts that are known by their place only are counted once: as the best source that lists the kind at all names them. Which pairs of
 * kind and source there are at these places.
 */
export async function kindsBySource(db: Knex, placeIds: readonly string[]): Promise<Map<string, Source>> {
  const rows: Record<string, unknown>[] = await inParts(placeIds, (part) =>
    db('identity_cards')
      .join('observations', 'observations.card_id', 'identity_cards.id')
      .whereIn('identity_cards.place_id', part)
      .groupBy('identity_cards.place_id', 'observations.kind')
      .select('identity_cards.place_id', 'observations.kind')
      .min({ source: 'observations.source' }),
  );
  return new Map(
    rows.map((row) => [`${String(row['place_id'])} ${String(row['kind'])}`, sourceOf(Number(row['source']))]),
  );
}

export function isBetter(a: Source, b: Source): boolean {
  return SOURCES.indexOf(a) < SOURCES.indexOf(b);
}
