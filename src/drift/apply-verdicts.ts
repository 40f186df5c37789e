import type { Mapping } from '../mapping/mapping.ts';
import { type Drift, type LastChange, valuesHash } from './drift.ts';
import { type DriftAction, type PlannedRow, subjectOf, type Verdict } from './model.ts';

/** The rules of `mappings/drift-rules.yaml`, compiled. */
export type DriftRuler = (
  row: PlannedRow & { system: string },
  lastChange?: LastChange,
) => { verdict: Verdict | 'review'; rule: string; reason: string } | undefined;

export interface VerdictInput {
  system: string;
  rows: readonly PlannedRow[];
  mappingOf(object: string): Mapping | undefined;
  /** Whatever of these rows is in the inbox already. */
  drifts: readonly Drift[];
  changes: ReadonlyMap<string, LastChange>;
  rules: DriftRuler;
  now: Date;
  /** Ids there of what an earlier look at everything found gone here, by `object:id`: a removal waits for a second one. */
  goneBefore: ReadonlyMap<string, Date>;
  isFull: boolean;
}

/** What people and rules have said comes before what the mapping would do by itself. Pure. */
export function applyVerdicts(input: VerdictInput): PlannedRow[] {
  const known = new Map(input.drifts.map((drift) => [slotOf(drift), drift]));
  return input.rows.map((row) =>
    confirmRemoval(input, judge(input, row, known.get(slotOf(row))), known.get(slotOf(row))),
  );
}

export function slotOf(row: Pick<PlannedRow, 'object' | 'hubId' | 'theirId' | 'field'>): string {
  return `${row.object}|${subjectOf(row)}|${row.field}`;
}

function judge(input: VerdictInput, row: PlannedRow, drift: Drift | undefined): PlannedRow {
  if (drift?.verdict && drift.verdictHash === valuesHash(row)) {
    const until = drift.ignoredUntil;
    const over = drift.verdict === 'ignore' && until !== null && Date.parse(until) <= input.now.getTime();
    if (!over) return { ...carry(row, drift.verdict, `${drift.verdictBy ?? 'somebody'} decided so`), byPerson: true };
  }
  // What cannot be done cannot be decided by a rule.
  if (row.decision === 'refused' || row.kind === 'unreadable') return row;
  const found = input.rules({ ...row, system: input.system }, input.changes.get(`${row.object}:${row.theirId ?? ''}`));
  if (!found) return row;
  const reason = `rule ${found.rule}: ${found.reason}`.slice(0, 500);
  if (found.verdict === 'review') return { ...row, decision: 'review', reason };
  const mapping = input.mappingOf(row.object);
  if (found.verdict !== 'ignore' && !isPossible(row, found.verdict, mapping)) return row;
  return carry(row, found.verdict, reason);
}

function carry(row: PlannedRow, verdict: Verdict, reason: string): PlannedRow {
  if (verdict === 'ignore') return { ...row, action: 'none', decision: 'ignored', reason };
  const action = actionFor(row, verdict);
  return action === undefined ? row : { ...row, action, decision: 'auto', reason };
}

/** What a verdict means for this kind of drift; undefined: nothing. */
export function actionFor(row: Pick<PlannedRow, 'kind'>, verdict: Exclude<Verdict, 'ignore'>): DriftAction | undefined {
  const theirs = verdict === 'accept-theirs';
  if (row.kind === 'differs' || row.kind === 'conflict') return theirs ? 'adopt' : 'push';
  if (row.kind === 'only-there') return theirs ? 'create-here' : undefined;
  if (row.kind === 'only-here' || row.kind === 'gone-there') return theirs ? undefined : 'create-there';
  if (row.kind === 'gone-here') return theirs ? undefined : 'remove-there';
  return undefined;
}

function isPossible(row: PlannedRow, verdict: 'accept-theirs' | 'push-ours', mapping: Mapping | undefined): boolean {
  const action = actionFor(row, verdict);
  if (action === undefined) return false;
  const direction = mapping?.fields.find(({ name }) => name === row.field)?.direction;
  if (action === 'adopt') return direction !== 'out' && row.theirs !== undefined;
  if (action === 'push') return direction !== 'in' && row.ours !== undefined;
  return true;
}

/** What the hub made there is removed there only when a second look at everything finds it gone as well, or a person said so. */
function confirmRemoval(input: VerdictInput, row: PlannedRow, drift: Drift | undefined): PlannedRow {
  if (row.action !== 'remove-there' || row.decision !== 'auto') return row;
  if (drift?.verdict === 'push-ours' && drift.verdictHash === valuesHash(row)) return row;
  const before = input.goneBefore.get(`${row.object}:${row.theirId ?? ''}`);
  // Since it is in the inbox: whatever was found before that has agreed again meanwhile.
  const isSecond =
    before !== undefined && drift?.kind === 'gone-here' && Date.parse(drift.firstSeenAt) <= before.getTime();
  if (input.isFull && isSecond) return { ...row, reason: `${row.reason}; found by two looks at everything` };
  return {
    ...row,
    decision: 'review',
    reason: `${row.reason}; it is removed when the next look at everything finds the same`,
  };
}
