import { EVIDENCE_KINDS, type EvidenceKey, homeOfKey, kindOfKey, strengthOf } from './evidence.ts';

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

/** By an operator's word: whose this evidence is. */
interface Claim {
  home: string;
  keys: readonly EvidenceKey[];
}

/**
 * Which server each card belongs to, as a function of all cards that share evidence, whatever order they came in. What shows all evidence
 * of a card that an operator assigned is that server. Other cards with the same strongest evidence are one server. It is the one that
 * stronger cards (or a registration) give for the strongest evidence that speaks for exactly one; where none does, it is a server of its
 * own, whose id follows from its strongest evidence.
 */
export function findHomes(
  cards: readonly KnownCard[],
  known: Known,
): { homes: Map<string, string>; disputes: Dispute[] } {
  const homes = new Map<string, string>();
  const owners = new Map<EvidenceKey, Set<string>>();
  const claims = new Map<EvidenceKey, Claim[]>();
  const free: KnownCard[] = [];
  for (const card of cards) {
    const assigned = assignedTo(card, cards, known);
    if (assigned === undefined) free.push(card);
    else claim(card, final(assigned, known.merged));
  }
  const groups = groupCards(free);
  const byHome = new Map(groups.map((group) => [homeOfKey(group.key), group]));
  for (let level = 0; level <= MOST; level += 1) {
    const own = groups.filter((group) => group.level === level && firstNamed(group) === undefined);
    const found = own.map((group) => homeOf(group, owners, claims, known));
    for (const [at, group] of own.entries()) for (const card of group.cards) settle(card, found[at] ?? '');
  }
  // All that is said is an id of the hub's, which followed from evidence: wherever that belongs now.
  for (const group of groups) {
    const [first] = firstNamed(group)?.cards ?? [];
    const home = first && homes.get(first.id);
    if (home !== undefined) for (const card of group.cards) settle(card, home);
  }
  for (const [key, list] of claims) for (const { home } of list) own(key, home);
  return { homes, disputes: findDisputes(owners) };

  function settle(card: KnownCard, home: string): void {
    homes.set(card.id, home);
    for (const key of card.keys) own(key, home);
  }

  function own(key: EvidenceKey, home: string): void {
    owners.set(key, (owners.get(key) ?? new Set()).add(home));
  }

  /** Of the strongest evidence, others may show what contradicts the assigned card: they were meant to be told from it. */
  function claim(card: KnownCard, home: string): void {
    homes.set(card.id, home);
    const [strongest, ...rest] = card.keys;
    for (const key of rest) own(key, home);
    if (strongest) claims.set(strongest, [...(claims.get(strongest) ?? []), { home, keys: card.keys }]);
  }

  function firstNamed(group: Group): Group | undefined {
    if (kindOfKey(group.key) !== 'id' || group.keys.length > 1) return undefined;
    return byHome.get(group.key.slice('id:'.length));
  }
}

/** The assigned card whose evidence it shows, and most of it. */
function assignedTo(card: KnownCard, cards: readonly KnownCard[], known: Known): string | undefined {
  if (known.assigned.size === 0) return undefined;
  const shown = new Set(card.keys);
  const [closest] = cards
    .filter(({ id, keys }) => known.assigned.has(id) && keys.length > 0 && keys.every((key) => shown.has(key)))
    .toSorted((a, b) => b.keys.length - a.keys.length || (a.id < b.id ? -1 : 1));
  return closest && known.assigned.get(closest.id);
}

const MOST = EVIDENCE_KINDS.length - 1;

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

function homeOf(
  group: Group,
  owners: ReadonlyMap<EvidenceKey, ReadonlySet<string>>,
  claims: ReadonlyMap<EvidenceKey, readonly Claim[]>,
  known: Known,
): string {
  const serials = group.keys.filter((key) => kindOfKey(key) === 'serial');
  for (const key of group.keys) {
    const candidates = new Set(owners.get(key));
    for (const claim of claims.get(key) ?? [])
      if (key !== group.key || !contradicts(group, claim)) candidates.add(claim.home);
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
  return final(homeOfKey(group.key), known.merged);
}

/** Both say something of one kind, and not the same. */
function contradicts(group: Group, claim: Claim): boolean {
  return EVIDENCE_KINDS.some((kind) => {
    const [ours, theirs] = [group.keys, claim.keys].map((keys) => keys.filter((key) => kindOfKey(key) === kind));
    if (ours === undefined || theirs === undefined || ours.length === 0 || theirs.length === 0) return false;
    return !ours.some((key) => theirs.includes(key));
  });
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
