import { judgeSpare, type Part, type SpareVerdict } from './judge-spare.ts';
import { type Condition, isUsable } from './model.ts';
import type { SpareRules } from './spare-rules.ts';

/** Something on a shelf that might do. */
export interface Candidate extends Part {
  id: string;
  condition: Condition;
  /** On hand and not reserved. */
  free: number;
  receivedAt: string;
  warrantyUntil: string | null;
  /** Name of the datacenter; null: in none (a central warehouse), or nobody has said where. */
  site: string | null;
  /** Ids of what its place is in, from the top down. */
  way: readonly string[];
}

export interface Wish {
  part: Part;
  /** The datacenter of the server; null where it is not known. */
  site: string | null;
  /** Ids of what the server's site is in, from the top down. */
  way: readonly string[];
  /** Of the part that failed; null where nobody knows. */
  warrantyUntil: string | null;
  now: string;
}

export interface Judged<C extends Candidate> {
  candidate: C;
  verdict: SpareVerdict;
  /** Why it is (not) taken, in one sentence. */
  why: string;
}

export interface Choice<C extends Candidate> {
  /** What may be taken, the best first. */
  takeable: Judged<C>[];
  refused: Judged<C>[];
  /** Fits and is free, in another datacenter: the nearest first. */
  elsewhere: Judged<C>[];
  why: string;
}

/**
 * Which spare to take. In the server's own datacenter only, usable and free: the same lot before a lot that a rule lets stand in (in the order of the
 * rules); where the part that failed is under warranty, spares whose own warranty still runs before those of which it does not; then the oldest.
 */
export function chooseSpare<C extends Candidate>(rules: SpareRules, wish: Wish, candidates: readonly C[]): Choice<C> {
  const underWarranty = wish.warrantyUntil !== null && wish.warrantyUntil > wish.now;
  const judged = candidates.map((candidate): Judged<C> => {
    const verdict = judgeSpare(rules, wish.part, candidate);
    return { candidate, verdict, why: whyUnfit(candidate) ?? verdict.why };
  });
  const fits = ({ candidate, verdict }: Judged<C>): boolean =>
    verdict.match !== null && whyUnfit(candidate) === undefined;
  const isHere = ({ candidate }: Judged<C>): boolean => wish.site !== null && candidate.site === wish.site;
  const order = (a: Judged<C>, b: Judged<C>): number =>
    a.verdict.rank - b.verdict.rank ||
    (underWarranty ? warrantyRank(a.candidate, wish.now) - warrantyRank(b.candidate, wish.now) : 0) ||
    compare(a.candidate.receivedAt, b.candidate.receivedAt) ||
    compare(a.candidate.id, b.candidate.id);
  const takeable = judged.filter((one) => fits(one) && isHere(one)).toSorted(order);
  const elsewhere = judged
    .filter((one) => fits(one) && !isHere(one))
    .toSorted((a, b) => distance(wish, a.candidate) - distance(wish, b.candidate) || bySite(a, b) || order(a, b));
  return {
    takeable: takeable.map((one) => ({ ...one, why: one.why + whyWarranty(underWarranty, wish, one.candidate) })),
    refused: judged.filter((one) => !fits(one)),
    elsewhere: elsewhere.map((one) => ({ ...one, why: `${one.why}; ${whereElse(wish, one.candidate)}` })),
    why: whyNone(wish, judged),
  };
}

function whyUnfit({ condition, free }: Candidate): string | undefined {
  if (!isUsable(condition)) return `${condition} parts are not built in`;
  return free > 0 ? undefined : 'all of it is reserved, or gone';
}

function warrantyRank({ warrantyUntil }: Candidate, now: string): number {
  return warrantyUntil !== null && warrantyUntil > now ? 0 : 1;
}

function whyWarranty(underWarranty: boolean, wish: Wish, spare: Candidate): string {
  if (!underWarranty) return '';
  const until = wish.warrantyUntil?.slice(0, 10);
  const own = warrantyRank(spare, wish.now) === 0 ? '' : '; no spare here has a warranty that still runs';
  return `; the part that failed is under warranty until ${until}: send it back (RMA)${own}`;
}

/** Places have no coordinates: the more of the tree above them two have in common, the nearer they are; then by name. */
function distance(wish: Wish, { way }: Candidate): number {
  return -way.filter((id) => wish.way.includes(id)).length;
}

function bySite<C extends Candidate>(a: Judged<C>, b: Judged<C>): number {
  // What lies in no datacenter comes last among equals.
  return compare(a.candidate.site ?? '\uffff', b.candidate.site ?? '\uffff');
}

function whereElse(wish: Wish, candidate: Candidate): string {
  const shared = candidate.way.some((id) => wish.way.includes(id));
  const where = candidate.site === null ? 'in no datacenter' : `in ${candidate.site}`;
  return `${where}, ${shared ? 'nearest by the tree of places' : 'first by name, as nothing says how far it is'}`;
}

function whyNone<C extends Candidate>(wish: Wish, judged: readonly Judged<C>[]): string {
  const { part, site } = wish;
  if (part.kind === null && part.lot === null) return 'neither the lot nor the kind of the part is known';
  const what = part.lot?.code ?? `${part.kind} without a lot`;
  if (site === null) return `it is not known in which datacenter the server is, so no spare for ${what} was taken`;
  const here = judged.filter(({ candidate }) => candidate.site === site);
  if (here.length === 0) return `no usable ${part.kind ?? what} is in stock in ${site}`;
  return `none of ${here.length} in stock in ${site} may stand in for ${what}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
