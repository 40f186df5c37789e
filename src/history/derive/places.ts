import { compareText, isWithin, laterOf, type Look, type Moment, overlap, type Place } from './look.ts';
import type { Stay } from './stints.ts';

export interface Clash {
  at: Moment;
  places: [Place, Place];
}

/**
 * Puts the stays at several places together. A stay elsewhere that fits between two looks at the first place is a way out and back.
 * Where both were seen while the part was seen at the other, one serial is in two places at the same time: that is said, and neither
 * stay is changed.
 */
export function reconcilePlaces(stays: readonly Stay[]): { stays: Stay[]; clashes: Clash[] } {
  const clashes: Clash[] = [];
  const cuts = new Map<Stay, Stay[]>();
  for (const [at, one] of stays.entries()) {
    for (const other of stays.slice(at + 1)) {
      if (one.place.id === other.place.id || !overlap(one, other)) continue;
      const oneInOther = seenWithin(one, other);
      const otherInOne = seenWithin(other, one);
      if (oneInOther && otherInOne) {
        const places: [Place, Place] =
          compareText(one.place.id, other.place.id) < 0 ? [one.place, other.place] : [other.place, one.place];
        clashes.push({ at: laterOf(one.first, other.first), places });
      } else if (oneInOther) {
        cuts.set(other, [...(cuts.get(other) ?? []), one]);
      } else {
        cuts.set(one, [...(cuts.get(one) ?? []), other]);
      }
    }
  }
  const cut = stays.flatMap((stay) => cutStay(stay, cuts.get(stay) ?? []));
  cut.sort(
    (a, b) => compareText(a.first, b.first) || compareText(a.last, b.last) || compareText(a.place.id, b.place.id),
  );
  clashes.sort(
    (a, b) => compareText(a.at, b.at) || compareText(a.places[0].id + a.places[1].id, b.places[0].id + b.places[1].id),
  );
  return { stays: cut, clashes };
}

function seenWithin(stay: Stay, span: Stay): boolean {
  return stay.looks.some((look) => isWithin(look.first, span) || isWithin(look.last, span));
}

function cutStay(stay: Stay, breaks: readonly Stay[]): Stay[] {
  if (breaks.length === 0) return [stay];
  const pieces: Look[][] = [[]];
  let open: Look | undefined;
  for (const look of stay.looks) {
    const before = open;
    if (before !== undefined && breaks.some(({ first }) => before.last < first && first < look.first)) pieces.push([]);
    pieces.at(-1)?.push(look);
    open = before === undefined || before.last < look.last ? look : before;
  }
  return pieces.map((looks) => ({
    place: stay.place,
    first: looks[0]?.first ?? stay.first,
    last:
      looks
        .map(({ last }) => last)
        .toSorted(compareText)
        .at(-1) ?? stay.last,
    looks,
  }));
}
