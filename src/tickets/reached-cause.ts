import type { Feeder } from '../feeds/reads.ts';
import { type Cause, explainedAs, feederIs, feedersFor, PLACE_OF, shows, wordOf } from './cause.ts';
import type { ShownAlert } from './held-store.ts';
import { narrowed } from './narrow-feeders.ts';

/** With what the server hangs on. */
export interface Shown extends Omit<ShownAlert, 'alertId' | 'locationId'> {
  rackId: string | null;
  feeders: readonly Feeder[];
}

interface Candidate {
  cause: Cause;
  servers: number;
  /** Servers that could show it. */
  total: number;
  /** Those that it explains. */
  shown: readonly Shown[];
  /** The PDU or switch; null: the place, or one that nobody can tell. */
  feeder: Feeder | null;
  /** Where nobody can tell which: those that it may be. */
  suspects: readonly Feeder[];
  /** How much else it explains. */
  words: number;
}
export type Reached = Omit<Candidate, 'words'>;

/**
 * Of the causes that enough servers of the place show within their time, the one that explains most of the different things shown; of
 * several the one that explains least else. What feeds servers is not looked at.
 * @param total servers of the place that are in use
 */
export function reachedCause(
  causes: readonly Cause[],
  place: 'site' | 'rack',
  shown: readonly Shown[],
  total: number,
): Reached | undefined {
  const own = causes.filter(({ level }) => PLACE_OF[level] === place);
  return best(own.map((cause) => byPlace(cause, shown, total)));
}

export interface Around {
  /** All causes that there are. */
  causes: readonly Cause[];
  /** Of the rack. */
  rack: readonly Shown[];
  /** Servers of the rack that are in use. */
  total: number;
  /** Of servers anywhere that hang on something that the server hangs on, the rack's among them. */
  fed: readonly Shown[];
  /** Servers in use that hang on it. */
  totalOn(feeder: Feeder): number;
  /** Whether it is known to be down, by a ticket of this cause. */
  isDown(cause: Cause, feeder: Feeder): boolean;
}

/**
 * The same around one alert's rack, and around what its server hangs on. What a PDU or switch explains that is known to be down shows nothing
 * more: the rack would else be dark because of one PDU and a fault that has nothing to do with it.
 */
export function reachedAround(causes: readonly Cause[], alert: Shown, given: Around): Reached | undefined {
  const left = (shown: readonly Shown[]): Shown[] => shown.filter((one) => !isKnown(one, given));
  const around = { ...given, rack: left(given.rack), fed: left(given.fed) };
  const candidates = causes
    .filter(({ level }) => PLACE_OF[level] === 'rack')
    .map((cause) =>
      cause.level === 'rack' ? byPlace(cause, around.rack, around.total) : byFeeder(cause, alert, around),
    );
  const found = best(candidates);
  return found?.cause.level === 'rack' ? withSuspects(found, candidates) : found;
}

/** What all that a place shows hangs on may be why it does. */
function withSuspects(place: Candidate, candidates: readonly (Candidate | undefined)[]): Candidate {
  const feeders = candidates.flatMap((one) => {
    if (one === undefined || one.feeder === null) return [];
    const own = new Set(one.shown);
    return place.shown.every((shown) => own.has(shown)) ? [one.feeder] : [];
  });
  return { ...place, suspects: distinct([...place.suspects, ...feeders]) };
}

function isKnown(one: Shown, { causes, isDown }: Around): boolean {
  return causes.some((cause) => {
    const word = explainedAs(cause, one);
    const own = word === undefined ? [] : feedersFor(cause, word, one.feeders);
    if (own.length === 0) return false;
    return word?.feeds === 'all'
      ? own.every((feeder) => isDown(cause, feeder))
      : own.some((feeder) => isDown(cause, feeder));
  });
}

function best(candidates: readonly (Candidate | undefined)[]): Candidate | undefined {
  let found: Candidate | undefined;
  for (const one of candidates) if (one !== undefined && (found === undefined || isBetter(one, found))) found = one;
  return found;
}

function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.feeder !== null && other.feeder === null) return isNamedBetter(one, other);
  if (one.feeder === null && other.feeder !== null) return !isNamedBetter(other, one);
  return isNarrower(one, other);
}

/**
 * One PDU of a rack that is dark as a whole is not why: what does not hang on it would be enough by itself. If it would not, it is
 * something else, and does not count.
 */
function isNamedBetter(named: Candidate, place: Candidate): boolean {
  const own = new Set(named.shown);
  const rest = place.shown.filter((one) => !own.has(one));
  if (isShown(place.cause, rest, place.total)) return false;
  const alike = { ...place, shown: place.shown.filter((one) => own.has(one)) };
  // The others of the place are well.
  if (rest.length === 0 && named.total < place.total) return true;
  return isNarrower(named, alike);
}

function isNarrower(one: Candidate, other: Candidate): boolean {
  const [kinds, others] = [kindsOf(one), kindsOf(other)];
  return kinds === others ? one.words < other.words : kinds > others;
}

function kindsOf({ shown }: Candidate): number {
  return new Set(shown.map(({ symptom }) => symptom)).size;
}

/** As if nobody knew what feeds anything. */
function byPlace(cause: Cause, all: readonly Shown[], total: number): Candidate | undefined {
  return candidate(cause, { shown: all.filter((one) => explainedAs(cause, one)?.by_rack === true), total });
}

function candidate(
  cause: Cause,
  { shown, total, feeder = null, suspects = [] }: Pick<Candidate, 'shown' | 'total'> & Partial<Candidate>,
): Candidate | undefined {
  const servers = mostWithin(cause, shown, total);
  if (servers === 0 || (feeder === null && !isShown(cause, shown, total))) return undefined;
  const words = cause.explains.filter((entry) => feeder !== null || wordOf(entry).by_rack).length;
  return { cause, servers, total, shown, feeder, suspects, words };
}

/** Whether enough servers show it by what shows it by itself. */
function isShown(cause: Cause, shown: readonly Shown[], total: number): boolean {
  const telling = shown.filter((one) => shows(cause, one));
  return mostWithin(cause, telling, total) > 0;
}

function byFeeder(cause: Cause, alert: Shown, around: Around): Candidate | undefined {
  const own = hangsOn(cause, alert);
  if (own === undefined) return undefined;
  const everywhere = [...new Set([...around.rack, ...around.fed])];
  const named = own.flatMap((feeder) => {
    const shown = everywhere.filter((one) => isOf(cause, one, feeder, around));
    return candidate(cause, { shown, total: around.totalOn(feeder), feeder }) ?? [];
  });
  const most = Math.max(0, ...named.map(({ servers }) => servers));
  const likely = named.filter(({ servers }) => servers === most);
  const [only] = likely;
  if (only !== undefined && likely.length === 1) return only;
  return ofRack(
    cause,
    alert,
    own,
    around,
    likely.map(({ feeder }) => feeder).filter((feeder) => feeder !== null),
  );
}

/** One PDU or switch of the rack, nobody knows which: servers of which nobody knows what they hang on, and those on one and the same. */
function ofRack(
  cause: Cause,
  alert: Shown,
  own: readonly Feeder[],
  around: Around,
  suspects: readonly Feeder[],
): Candidate | undefined {
  if (own.length === 0 && explainedAs(cause, alert)?.by_rack !== true) return undefined;
  const all = own.length > 0 ? own : distinct(around.rack.flatMap((one) => hangsOn(cause, one) ?? []));
  const found = [...all, undefined].map((feeder) => {
    if (feeder === undefined && own.length > 0) return undefined;
    const shown = around.rack.filter((one) =>
      hangsOn(cause, one)?.length === 0
        ? explainedAs(cause, one)?.by_rack === true
        : feeder !== undefined && isOf(cause, one, feeder, around),
    );
    return candidate(cause, { shown, total: around.total, suspects });
  });
  return found
    .filter((one) => one !== undefined)
    .toSorted((a, b) => b.servers - a.servers)
    .at(0);
}

/** What of it may be the reason of this alert, as far as its part tells. Undefined: the cause does not explain it. */
function hangsOn(cause: Cause, one: Shown): Feeder[] | undefined {
  const word = explainedAs(cause, one);
  return word && narrowed(feedersFor(cause, word, one.feeders), one.component);
}

/** Whether the alert would be explained by the feeder's being down, besides those that are known to be. */
function isOf(cause: Cause, one: Shown, feeder: Feeder, { isDown }: Around): boolean {
  const word = explainedAs(cause, one);
  if (word === undefined || !hangsOn(cause, one)?.some((other) => feederIs(other, feeder.names))) return false;
  if (word.feeds === 'one') return true;
  return feedersFor(cause, word, one.feeders).every((other) => feederIs(other, feeder.names) || isDown(cause, other));
}

function distinct(feeders: readonly Feeder[]): Feeder[] {
  const found: Feeder[] = [];
  for (const one of feeders) if (!found.some((other) => feederIs(other, one.names))) found.push(one);
  return found;
}

/** The most servers within any span of the cause's length that are enough for it; 0 where none is. */
function mostWithin(cause: Cause, all: readonly Shown[], total: number): number {
  const sorted = all.toSorted((a, b) => a.at - b.at);
  const byShare = cause.share === undefined ? Infinity : Math.max(2, Math.ceil(cause.share * total));
  const enough = Math.min(cause.servers, byShare);
  let most = 0;
  let first = 0;
  for (let last = 0; last < sorted.length; last += 1) {
    while ((sorted[last]?.at ?? 0) - (sorted[first]?.at ?? 0) > cause.within_s * 1000) first += 1;
    const span = sorted.slice(first, last + 1);
    const servers = new Set(span.map(({ assetId }) => assetId)).size;
    const racks = new Set(span.map(({ rackId }) => rackId)).size;
    if (servers >= enough && racks >= cause.racks) most = Math.max(most, servers);
  }
  return most;
}
