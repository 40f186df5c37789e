import type { Source } from '../../ports/bundle-format.ts';

/** `2026-05-03 10:00:00.000000`, UTC, always 26 characters, so that moments compare as text and survive with microseconds. */
export type Moment = string;

/** Where a part can be: in a server, or in a bin, on a bench. */
export interface Place {
  type: 'asset' | 'location';
  id: string;
}

/**
 * What one source says of one part at one place: it was there (or gone) each time that the source looked from `first` to `last`, with
 * nothing different in between.
 */
export interface Look {
  place: Place;
  source: Source;
  first: Moment;
  last: Moment;
  says: 'there' | 'gone';
  slot: string | null;
  firmware: string | null;
  /** The part itself was named as gone, rather than missing in a list that is complete. */
  explicit: boolean;
  reason: RemovalReason | null;
}

export const REMOVAL_REASONS = ['failed', 'planned', 'moved', 'unknown'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** Consecutive looks of one source that say the same. */
export interface Stint {
  place: Place;
  source: Source;
  first: Moment;
  last: Moment;
  looks: Look[];
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function isWithin(moment: Moment, span: { first: Moment; last: Moment }): boolean {
  return span.first <= moment && moment <= span.last;
}

export function overlap(a: { first: Moment; last: Moment }, b: { first: Moment; last: Moment }): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function laterOf(a: Moment, b: Moment): Moment {
  return a < b ? b : a;
}
