import { type Source, SOURCES } from '../../ports/bundle-format.ts';
import { compareText, isWithin, type Look, type Moment, type Place, type RemovalReason } from './look.ts';
import { type Clash, reconcilePlaces } from './places.ts';
import { type AtPlace, readPlace, type Stay } from './stints.ts';

/** A component in a slot of a server (or in a bin) over an interval, with both ends of each bracket. */
export interface Installation {
  place: Place;
  slot: string | null;
  /** Last known moment without it; null: nobody looked before. */
  installedAfter: Moment | null;
  installedAt: Moment;
  /** Last seen; null while it is there. */
  removedAfter: Moment | null;
  removedAt: Moment | null;
  removalReason: RemovalReason | null;
}

export const DERIVED_TYPES = [
  'LOG_COLLECTED',
  'FIRST_SEEN',
  'CONFLICTING_SIGHTING',
  'REMOVED',
  'MOVED',
  'INSTALLED',
  'STORED',
  'SLOT_CHANGED',
  'FIRMWARE_CHANGED',
] as const;
/** In the order in which those of one moment are told. */
export type DerivedType = (typeof DERIVED_TYPES)[number];

/** What happened to a component, as far as the looks tell. It happened in (`after`, `at`]. */
export interface Happening {
  type: DerivedType;
  at: Moment;
  after: Moment | null;
  /** The places that it concerns, beside the component itself. */
  places: Place[];
  data: Record<string, string | null>;
}

export interface History {
  installations: Installation[];
  happenings: Happening[];
}

/**
 * The history of one component as a function of what was seen of it: the order in which that became known does not matter.
 * @param looks of all sources at all places, in any order; each is one moment, but for stretches within which nothing can matter (see
 *   `isMixed`, and components that were seen at several places)
 * @param failures moments of its confirmed failures
 */
export function derive(looks: readonly Look[], failures: readonly Moment[] = []): History {
  const places = new Map<string, AtPlace>();
  for (const [id, own] of Map.groupBy(looks, ({ place }) => place.id)) places.set(id, readPlace(own));
  const { stays, clashes } = reconcilePlaces([...places.values()].flatMap((at) => at.stays));
  const ends = stays.map((stay) => endsOf(stay, stays, places.get(stay.place.id), failures));
  const installations: Installation[] = [];
  const happenings: Happening[] = [];
  for (const [at, stay] of stays.entries()) {
    const end = ends[at];
    if (end === undefined) continue;
    const segments = slotSegments(stay);
    installations.push(...installationsOf(stay, end, segments));
    happenings.push(...arrivalOf(stay, end, stays, ends, segments[0]?.slot ?? null));
    if (end.removedAt !== null && !end.elsewhere) happenings.push(removalOf(stay, end, segments.at(-1)?.slot ?? null));
    happenings.push(...slotChangesOf(stay, segments));
  }
  const [first] = stays;
  if (first) happenings.push({ type: 'FIRST_SEEN', at: first.first, after: null, places: [first.place], data: {} });
  happenings.push(...clashes.map(clashHappening), ...firmwareChanges(stays, clashes.length > 0));
  return { installations, happenings };
}

interface Ends {
  installedAfter: Moment | null;
  removedAt: Moment | null;
  /** It ended because the part was seen somewhere else. */
  elsewhere: boolean;
  reason: RemovalReason | null;
}

function endsOf(stay: Stay, stays: readonly Stay[], here: AtPlace | undefined, failures: readonly Moment[]): Ends {
  const gone = here?.gone ?? [];
  const others = stays.filter(({ place }) => place.id !== stay.place.id);
  const next = stays.find((one) => one.place.id === stay.place.id && one.first > stay.last);
  const inTime = (moment: Moment) => moment > stay.last && (next === undefined || moment < next.first);
  const missed = gone.find(inTime);
  const seen = others
    .map(({ first }) => first)
    .filter(inTime)
    .toSorted(compareText)[0];
  const removedAt = [missed, seen].filter((moment) => moment !== undefined).toSorted(compareText)[0] ?? null;
  const before = [...gone, ...others.map(({ last }) => last)].filter((moment) => moment < stay.first);
  const elsewhere = removedAt !== null && removedAt === seen;
  return {
    installedAfter: before.toSorted(compareText).at(-1) ?? null,
    removedAt,
    elsewhere,
    reason: removedAt === null ? null : reasonOf(stay, removedAt, elsewhere, here, next, failures),
  };
}

function reasonOf(
  stay: Stay,
  removedAt: Moment,
  elsewhere: boolean,
  here: AtPlace | undefined,
  next: Stay | undefined,
  failures: readonly Moment[],
): RemovalReason {
  const said = here?.statements
    .filter(
      ({ first, reason }) =>
        reason !== null && reason !== 'unknown' && first > stay.last && (next === undefined || first < next.first),
    )
    .toSorted((a, b) => compareText(a.first, b.first) || compareText(a.reason ?? '', b.reason ?? ''))[0]?.reason;
  if (said) return said;
  if (failures.some((moment) => isWithin(moment, { first: stay.first, last: removedAt }))) return 'failed';
  return elsewhere ? 'moved' : 'unknown';
}

function arrivalOf(
  stay: Stay,
  { installedAfter }: Ends,
  stays: readonly Stay[],
  ends: readonly Ends[],
  slot: string | null,
): Happening[] {
  const left = stays.filter(
    (one, at) => one.place.id !== stay.place.id && ends[at]?.elsewhere === true && ends[at]?.removedAt === stay.first,
  );
  if (left.length > 0) {
    return left.map((one) => ({
      type: 'MOVED',
      at: stay.first,
      after: one.last,
      places: [one.place, stay.place],
      data: { from: one.place.id, to: stay.place.id, slot },
    }));
  }
  const type = stay.place.type === 'asset' ? 'INSTALLED' : 'STORED';
  return [{ type, at: stay.first, after: installedAfter, places: [stay.place], data: { slot } }];
}

function removalOf(stay: Stay, { removedAt, reason }: Ends, slot: string | null): Happening {
  return { type: 'REMOVED', at: removedAt ?? '', after: stay.last, places: [stay.place], data: { slot, reason } };
}

function clashHappening({ at, places }: Clash): Happening {
  return { type: 'CONFLICTING_SIGHTING', at, after: null, places, data: { one: places[0].id, other: places[1].id } };
}

interface Segment {
  slot: string | null;
  /** From when; and the last moment at which it was still in the slot before. */
  at: Moment;
  after: Moment | null;
}

/** The slots of a stay, named by the best source that names any: others call the same place by other names. */
function slotSegments(stay: Stay): Segment[] {
  const segments: Segment[] = [];
  let last: Look | undefined;
  for (const look of bestSaying(stay.looks, ({ slot }) => slot)) {
    if (last === undefined) segments.push({ slot: look.slot, at: stay.first, after: null });
    else if (look.slot !== last.slot) segments.push({ slot: look.slot, at: look.first, after: last.last });
    last = look;
  }
  return segments.length > 0 ? segments : [{ slot: null, at: stay.first, after: null }];
}

function installationsOf(stay: Stay, ends: Ends, segments: readonly Segment[]): Installation[] {
  return segments.map(({ slot, at, after }, index) => {
    const next = segments[index + 1];
    return {
      place: stay.place,
      slot,
      installedAfter: index === 0 ? ends.installedAfter : after,
      installedAt: at,
      removedAfter: next ? next.after : ends.removedAt && stay.last,
      removedAt: next ? next.at : ends.removedAt,
      removalReason: next ? 'moved' : ends.reason,
    };
  });
}

function slotChangesOf(stay: Stay, segments: readonly Segment[]): Happening[] {
  return segments.slice(1).map(({ slot, at, after }, index) => ({
    type: 'SLOT_CHANGED',
    at,
    after,
    places: [stay.place],
    data: { from: segments[index]?.slot ?? null, to: slot },
  }));
}

/** Over its whole life; where one serial is in two places at once, each place by itself, for they are two parts. */
function firmwareChanges(stays: readonly Stay[], apart: boolean): Happening[] {
  const groups = apart ? [...Map.groupBy(stays, ({ place }) => place.id).values()] : [stays as Stay[]];
  return groups.flatMap((group) => {
    const changes: Happening[] = [];
    let last: Look | undefined;
    for (const look of bestSaying(
      group.flatMap(({ looks }) => looks),
      ({ firmware }) => firmware,
    )) {
      if (last !== undefined && look.firmware !== last.firmware) {
        changes.push({
          type: 'FIRMWARE_CHANGED',
          at: look.first,
          after: last.last,
          places: [look.place],
          data: { from: last.firmware, to: look.firmware },
        });
      }
      last = look;
    }
    return changes;
  });
}

/** What its firmware is, as far as anybody has said. */
export function latestFirmware(looks: readonly Look[]): string | null {
  return bestSaying(looks, ({ firmware }) => firmware).at(-1)?.firmware ?? null;
}

/** The looks of the best source that says it at all, where it does, by time. */
function bestSaying(looks: readonly Look[], what: (look: Look) => string | null): Look[] {
  const saying = looks.filter((look) => what(look) !== null);
  const best: Source | undefined = SOURCES.find((source) => saying.some((look) => look.source === source));
  return saying
    .filter(({ source }) => source === best)
    .toSorted(
      (a, b) =>
        compareText(a.first, b.first) || compareText(a.last, b.last) || compareText(what(a) ?? '', what(b) ?? ''),
    );
}
