import type { MappedField, Mapping, Value, ValueFault, Values } from '../mapping/mapping.ts';
import type { DriftAction, DriftDecision, DriftKind } from './model.ts';

export interface FieldRow {
  field: string;
  kind: DriftKind;
  action: DriftAction;
  decision: DriftDecision;
  reason: string;
  theirs: Value | undefined;
  ours: Value | undefined;
  agreed: Value | undefined;
}

export interface Compared {
  rows: FieldRow[];
  /** What both sides say now, where they agree; what was agreed before, where they do not. */
  agreed: Record<string, Value>;
}

/** Both sides of a pair, field by field, each against what both last agreed upon. Pure. */
export function compareFields(
  mapping: Pick<Mapping, 'fields' | 'same' | 'leftAlone'>,
  theirs: { values: Values; faults: readonly ValueFault[] },
  ours: { values: Values; faults: readonly ValueFault[] },
  before: Record<string, Value>,
): Compared {
  const rows: FieldRow[] = [];
  const agreed: Record<string, Value> = {};
  const leftAlone = mapping.leftAlone(theirs.values, ours.values);
  for (const field of mapping.fields) {
    const { name } = field;
    const known = Object.hasOwn(before, name) ? before[name] : undefined;
    if (leftAlone.has(name)) {
      // Its `when` does not hold on one of the sides: it is neither compared nor forgotten.
      if (known !== undefined) agreed[name] = known;
      continue;
    }
    const [t, o] = [theirs.values[name], ours.values[name]];
    const fault = [...theirs.faults, ...ours.faults].find((one) => one.field === name);
    if (fault) {
      rows.push({
        field: name,
        kind: 'unreadable',
        action: 'none',
        decision: 'review',
        reason: fault.reason,
        theirs: t,
        ours: o,
        agreed: known,
      });
      if (known !== undefined) agreed[name] = known;
      continue;
    }
    if (t !== undefined && o !== undefined && mapping.same(name, t, o)) {
      agreed[name] = field.compare === 'contains' ? o : t;
      continue;
    }
    if (known !== undefined) agreed[name] = known;
    const row = disagree(mapping, field, t, o, known);
    if (row) rows.push({ field: name, theirs: t, ours: o, agreed: known, ...row });
  }
  return { rows, agreed };
}

type Outcome = Pick<FieldRow, 'kind' | 'action' | 'decision' | 'reason'>;

const differs = (action: DriftAction, decision: DriftDecision, reason: string): Outcome => ({
  kind: 'differs',
  action,
  decision,
  reason,
});

function disagree(
  mapping: Pick<Mapping, 'same'>,
  field: MappedField,
  theirs: Value | undefined,
  ours: Value | undefined,
  agreed: Value | undefined,
): Outcome | undefined {
  // Unknown says nothing: neither that it is empty there, nor that it should be.
  if (theirs === undefined && ours === undefined) return undefined;
  if (ours === undefined) return ofTheirsAlone(field, theirs ?? null);
  if (theirs === undefined) return undefined;
  if (field.compare === 'contains') {
    return field.direction === 'in'
      ? differs('none', 'review', 'something that ours has is missing there')
      : differs('push', field.authority === 'review' ? 'review' : 'auto', 'something that ours has is missing there');
  }
  if (agreed === undefined) return atFirst(field, theirs, ours);
  const theirsMoved = !mapping.same(field.name, theirs, agreed);
  const oursMoved = !mapping.same(field.name, agreed, ours);
  if (theirsMoved && oursMoved)
    return {
      kind: 'conflict',
      action: wouldDo(field),
      decision: 'conflict',
      reason: 'changed on both sides since they last agreed',
    };
  return theirsMoved ? afterTheirs(field) : afterOurs(field);
}

/** We do not know it yet. */
function ofTheirsAlone(field: MappedField, theirs: Value): Outcome | undefined {
  if (theirs === null || field.direction === 'out' || field.authority === 'ours') return undefined;
  if (field.authority === 'review') return differs('adopt', 'review', 'known there, not here');
  return differs('adopt', 'auto', 'known there, not here');
}

/** Nobody has ever compared this field of this pair. */
function atFirst(field: MappedField, theirs: Value, ours: Value): Outcome {
  const both = 'first comparison';
  if (field.authority === 'review') return differs(wouldDo(field), 'review', `${both}: a person decides this field`);
  if (field.authority === 'theirs') {
    if (theirs !== null) return takeTheirs(field, `${both}: the other side decides this field`);
    // Nobody has filled it in there yet; taking that over would forget what is known here.
    return field.direction === 'both'
      ? differs('push', 'auto', `${both}: empty there`)
      : differs('none', 'review', `${both}: empty there, and never written from here`);
  }
  if (ours !== null) return takeOurs(field, `${both}: the hub decides this field`);
  return field.direction === 'both'
    ? differs('adopt', 'auto', `${both}: empty here`)
    : differs('none', 'review', `${both}: empty here, and never taken over from there`);
}

function afterTheirs(field: MappedField): Outcome {
  if (field.authority === 'review') return differs('adopt', 'review', 'changed there; a person decides this field');
  if (field.authority === 'theirs') return takeTheirs(field, 'changed there, where this field is decided');
  return takeOurs(field, 'changed there, but the hub decides this field');
}

function afterOurs(field: MappedField): Outcome {
  if (field.authority === 'review') return differs('push', 'review', 'changed here; a person decides this field');
  if (field.direction !== 'in') return differs('push', 'auto', 'changed here');
  return takeTheirs(field, 'changed here, but only the other side decides this field');
}

function takeTheirs(field: MappedField, reason: string): Outcome {
  return field.direction === 'out'
    ? differs('none', 'review', `${reason}; it is never taken over`)
    : differs('adopt', 'auto', reason);
}

function takeOurs(field: MappedField, reason: string): Outcome {
  return field.direction === 'in'
    ? differs('none', 'review', `${reason}; it is never written there`)
    : differs('push', 'auto', reason);
}

/** What the hub proposes where a person has the last word. */
function wouldDo(field: MappedField): DriftAction {
  if (field.direction === 'in') return 'adopt';
  if (field.direction === 'out') return 'push';
  return field.authority === 'ours' ? 'push' : 'adopt';
}
