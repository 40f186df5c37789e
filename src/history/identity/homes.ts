import { idFrom } from '../../core/id.ts';
import { type EvidenceKey, kindOfKey, strengthOf } from './evidence.ts';

export interface KnownCard {
  id: string;
  keys: EvidenceKey[];
}

/** What is known beside the cards: registered servers, and what operators decided. */
export interface Known {
  /** Servers that somebody registered, by the evidence in their record. */
  registered: ReadonlyMap<EvidenceKey, readonly RegisteredAsset[]>;
  /** Card → the server that it belongs to, by an operator's word. */
  assigned: ReadonlyMap<string, string>;
  /** Server → the one that it is, by an operator's word. */
  merged: ReadonlyMap<string, string>;
}

export interface RegisteredAsset {
  id: string;
  /** As a key; null where its record has none. */
  serialKey: EvidenceKey | null;
}

/** Evidence that speaks for several servers. */
export interface Dispute {
  key: EvidenceKey;
  assets: string[];
}

interface Group {
  level: number;
  /** The strongest evidence, which all of its cards show. */
  key: EvidenceKey;
  keys: EvidenceKey[];
  cards: KnownCard[];
}

/**
 * Which server each card belongs to, as a function of all cards that share evidence, whatever order they came in. Cards with the same
 * strongest evidence are one server. It is the one that stronger cards (or a registration) give for the strongest evidence that speaks
 * for exactly one; where none does, it is a server of its own, whose id follows from its strongest evidence.
 */
export function findHomes(
  cards: readonly KnownCard[],
  known: Known,
): { homes: Map<string, string>; disputes: Dispute[] } {
  const homes = new Map<string, string>();
  const owners = new Map<EvidenceKey, Set<string>>();
  const groups = groupCards(cards.filter(({ id }) => !known.assigned.has(id)));
  for (const card of cards) {
    const assigned = known.assigned.get(card.id);
    if (assigned !== undefined) settle(card, final(assigned, known.merged));
  }
  for (let level = 0; level <= MOST; level += 1) {
    const own = groups.filter((group) => group.level === level);
    const found = own.map((group) => homeOf(group, owners, known));
    for (const [at, group] of own.entries()) for (const card of group.cards) settle(card, found[at] ?? '');
  }
  return { homes, disputes: findDisputes(owners) };

  function settle(card: KnownCard, home: string): void {
    homes.set(card.id, home);
    for (const key of card.keys) owners.set(key, (owners.get(key) ?? new Set()).add(home));
  }
}

const MOST = 5;

function groupCards(cards: readonly KnownCard[]): Group[] {
  const groups = new Map<EvidenceKey, Group>();
  for (const card of cards) {
    const [key] = card.keys;
    if (key === undefined) continue;
    const group = groups.get(key) ?? { level: strengthOf(key), key, keys: [], cards: [] };
    group.cards.push(card);
    group.keys = [...new Set([...group.keys, ...card.keys])].toSorted(
      (a, b) => strengthOf(a) - strengthOf(b) || (a < b ? -1 : 1),
    );
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function homeOf(group: Group, owners: ReadonlyMap<EvidenceKey, ReadonlySet<string>>, known: Known): string {
  const serials = group.keys.filter((key) => kindOfKey(key) === 'serial');
  for (const key of group.keys) {
    const candidates = new Set(owners.get(key));
    for (const asset of known.registered.get(key) ?? []) {
      // A record with another serial is another server, whose board or BMC this one has now.
      const another = asset.serialKey !== null && serials.length > 0 && !serials.includes(asset.serialKey);
      if (!another) candidates.add(final(asset.id, known.merged));
    }
    const [only] = candidates;
    if (candidates.size === 1 && only !== undefined) return only;
    // Weaker evidence must not decide what stronger evidence leaves open.
    if (candidates.size > 1) break;
  }
  return final(idFrom('asset', group.key), known.merged);
}

/** Follows merges to their end; a circle ends where it began. */
export function final(id: string, merged: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  let at = id;
  for (let next = merged.get(at); next !== undefined && !seen.has(at); next = merged.get(at)) {
    seen.add(at);
    at = next;
  }
  return at;
}

function findDisputes(owners: ReadonlyMap<EvidenceKey, ReadonlySet<string>>): Dispute[] {
  return [...owners]
    .filter(([, homes]) => homes.size > 1)
    .map(([key, homes]) => ({ key, assets: [...homes].toSorted() }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
