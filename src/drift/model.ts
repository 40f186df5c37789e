import { z } from 'zod';
import type { Value } from '../mapping/mapping.ts';

export const MODES = ['dry-run', 'apply'] as const;
export type Mode = (typeof MODES)[number];

/** Full: everything is looked at. Objects: only what was noticed. */
export const RUN_KINDS = ['full', 'objects'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/**
 * requested → planning → planned → applying → done. `planned` is also the end of a dry run, and where brakes stop a run until a person
 * approves its plan. `refused`: the plan was approved, and the world had moved on. `superseded`: a newer plan came before anybody approved.
 */
export const RUN_STATES = [
  'requested',
  'planning',
  'planned',
  'approved',
  'applying',
  'done',
  'failed',
  'refused',
  'superseded',
] as const;
export const RunState = z.enum(RUN_STATES).meta({ id: 'ReconcileRunState' });
export type RunState = (typeof RUN_STATES)[number];

export const KINDS = [
  'differs',
  'conflict',
  'only-here',
  'only-there',
  'gone-there',
  'gone-here',
  'ambiguous',
  'unreadable',
] as const;
export const DriftKind = z.enum(KINDS).meta({ id: 'DriftKind' });
export type DriftKind = (typeof KINDS)[number];

/** adopt: theirs is taken over here. push: ours is written there. */
export const ACTIONS = ['adopt', 'push', 'create-there', 'create-here', 'remove-there', 'none'] as const;
export const DriftAction = z.enum(ACTIONS).meta({ id: 'DriftAction' });
export type DriftAction = (typeof ACTIONS)[number];

/** auto: done when the connection applies. review, conflict: a person decides. refused: cannot be done, and the reason says why. ignored: a person said so. */
export const DECISIONS = ['auto', 'review', 'conflict', 'refused', 'ignored'] as const;
export const DriftDecision = z.enum(DECISIONS).meta({ id: 'DriftDecision' });
export type DriftDecision = (typeof DECISIONS)[number];

export const ROW_STATES = ['proposed', 'pending', 'sent', 'confirmed', 'failed', 'stale'] as const;
export const RowState = z.enum(ROW_STATES).meta({ id: 'PlanRowState' });
export type RowState = (typeof ROW_STATES)[number];

/** What a person, or a rule, says of a drift. */
export const VERDICTS = ['accept-theirs', 'push-ours', 'ignore'] as const;
export const Verdict = z.enum(VERDICTS).meta({ id: 'DriftVerdict' });
export type Verdict = (typeof VERDICTS)[number];

/** The object that is looked at as a whole: a site, a rack, a server with all its parts. */
export interface Root {
  type: string;
  hubId: string | null;
  theirId: string | null;
}

/** One thing that disagrees, and what would be done about it. `field` '': the object as a whole. `undefined`: unknown. */
export interface PlannedRow {
  object: string;
  root: Root;
  hubId: string | null;
  theirId: string | null;
  label: string;
  field: string;
  kind: DriftKind;
  action: DriftAction;
  decision: DriftDecision;
  reason: string;
  theirs: Value | undefined;
  ours: Value | undefined;
  agreed: Value | undefined;
  /** A person decided it, or let it through: no brake counts it. */
  byPerson?: boolean;
}

/** What both sides last agreed upon about a pair. */
export interface RecordLink {
  object: string;
  theirId: string;
  /** Null: looked at, and nobody's. */
  hubId: string | null;
  rootHubId: string | null;
  rootTheirId: string | null;
  agreed: Record<string, Value>;
  /** Hex of 8 bytes; null: look again. */
  fingerprint: string | null;
  /** The hub made it there. */
  isOurs: boolean;
}

/** Sorts as pages go: shorter ids first, then bytewise. */
export function theirKey(id: string): string {
  return `${String(id.length).padStart(3, '0')}:${id}`;
}

/** What identifies a row among those of its object type: ours where there is one, else theirs. */
export function subjectOf(row: { hubId: string | null; theirId: string | null }): string {
  return row.hubId === null ? `their:${row.theirId ?? ''}` : `hub:${row.hubId}`;
}
