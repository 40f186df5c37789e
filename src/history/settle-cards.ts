import type { TxCtx } from '../core/ctx.ts';
import { append, appendAll } from '../events/append.ts';
import { assetRegistered } from '../assets/events.ts';
import { emptyEvidence } from '../ports/bundle-format.ts';
import { existingAssets, insertSeenAssets, markMerged, mergedInto, STATE_OF_SEEN } from './asset-store.ts';
import {
  cardsOfPlaces,
  insertCards,
  type KeptCard,
  loadCards,
  lockRelatives,
  moveCard,
  registeredBy,
} from './card-store.ts';
import { identityRules, lockDecisions } from './decision-store.ts';
import type { Moment, Place } from './derive/look.ts';
import { assetMerged, assetUnmerged } from './events.ts';
import { type Card, cardOf, kindOfKey } from './identity/evidence.ts';
import { type Dispute, findHomes } from './identity/homes.ts';
import { noteDisputes } from './review-store.ts';

/** A card that belongs to another server than was thought before. */
export interface Rehomed {
  cardId: string;
  from: string;
  to: string;
}

/**
 * Finds out which server each card belongs to, and enters those that are new. New evidence may show that cards that are known already
 * belong elsewhere: their snapshots have to move, which the caller does.
 */
export async function settleCards(
  tx: TxCtx,
  cards: readonly { card: Card; locationId: string | null }[],
  now: Moment,
): Promise<{ places: Map<string, Place>; rehomed: Rehomed[] }> {
  const distinct = new Map(cards.map((one) => [one.card.id, one]));
  const known = await loadCards(tx.db, [...distinct.keys()]);
  const places = new Map([...known].map(([id, { place }]) => [id, place]));
  const missing = [...distinct.values()].filter(({ card }) => !known.has(card.id));
  const atLocations = missing.filter(({ locationId }) => locationId !== null);
  const located = atLocations.map(({ card, locationId }) => ({
    card,
    place: { type: 'location' as const, id: locationId ?? '' },
  }));
  await insertCards(tx.db, located, now);
  for (const { card, place } of located) places.set(card.id, place);
  const fresh = missing.filter(({ card, locationId }) => locationId === null && card.keys.length > 0);
  if (fresh.length === 0) return { places, rehomed: [] };
  const settled = await settle(
    tx,
    fresh.map(({ card }) => card),
    now,
  );
  for (const { card } of fresh) places.set(card.id, { type: 'asset', id: settled.homes.get(card.id) ?? '' });
  return { places, rehomed: settled.rehomed };
}

async function settle(
  tx: TxCtx,
  fresh: readonly Card[],
  now: Moment,
): Promise<{ homes: Map<string, string>; rehomed: Rehomed[] }> {
  await lockDecisions(tx.db, 'shared');
  const relatives = await lockRelatives(tx.db, fresh);
  // Whoever was faster with the same card has ended by now, because we have the locks on its evidence.
  const faster = await loadCards(
    tx.db,
    fresh.map(({ id }) => id),
  );
  return enterHomes(
    tx,
    fresh.filter(({ id }) => !faster.has(id)),
    [...faster.values(), ...relatives],
    now,
  );
}

/** Works the homes of cards out again, whose evidence is locked. */
export async function enterHomes(
  tx: TxCtx,
  fresh: readonly Card[],
  relatives: readonly KeptCard[],
  now: Moment,
): Promise<{ homes: Map<string, string>; rehomed: Rehomed[] }> {
  const all = [...fresh, ...relatives];
  const [registered, rules] = [
    await registeredBy(
      tx.db,
      [...new Set(all.flatMap(({ keys }) => keys))],
      all.map(({ evidence }) => evidence),
    ),
    await identityRules(tx.db),
  ];
  const { homes, disputes } = findHomes(all, { registered, ...rules });
  await createMissing(tx, homes, all, now);
  await insertCards(
    tx.db,
    fresh.map((card) => ({ card, place: { type: 'asset', id: homes.get(card.id) ?? '' } })),
    now,
  );
  const rehomed: Rehomed[] = [];
  for (const card of relatives) {
    const to = homes.get(card.id);
    if (to === undefined || to === card.place.id) continue;
    await moveCard(tx.db, card.id, to);
    rehomed.push({ cardId: card.id, from: card.place.id, to });
  }
  await noteMerges(tx, rehomed, homes);
  await noteDisputes(tx, [...disputes, ...claimedTwice(all)], all, now);
  return { homes, rehomed };
}

/** One product serial with several system UUIDs: a board was changed, or two servers carry one serial. */
function claimedTwice(cards: readonly { keys: Card['keys'] }[]): Dispute[] {
  const uuids = new Map<Card['keys'][number], Set<string>>();
  for (const { keys } of cards) {
    const serial = keys.find((key) => kindOfKey(key) === 'serial');
    const uuid = keys.find((key) => kindOfKey(key) === 'uuid');
    if (serial && uuid) uuids.set(serial, (uuids.get(serial) ?? new Set()).add(uuid));
  }
  return [...uuids]
    .filter(([, claims]) => claims.size > 1)
    .map(([key, claims]) => ({ key, assets: [...claims].toSorted() }));
}

async function createMissing(
  tx: TxCtx,
  homes: ReadonlyMap<string, string>,
  cards: readonly { id: string; evidence: Card['evidence'] }[],
  now: Moment,
): Promise<void> {
  const wanted = [...new Set(homes.values())];
  const there = await existingAssets(tx.db, wanted);
  const missing = wanted.filter((id) => !there.has(id));
  if (missing.length === 0) return;
  const assets = missing.map((id) => ({ id, evidence: evidenceOf(cards.filter((card) => homes.get(card.id) === id)) }));
  await insertSeenAssets(tx.db, assets, now);
  await appendAll(
    tx,
    assetRegistered,
    assets.map(({ id, evidence }) => ({
      subject: { type: 'asset', id },
      data: {
        name: evidence.hostName,
        serial: evidence.productSerial,
        state: STATE_OF_SEEN,
        origin: 'bundle',
        site: null,
        rack: null,
        position: null,
      },
    })),
    { timeline: true },
  );
}

/** What the cards say together; the first one that says something is taken at its word. */
function evidenceOf(cards: readonly { id: string; evidence: Card['evidence'] }[]): Card['evidence'] {
  const all = cards.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ evidence }) => evidence);
  const first = <K extends keyof Card['evidence']>(field: K) =>
    all.map((evidence) => evidence[field]).find((value) => value !== null) ?? null;
  return {
    ...emptyEvidence(),
    manufacturer: first('manufacturer') as string | null,
    model: first('model') as string | null,
    productSerial: first('productSerial') as string | null,
    systemUuid: first('systemUuid') as string | null,
    assetTag: first('assetTag') as string | null,
    hostName: first('hostName') as string | null,
  };
}

/**
 * A server whose last card went to another one was that one all along; one that has evidence again is itself. One that was entered by
 * somebody stays what it is.
 */
async function noteMerges(tx: TxCtx, rehomed: readonly Rehomed[], homes: ReadonlyMap<string, string>): Promise<void> {
  for (const from of new Set(rehomed.map((one) => one.from))) {
    const left = await cardsOfPlaces(tx.db, [from]);
    const [into] = rehomed.filter((one) => one.from === from);
    if (left.length > 0 || into === undefined || !(await markMerged(tx.db, from, into.to))) continue;
    const [card] = [...(await loadCards(tx.db, [into.cardId])).values()];
    await append(tx, assetMerged, {
      subject: { type: 'asset', id: from },
      related: [{ type: 'asset', id: into.to }],
      data: { into: into.to, evidence: card ? cardOf(card.evidence).keys.join(', ') : '' },
    });
  }
  const living = [...new Set(homes.values())];
  for (const [id, was] of await mergedInto(tx.db, living)) {
    if (was === null || !(await markMerged(tx.db, id, null))) continue;
    await append(tx, assetUnmerged, {
      subject: { type: 'asset', id },
      related: [{ type: 'asset', id: was }],
      data: { from: was },
    });
  }
}
