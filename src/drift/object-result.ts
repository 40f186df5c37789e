import { subjectOf } from './model.ts';
import type { PlanRow } from './plan-store.ts';

/** What became of an object in a run; of several things the one that somebody should know first. */
export const OUTCOMES = [
  'failed',
  'stale',
  'refused',
  'conflict',
  'created',
  'removed',
  'updated',
  'review',
  'waiting',
  'planned',
  'ignored',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface ObjectResult {
  object: string;
  subject: string;
  label: string;
  root: PlanRow['root'];
  hubId: string | null;
  theirId: string | null;
  outcome: Outcome;
  /** Where it was made or changed; null where nothing was. */
  where: 'here' | 'there' | 'both' | null;
  reason: string;
  fields: string[];
  /** The last row of the plan about it. */
  seq: number;
}

/** All rows of a run about one object; at least one. Pure. */
export function foldResult(rows: readonly PlanRow[]): ObjectResult {
  const judged = rows.map((row) => ({ row, outcome: outcomeOf(row) }));
  const [worst] = judged.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));
  const last = rows.at(-1);
  if (!worst || !last) throw new RangeError('an object without rows has no result');
  const { row, outcome } = worst;
  const sides = new Set(judged.flatMap((one) => (isDone(one.outcome) ? [sideOf(one.row)] : [])));
  const [side] = sides;
  return {
    ...{ object: row.object, subject: subjectOf(row), label: row.label, root: row.root },
    ...{ hubId: row.hubId, theirId: row.theirId, outcome },
    where: sides.size > 1 ? 'both' : (side ?? null),
    reason: row.stateReason ?? row.reason,
    fields: judged.flatMap((one) => (one.outcome === outcome && one.row.field !== '' ? [one.row.field] : [])),
    seq: last.seq,
  };
}

function isDone(outcome: Outcome): boolean {
  return outcome === 'created' || outcome === 'updated' || outcome === 'removed';
}

function sideOf({ action }: PlanRow): 'here' | 'there' {
  return action === 'adopt' || action === 'create-here' ? 'here' : 'there';
}

function outcomeOf({ state, decision, action }: PlanRow): Outcome {
  if (state === 'failed' || state === 'stale') return state;
  if (state === 'confirmed') {
    if (action === 'create-there' || action === 'create-here') return 'created';
    return action === 'remove-there' ? 'removed' : 'updated';
  }
  if (decision !== 'auto') return decision;
  return state === 'proposed' ? 'planned' : 'waiting';
}
