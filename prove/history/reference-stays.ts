import type { Look, Place } from './reference-looks.ts';

export interface Stay {
  place: Place;
  sightings: Look[];
  first: string;
  last: string;
}

/** When absence counts, by place. */
export interface Absence {
  placeId: string;
  at: string;
  reason: string | null;
}

interface Stint {
  place: Place;
  source: string;
  there: boolean;
  first: string;
  last: string;
  looks: Look[];
}

export interface Life {
  stays: Stay[];
  absences: Absence[];
  conflicts: { at: string; stays: [Stay, Stay] }[];
}

export function lifeOf(looks: readonly Look[]): Life {
  const stints = stintsOf(looks);
  const absences = countingAbsences(stints);
  const whole = staysOf(stints, absences);
  const conflicts: Life['conflicts'] = [];
  const stays: Stay[] = [];
  for (const stay of whole) {
    const elsewhere = whole.filter(
      (other) => other.place.id !== stay.place.id && stay.first <= other.last && other.first <= stay.last,
    );
    const excursions = elsewhere.filter((other) => !seenWithin(stay, other));
    for (const other of elsewhere) {
      const isConflict = seenWithin(stay, other) && seenWithin(other, stay);
      if (isConflict && stay.place.id < other.place.id)
        conflicts.push({ at: stay.first > other.first ? stay.first : other.first, stays: [stay, other] });
    }
    stays.push(...cutAt(stay, excursions));
  }
  return { stays: stays.toSorted((a, b) => (a.first < b.first ? -1 : 1)), absences, conflicts };
}

function stintsOf(looks: readonly Look[]): Stint[] {
  const stints: Stint[] = [];
  for (const own of Map.groupBy(looks, ({ place, source }) => `${place.id} ${source}`).values()) {
    let open: Stint | undefined;
    for (const look of own.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
      if (open === undefined || open.there !== look.there) {
        open = { place: look.place, source: look.source, there: look.there, first: look.at, last: look.at, looks: [] };
        stints.push(open);
      }
      open.last = look.at;
      open.looks.push(look);
    }
  }
  return stints;
}

function countingAbsences(stints: readonly Stint[]): Absence[] {
  const absences: Absence[] = [];
  for (const stint of stints.filter(({ there }) => !there)) {
    const presences = stints.filter(({ there, place }) => there && place.id === stint.place.id);
    const overlaps = presences.some(({ first, last }) => first <= stint.last && stint.first <= last);
    const everSaw = presences.some(({ source }) => source === stint.source);
    const named = stint.looks.some((look) => look.named);
    if (overlaps && !everSaw && !named) continue;
    for (const { at } of stint.looks) {
      if (presences.some(({ first, last }) => first <= at && at <= last)) continue;
      absences.push({ placeId: stint.place.id, at, reason: null });
    }
  }
  return absences;
}

function staysOf(stints: readonly Stint[], absences: readonly Absence[]): Stay[] {
  const stays: Stay[] = [];
  const presences = stints.filter(({ there }) => there).toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const own of Map.groupBy(presences, ({ place }) => place.id).values()) {
    let open: Stay | undefined;
    for (const { place, first, last, looks } of own) {
      const before: Stay | undefined = open;
      const parted =
        before === undefined ||
        (first > before.last &&
          absences.some(({ placeId, at }) => placeId === place.id && before.last < at && at < first));
      if (before === undefined || parted) {
        open = { place, first, last, sightings: [...looks] };
        stays.push(open);
        continue;
      }
      before.sightings.push(...looks);
      if (last > before.last) before.last = last;
    }
  }
  return stays;
}

/** Whether the stay has a sighting within the span of the other. */
function seenWithin(stay: Stay, span: Stay): boolean {
  return stay.sightings.some(({ at }) => span.first <= at && at <= span.last);
}

/** A way out and back: what was seen before it, and what after. */
function cutAt(stay: Stay, excursions: readonly Stay[]): Stay[] {
  const pieces: Stay[] = [];
  for (const look of stay.sightings.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    const open = pieces.at(-1);
    const parted = open === undefined || excursions.some(({ first }) => open.last < first && first < look.at);
    if (open === undefined || parted) {
      pieces.push({ place: stay.place, first: look.at, last: look.at, sightings: [look] });
      continue;
    }
    open.last = look.at;
    open.sightings.push(look);
  }
  return pieces;
}
