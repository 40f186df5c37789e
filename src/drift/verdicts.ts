import type { Mapping } from '../mapping/mapping.ts';
import type { PlannedRow, Root, Verdict } from './model.ts';
import { VERDICTS } from './model.ts';

/** Of a drift, what says which verdicts there are. A group of drifts has no values: `known` is then not asked. */
export type Judged = Pick<PlannedRow, 'object' | 'field' | 'kind' | 'action' | 'decision' | 'reason'> & {
  theirs?: PlannedRow['theirs'];
  ours?: PlannedRow['ours'];
};

type Rules = Pick<Mapping, 'fields' | 'create'>;

/**
 * Why a verdict cannot be given about a drift, with what can be done instead; undefined: it can. `mapping` is that of its object, as it is
 * now; `isGroup`: of many drifts alike, whose values differ. Pure.
 */
export function whyNot(
  verdict: Verdict,
  drift: Judged,
  mapping: Rules | undefined,
  isGroup = false,
): string | undefined {
  if (verdict === 'ignore') return undefined;
  const { object, kind } = drift;
  if (kind === 'ambiguous')
    return `which ${object} it is has to be settled first: mend the record that is wrong, or ignore it`;
  if (kind === 'unreadable')
    return `the value of ${drift.field || object} cannot be read: mend it where it is wrong, or ignore it`;
  if (mapping === undefined) return `no mapping speaks of ${object} any more: ask for a new run`;
  if (kind === 'differs' || kind === 'conflict') return ofField(verdict, drift, mapping, isGroup);
  return verdict === 'accept-theirs' ? ofAccepting(drift, mapping) : ofPushing(drift, mapping);
}

/** Every verdict, with why it cannot be given. */
export function verdictsOf(
  drift: Judged,
  mapping: Rules | undefined,
  isGroup = false,
): { verdict: Verdict; whyNot: string | null }[] {
  return VERDICTS.map((verdict) => ({ verdict, whyNot: whyNot(verdict, drift, mapping, isGroup) ?? null }));
}

function ofField(
  verdict: Exclude<Verdict, 'ignore'>,
  { object, field, theirs, ours }: Judged,
  mapping: Rules,
  isGroup: boolean,
): string | undefined {
  const mapped = mapping.fields.find(({ name }) => name === field);
  if (!mapped) return `the mapping of ${object} has no field ${field} any more: ask for a new run`;
  if (verdict === 'accept-theirs') {
    if (mapped.direction === 'out')
      return `${field} is never taken over from there (direction: out): push ours, or ignore it`;
    if (!isGroup && theirs === undefined) return `what ${field} is there is not known: there is nothing to accept`;
    return undefined;
  }
  if (mapped.direction === 'in') return `${field} is never written there (direction: in): accept theirs, or ignore it`;
  if (!isGroup && ours === undefined) return `what ${field} is here is not known: there is nothing to write`;
  return undefined;
}

function ofAccepting({ object, kind, action }: Judged, mapping: Rules): string | undefined {
  if (kind === 'only-there') {
    if (action === 'create-here' || mapping.create.here !== 'never') return undefined;
    return `the mapping makes no ${object} here (create.here: never): enter it by hand, or ignore it`;
  }
  if (kind === 'only-here') return 'it is not there, so there is nothing to accept: push ours, or ignore it';
  if (kind === 'gone-there')
    return 'nothing is taken away here because it is gone there: push ours to make it there again, or ignore it';
  return 'it is not here any more, and is not made again from there: push ours to remove it there, or ignore it';
}

function ofPushing({ object, kind, action, decision, reason }: Judged, mapping: Rules): string | undefined {
  if (kind === 'only-there') return 'it is not here, so there is nothing of ours to push: accept theirs, or ignore it';
  if (kind === 'gone-here') {
    if (action === 'remove-there') return undefined;
    return 'the hub did not make it there, and removes only what it made: remove it there by hand, or ignore it';
  }
  if (decision === 'refused') return reason;
  if (kind === 'only-here' && action === 'create-there') return undefined;
  if (mapping.create.there !== 'never') return undefined;
  return `the mapping makes no ${object} there (create.there: never): make it there by hand, or ignore it`;
}

const WOULD: Record<PlannedRow['action'], string> = {
  adopt: 'takes theirs over here',
  push: 'writes ours there',
  'create-there': 'makes it there',
  'create-here': 'makes it here',
  'remove-there': 'removes it there',
  none: 'does nothing by itself',
};

/** What the hub does, or would do if somebody let it. */
export function wouldDo({ action, decision }: Pick<PlannedRow, 'action' | 'decision'>): string {
  if (decision === 'ignored') return 'leaves it as it is';
  if (decision === 'refused') return action === 'none' ? 'cannot tell' : 'cannot do it yet';
  if (decision === 'auto' || action === 'none') return WOULD[action];
  return `asks; proposes: ${WOULD[action]}`;
}

/** What the root of a drift is in the hub, where it is something with a page and a timeline of its own. */
export function aboutOf(root: Root): { type: 'asset' | 'location'; id: string } | null {
  if (root.hubId === null) return null;
  if (root.type === 'device') return { type: 'asset', id: root.hubId };
  return ['site', 'location', 'rack'].includes(root.type) ? { type: 'location', id: root.hubId } : null;
}
