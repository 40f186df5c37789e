import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import type { Moment, Place } from './derive/look.ts';
import { componentIdOf, observationIdOf, type PreparedSnapshot, sourceNumber } from './identity/prepare.ts';
import { linksTo } from './link-store.ts';
import { bare, hyphened } from './packed-ids.ts';

/** What these snapshots show, as rows; equal ones are one row. */
export async function insertObservations(
  db: Knex.Transaction,
  snapshots: readonly { snapshot: PreparedSnapshot; place: Place }[],
): Promise<void> {
  const rows = new Map<string, unknown[]>();
  for (const { snapshot, place } of snapshots) {
    const { card, source } = snapshot;
    for (const prepared of snapshot.parts) {
      const id = observationIdOf(card, source, prepared.text);
      const { part } = prepared;
      rows.set(id, [
        id,
        componentIdOf(prepared, source, place.id),
        card.id,
        sourceNumber(source),
        part.kind,
        part.slot,
        part.manufacturer,
        part.model,
        part.partNumber,
        part.serial,
        part.firmware,
        part.health,
        JSON.stringify(part.attributes),
      ]);
    }
  }
  await insertRows(
    db,
    'observations',
    [
      'id',
      'component_id',
      'card_id',
      'source',
      'kind',
      'slot',
      'manufacturer',
      'model',
      'part_number',
      'serial',
      'firmware',
      'health',
      'attributes',
    ],
    [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
    'id = id',
  );
}

export async function knownObservations(db: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows = await inParts([...new Set(ids)], (part) => db('observations').whereIn('id', part).select('id'));
  return new Set(rows.map((row: { id: string }) => String(row.id)));
}

/** By observation (without hyphens): the component as the evidence alone gives it. */
export async function componentsOfObservations(
  db: Knex,
  observations: readonly string[],
): Promise<Map<string, string>> {
  const rows = await inParts([...new Set(observations)].map(hyphened), (part) =>
    db('observations').whereIn('id', part).select('id', 'component_id'),
  );
  return new Map(rows.map((row: Record<string, unknown>) => [bare(String(row['id'])), String(row['component_id'])]));
}

/** All components that were ever seen at these places. */
export async function componentsAt(db: Knex, placeIds: readonly string[]): Promise<string[]> {
  const rows = await inParts(placeIds, (part) =>
    db('identity_cards')
      .join('observations', 'observations.card_id', 'identity_cards.id')
      .whereIn('identity_cards.place_id', part)
      .distinct('observations.component_id', 'identity_cards.place_id'),
  );
  const pairs = rows.map(
    (row: Record<string, unknown>) => [String(row['component_id']), String(row['place_id'])] as const,
  );
  const links = await linksTo(
    db,
    pairs.map(([id]) => id),
  );
  return [...new Set(pairs.map(([id, placeId]) => links.resolve(id, placeId)))];
}

/** The components that cards showed at the place that they belonged to. */
export async function componentsOfCards(
  db: Knex,
  cards: readonly { cardId: string; from: string }[],
): Promise<string[]> {
  const placeOf = new Map(cards.map(({ cardId, from }) => [cardId, from]));
  const rows = await inParts([...placeOf.keys()], (part) =>
    db('observations').whereIn('card_id', part).distinct('component_id', 'card_id'),
  );
  const pairs = rows.map(
    (row: Record<string, unknown>) => [String(row['component_id']), placeOf.get(String(row['card_id'])) ?? ''] as const,
  );
  const links = await linksTo(
    db,
    pairs.map(([id]) => id),
  );
  return [...new Set(pairs.map(([id, placeId]) => links.resolve(id, placeId)))];
}

/** Where these components were seen before. */
export async function placesOf(db: Knex, componentIds: readonly string[]): Promise<Place[]> {
  const rows = await inParts(componentIds, (part) =>
    db('observations')
      .join('identity_cards', 'identity_cards.id', 'observations.card_id')
      .whereIn('observations.component_id', part)
      .distinct('identity_cards.place_id', 'identity_cards.place_type'),
  );
  return rows.map((row: Record<string, unknown>) => ({
    type: row['place_type'] as Place['type'],
    id: String(row['place_id']),
  }));
}

/** By place: the components that are believed to be there now, or to have left it after `since`. */
export async function openComponents(
  db: Knex,
  placeIds: readonly string[],
  since: Moment | null = null,
): Promise<Map<string, Map<string, ComponentKind>>> {
  const found = new Map<string, Map<string, ComponentKind>>();
  for (const column of ['asset_id', 'location_id']) {
    const rows: Record<string, unknown>[] = await inParts(placeIds, (part) =>
      db('installations')
        .join('components', 'components.id', 'installations.component_id')
        .whereIn(`installations.${column}`, part)
        .where((any) => {
          void any.whereNull('installations.removed_at');
          if (since !== null) void any.orWhere('installations.removed_at', '>', since);
        })
        .select({ place: `installations.${column}`, id: 'components.id', kind: 'components.kind' }),
    );
    for (const row of rows) {
      const place = String(row['place']);
      const here = found.get(place) ?? new Map<string, ComponentKind>();
      found.set(place, here.set(String(row['id']), row['kind'] as ComponentKind));
    }
  }
  return found;
}

/** Parts that are known by their place only and whose kind a better source lists now. */
export async function positionalAt(
  db: Knex,
  placeIds: readonly string[],
): Promise<{ id: string; placeId: string; kind: ComponentKind }[]> {
  const rows = await inParts(placeIds, (part) =>
    db('components').whereIn('asset_id', part).andWhere({ identity: 'place' }).select('id', 'asset_id', 'kind'),
  );
  return rows.map((row: Record<string, unknown>) => ({
    id: String(row['id']),
    placeId: String(row['asset_id']),
    kind: row['kind'] as ComponentKind,
  }));
}

/** A card belongs to another place now: what is known by its place there gets the ids of the new place. */
export async function rebaseObservations(
  db: Knex.Transaction,
  cardId: string,
  idOf: (part: { kind: ComponentKind; source: number; slot: string | null }) => string,
): Promise<{ id: string; kind: ComponentKind }[]> {
  const rows: Record<string, unknown>[] = await db('observations')
    .join('components', 'components.id', 'observations.component_id')
    .where({ 'observations.card_id': cardId, 'components.identity': 'place' })
    .select('observations.id', 'observations.kind', 'observations.source', 'observations.slot');
  const changed: { id: string; kind: ComponentKind }[] = [];
  for (const row of rows) {
    const kind = row['kind'] as ComponentKind;
    const id = idOf({ kind, source: Number(row['source']), slot: row['slot'] === null ? null : String(row['slot']) });
    await db('observations')
      .where({ id: String(row['id']) })
      .update({ component_id: id });
    changed.push({ id, kind });
  }
  return changed;
}
