import { compareText, isWithin, laterOf, type Look, type Moment, overlap, type Stint } from './look.ts';

/** What is known of one part at one place. */
export interface AtPlace {
  /** When it was there, sources taken together, in order of time; gaps hold evidence that it was not. */
  stays: Stay[];
  /** Moments at which it was certainly not there, sorted. */
  gone: Moment[];
  /** Statements that named the part as gone. */
  statements: Look[];
}

/** One unbroken presence at one place. */
export interface Stay {
  place: Look['place'];
  first: Moment;
  last: Moment;
  /** The looks that show it, by time. */
  looks: Look[];
}

/** All looks are at the same place. */
export function readPlace(looks: readonly Look[]): AtPlace {
  const bySource = Map.groupBy(looks, ({ source }) => source);
  const there: Stint[] = [];
  const missing: Stint[] = [];
  for (const own of bySource.values()) {
    for (const stint of foldStints(own)) (stint.looks[0]?.says === 'there' ? there : missing).push(stint);
  }
  there.sort((a, b) => compareText(a.first, b.first) || compareText(a.last, b.last));
  const gone = goneMoments(there, missing);
  return { stays: joinStints(there, gone), gone, statements: looks.filter(({ explicit }) => explicit) };
}

/** Looks of one source at one place → stretches in which it says the same. At one and the same moment, seen beats not seen. */
function foldStints(looks: readonly Look[]): Stint[] {
  const there = looks.filter(({ says }) => says === 'there');
  const sound = looks.filter(
    (look) => look.says === 'there' || !there.some((seen) => isWithin(look.first, seen) && look.first === look.last),
  );
  const stints: Stint[] = [];
  for (const look of sound.toSorted(byTime)) {
    const open = stints.at(-1);
    if (open && open.looks[0]?.says === look.says) {
      open.last = laterOf(open.last, look.last);
      open.looks.push(look);
    } else {
      stints.push({ place: look.place, source: look.source, first: look.first, last: look.last, looks: [look] });
    }
  }
  return stints;
}

export function byTime(a: Look, b: Look): number {
  return (
    compareText(a.first, b.first) ||
    compareText(a.last, b.last) ||
    compareText(a.says, b.says) ||
    compareText(a.slot ?? '', b.slot ?? '') ||
    compareText(a.firmware ?? '', b.firmware ?? '')
  );
}

/**
 * The moments of each stretch of absence. A source that denies a part while another one sees it, and that has never seen it there itself,
 * cannot see it: what it says is left out (the operating system does not show the drives behind a RAID controller, however complete
 * its list is). So two sources that see differently far do not make a part come and go.
 */
function goneMoments(there: readonly Stint[], missing: readonly Stint[]): Moment[] {
  const moments = new Set<Moment>();
  for (const stint of missing) {
    const contradicted = there.some((seen) => overlap(seen, stint));
    const named = stint.looks.some(({ explicit }) => explicit);
    if (contradicted && !named && !there.some(({ source }) => source === stint.source)) continue;
    for (const moment of stint.looks.flatMap(({ first, last }) => [first, last])) {
      if (!there.some((seen) => isWithin(moment, seen))) moments.add(moment);
    }
  }
  return [...moments].toSorted(compareText);
}

/** Sources together: presences that overlap, or between which nothing says that it was gone, are one stay. */
function joinStints(there: readonly Stint[], gone: readonly Moment[]): Stay[] {
  const stays: Stay[] = [];
  for (const { place, first, last, looks } of there) {
    const open = stays.at(-1);
    if (open && (first <= open.last || !gone.some((moment) => open.last < moment && moment < first))) {
      open.last = laterOf(open.last, last);
      open.looks.push(...looks);
    } else {
      stays.push({ place, first, last, looks: [...looks] });
    }
  }
  for (const stay of stays) stay.looks.sort(byTime);
  return stays;
}

/**
 * Whether stretches tell too little: a source that can see the part denies it all along while another one sees it. When exactly it did
 * so decides, so each of its looks has to be known.
 */
export function isMixed(looks: readonly Look[]): boolean {
  const there = looks.filter(({ says }) => says === 'there');
  return looks.some(
    (look) =>
      look.says === 'gone' &&
      look.first < look.last &&
      (look.explicit || there.some(({ source }) => source === look.source)) &&
      there.some((seen) => seen.source !== look.source && overlap(seen, look)),
  );
}
