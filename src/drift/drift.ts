import { createHash } from 'node:crypto';
import type { PlannedRow, Verdict } from './model.ts';
import { valueText } from './value-text.ts';

/** Something that disagrees, from when it is first seen until it agrees. */
export interface Drift extends PlannedRow {
  id: string;
  system: string;
  /** open: as found. ignored: a person said so, for now or for good. decided: a person said what to do, and it is not done yet. */
  state: 'open' | 'ignored' | 'decided' | 'resolved';
  runId: string | null;
  firstSeenAt: string;
  lastSeenAt: string;
  resolvedAt: string | null;
  /** How it ended, e.g. `written there`, `agrees again`. */
  resolution: string | null;
  verdict: Verdict | null;
  verdictBy: string | null;
  verdictAt: string | null;
  verdictReason: string | null;
  /** Of the values that the verdict was given about; other values void it. */
  verdictHash: string | null;
  valuesHash: string;
  ignoredUntil: string | null;
  version: number;
}

/** Of both sides' values: a verdict holds for these only. 8 bytes, hex. */
export function valuesHash(row: Pick<PlannedRow, 'kind' | 'theirs' | 'ours' | 'theirId' | 'hubId'>): string {
  const text = JSON.stringify([row.kind, row.hubId, row.theirId, valueText(row.theirs), valueText(row.ours)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The newest row of the other side's change log about an object. */
export interface LastChange {
  user: string | null;
  action: string;
  at: string;
  requestId: string | null;
}
