import type { Knex } from 'knex';
import type { TxCtx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { normalizeMac } from '../core/mac.ts';
import type { HostEvidence } from '../ports/bundle-format.ts';
import type { Place } from './derive/look.ts';
import { type Card, cardOf, type EvidenceKey, kindOfKey, tiesOf } from './identity/evidence.ts';
import type { KnownCard, RegisteredAsset } from './identity/homes.ts';
import { normalizeSerial } from './identity/identify.ts';

export interface KeptCard extends KnownCard {
  place: Place;
  evidence: HostEvidence;
}

export async function loadCards(db: Knex, ids: readonly string[]): Promise<Map<string, KeptCard>> {
  const rows = await inParts(ids, (part) => db('identity_cards').whereIn('id', part).select('*'));
  return new Map(rows.map((row: Record<string, unknown>) => [String(row['id']), toCard(row)]));
}

export async function cardsOfPlaces(db: Knex, placeIds: readonly string[]): Promise<KeptCard[]> {
  const rows = await inParts(placeIds, (part) => db('identity_cards').whereIn('place_id', part).select('*'));
  return rows.map(toCard);
}

function toCard(row: Record<string, unknown>): KeptCard {
  const evidence = fromJson<HostEvidence>(row['evidence']);
  return {
    id: String(row['id']),
    keys: cardOf(evidence).keys,
    evidence,
    place: { type: row['place_type'] as Place['type'], id: String(row['place_id']) },
  };
}

/** A key that so many cards show is printed on a shelf of machines, and tells none of them. */
const MOST_CARDS = 64;

/**
 * Takes the locks on all evidence that the new cards share with others, however far it reaches, and gives all these cards. Whoever
 * brings a card with a key in common waits until this transaction ends.
 */
export async function lockRelatives(db: Knex.Transaction, cards: readonly Card[]): Promise<KeptCard[]> {
  const fresh = new Set(cards.map(({ id }) => id));
  const related = new Map<string, KeptCard>();
  const locked = new Set<string>();
  let keys = [...new Set(cards.flatMap(tiesOf))];
  await noteKeys(db, cards);
  while (keys.length > 0) {
    const names = keys.filter((key) => !locked.has(key)).toSorted();
    const rows: { name: string; cards: string }[] = await inParts(names, (part) =>
      db
        .from(db.raw('identity_keys FORCE INDEX (PRIMARY)'))
        .whereIn('name', part)
        .orderBy('name')
        .forUpdate()
        .select('name', 'cards'),
    );
    for (const name of names) locked.add(name);
    const ids = rows
      .map((row) => [...new Set(fromJson<string[]>(row.cards))])
      .filter((list) => list.length <= MOST_CARDS)
      .flat();
    const more = await loadCards(
      db,
      [...new Set(ids)].filter((id) => !related.has(id) && !fresh.has(id)),
    );
    for (const [id, card] of more) related.set(id, card);
    keys = [...new Set([...more.values()].flatMap(tiesOf))].filter((key) => !locked.has(key));
  }
  return [...related.values()];
}

/** Adds the cards to the lists of their keys; the lock on a key's row serialises those who do. */
async function noteKeys(db: Knex.Transaction, cards: readonly Card[]): Promise<void> {
  const lists = new Map<string, string[]>();
  for (const card of cards) for (const key of tiesOf(card)) lists.set(key, [...(lists.get(key) ?? []), card.id]);
  const names = [...lists.keys()].toSorted();
  await insertRows(
    db,
    'identity_keys',
    ['name', 'cards'],
    names.map((name) => [name, JSON.stringify((lists.get(name) ?? []).toSorted())]),
    'cards = IF(JSON_CONTAINS(cards, VALUES(cards)), cards, JSON_MERGE_PRESERVE(cards, VALUES(cards)))',
  );
}

export async function insertCards(
  db: Knex.Transaction,
  cards: readonly { card: Card; place: Place }[],
  now: string,
): Promise<void> {
  await insertRows(
    db,
    'identity_cards',
    ['id', 'place_type', 'place_id', 'evidence', 'created_at'],
    cards
      .toSorted((a, b) => (a.card.id < b.card.id ? -1 : 1))
      .map(({ card, place }) => [card.id, place.type, place.id, JSON.stringify(card.evidence), now]),
    'id = id',
  );
}

export async function moveCard(db: Knex.Transaction, cardId: string, placeId: string): Promise<void> {
  await db('identity_cards').where({ id: cardId }).update({ place_id: placeId });
}

/** Servers that somebody registered, by the evidence in their record. Those that only bundles speak of are not among them. */
export async function registeredBy(
  db: Knex,
  keys: readonly EvidenceKey[],
  evidence: readonly HostEvidence[],
): Promise<Map<EvidenceKey, RegisteredAsset[]>> {
  const values = (kind: string) =>
    keys.filter((key) => kindOfKey(key) === kind).map((key) => key.slice(kind.length + 1));
  // The record holds a serial as it was typed.
  const typed = evidence.flatMap(({ productSerial, assetTag, systemUuid }) => [productSerial, assetTag, systemUuid]);
  const texts = [...new Set([...values('serial'), ...values('tag'), ...values('uuid'), ...typed])].filter(
    (text) => text !== null,
  );
  const columns: [string, readonly string[]][] = [
    ['id', values('id')],
    ['vendor_serial', texts],
    ['system_uuid', [...texts, ...values('uuid').map((uuid) => uuid.toUpperCase())]],
    ['bmc_mac', values('bmc')],
    ['asset_tag', texts],
  ];
  const found = new Map<EvidenceKey, RegisteredAsset[]>();
  for (const [column, wanted] of columns) {
    const rows: Record<string, unknown>[] = await inParts(
      wanted.filter((value) => column !== 'id' || UUID.test(value)),
      (part) => {
        const query = db('assets').whereIn(column, part);
        // Its own id is said by who knows it; all other evidence of a server that nobody registered came from cards.
        if (column !== 'id') void query.whereNull('origin');
        return query.select('id', 'vendor_serial', 'system_uuid', 'bmc_mac', 'asset_tag');
      },
    );
    for (const row of rows) {
      const asset = registered(row);
      const key = keyOf(column, row);
      if (key === null) continue;
      const list = found.get(key) ?? [];
      if (!list.some(({ id }) => id === asset.id)) found.set(key, [...list, asset]);
    }
  }
  return found;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function registered(row: Record<string, unknown>): RegisteredAsset {
  const serial = normalizeSerial(textOrNull(row['vendor_serial']));
  return { id: String(row['id']), serialKey: serial === null ? null : `serial:${serial}` };
}

function keyOf(column: string, row: Record<string, unknown>): EvidenceKey | null {
  const value = textOrNull(row[column]);
  if (value === null) return null;
  if (column === 'id') return `id:${value}`;
  if (column === 'system_uuid') return `uuid:${value.trim().toLowerCase()}`;
  if (column === 'bmc_mac') return `bmc:${normalizeMac(value) ?? value}`;
  const text = normalizeSerial(value);
  if (text === null) return null;
  return column === 'asset_tag' ? `tag:${text}` : `serial:${text}`;
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Locks the places, in an order that is the same for everybody, with those that an earlier attempt of the same work had to lock as well. */
export async function lockPlaces({ db, learnt }: TxCtx, places: readonly Place[]): Promise<void> {
  for (const [type, table] of [
    ['asset', 'assets'],
    ['location', 'locations'],
  ] as const) {
    const all = learnt.get(table) ?? new Set<string>();
    for (const place of places) if (place.type === type) all.add(place.id);
    learnt.set(table, all);
    const held = heldBy(db, table);
    const wanted = [...all].filter((id) => !held.has(id)).toSorted();
    await inParts(wanted, (part) =>
      // Among a few rows all would be read, and locked.
      db
        .from(db.raw('?? FORCE INDEX (PRIMARY)', [table]))
        .whereIn('id', part)
        .orderBy('id')
        .forUpdate()
        .select('id'),
    );
    for (const id of wanted) held.add(id);
  }
}

/** What a transaction has locked already, which it need not ask for again. */
const locks = new WeakMap<Knex, Map<string, Set<string>>>();

function heldBy(db: Knex, table: string): Set<string> {
  const tables = locks.get(db) ?? new Map<string, Set<string>>();
  locks.set(db, tables);
  const held = tables.get(table) ?? new Set<string>();
  tables.set(table, held);
  return held;
}
