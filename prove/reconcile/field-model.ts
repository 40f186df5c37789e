/** The reference of how one field of a pair is kept in step, as `mappings/README.md` and `src/drift/README.md` say it. Shares no code with the engine. */

/** null: known to be empty. undefined: not known. */
export type Said = string | null | undefined;
export type Says = 'accept-theirs' | 'push-ours' | 'ignore';

export interface Policy {
  authority: 'theirs' | 'ours' | 'review';
  direction: 'both' | 'in' | 'out';
  /** What `mappings/drift-rules.yaml` says where both sides changed; else a person is asked. */
  inConflict?: 'push-ours';
}

/** What both sides say of it, what they last agreed upon (undefined: nothing yet), and what a person said of which values. */
export interface Believed {
  theirs: Said;
  ours: Said;
  agreed: Said;
  verdict?: Verdict;
}

export interface Verdict {
  says: Says;
  kind: string;
  theirs: Said;
  ours: Said;
}

/**
 * All that may be so: nobody knows whether the hub has looked between two changes, and what comes of them differs. A look changes one
 * belief into another; at rest there has been a look after everything.
 */
export type Slot = readonly Believed[];

export interface FieldDrift {
  kind: 'differs' | 'conflict';
  ignored: boolean;
}

interface Judged {
  drift: FieldDrift['kind'] | undefined;
  does: 'adopt' | 'push' | 'nothing';
}

export function slotOf(theirs: Said, ours: Said, agreed?: Said): Slot {
  return [{ theirs, ours, agreed }];
}

/** Somebody changes it on one side; before that, the hub may have looked, or not. */
export function changed(policy: Policy, slot: Slot, side: 'theirs' | 'ours', value: Said): Slot {
  return unique(maybeLooked(policy, slot).map((one) => ({ ...one, [side]: value })));
}

/** A person decides about what the inbox showed. */
export function decided(policy: Policy, slot: Slot, verdict: Verdict): Slot {
  return unique(maybeLooked(policy, slot).map((one) => ({ ...one, verdict })));
}

export interface FieldEnd {
  believed: Believed;
  drift: FieldDrift | undefined;
}

/** What it can have come to when nothing is waiting any more. */
export function endsOf(policy: Policy, slot: Slot): FieldEnd[] {
  return maybeLooked(policy, slot).flatMap((one) => {
    const next = look(policy, one);
    return JSON.stringify(next) === JSON.stringify(one) ? [{ believed: one, drift: driftOf(policy, one) }] : [];
  });
}

function maybeLooked(policy: Policy, slot: Slot): Slot {
  const all = new Map(slot.map((one) => [JSON.stringify(one), one]));
  // Each look may lead to one more; there are few.
  for (const one of all.values()) {
    const next = look(policy, one);
    all.set(JSON.stringify(next), next);
  }
  return [...all.values()];
}

function look(policy: Policy, before: Believed): Believed {
  const { theirs, ours } = before;
  if (isSame(theirs, ours)) return { theirs, ours, agreed: theirs };
  const { drift, does } = judge(policy, before);
  const { verdict } = before;
  const holds = verdict && drift === verdict.kind && isSame(theirs, verdict.theirs) && isSame(ours, verdict.ours);
  if (holds && verdict.says === 'ignore') return before;
  const act = holds ? verdict.says : does;
  if (act === 'accept-theirs' || act === 'adopt') return { theirs, ours: theirs, agreed: theirs };
  if (act === 'push-ours' || act === 'push') return { theirs: ours, ours, agreed: ours };
  return { theirs, ours, agreed: before.agreed };
}

function driftOf(policy: Policy, at: Believed): FieldDrift | undefined {
  if (isSame(at.theirs, at.ours)) return undefined;
  const { drift } = judge(policy, at);
  return drift && { kind: drift, ignored: at.verdict?.says === 'ignore' };
}

function judge({ authority, direction, inConflict }: Policy, { theirs, ours, agreed }: Believed): Judged {
  const nothing: Judged = { drift: undefined, does: 'nothing' };
  const asks = (kind: FieldDrift['kind']): Judged => ({ drift: kind, does: 'nothing' });
  const adopt = (): Judged => (direction === 'out' ? asks('differs') : { drift: 'differs', does: 'adopt' });
  const push = (): Judged => (direction === 'in' ? asks('differs') : { drift: 'differs', does: 'push' });
  // Unknown says nothing: neither that it is empty, nor that it should be.
  if (theirs === undefined) return nothing;
  if (ours === undefined) {
    if (theirs === null || direction === 'out' || authority === 'ours') return nothing;
    return authority === 'theirs' ? adopt() : asks('differs');
  }
  const theyMoved = agreed !== undefined && !isSame(theirs, agreed);
  const weMoved = agreed !== undefined && !isSame(ours, agreed);
  if (theyMoved && weMoved) return inConflict ? { drift: 'conflict', does: 'push' } : asks('conflict');
  if (authority === 'review') return asks('differs');
  if (agreed === undefined) {
    // An empty value over there does not empty ours: nobody has filled it in yet.
    if (authority === 'theirs') return theirs === null ? push() : adopt();
    return ours === null ? adopt() : push();
  }
  if (theyMoved) return authority === 'theirs' ? adopt() : push();
  return direction === 'in' ? adopt() : push();
}

function isSame(a: Said, b: Said): boolean {
  return a === b;
}

function unique(beliefs: readonly Believed[]): Slot {
  return [...new Map(beliefs.map((one) => [JSON.stringify(one), one])).values()];
}
