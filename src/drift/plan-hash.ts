import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/json.ts';
import type { PlannedRow } from './model.ts';

/** What a person approves: every row, with both sides' values. Rows of another order give another hash. */
export function createPlanHash(): { add(row: PlannedRow): void; digest(): string } {
  const hash = createHash('sha256');
  return {
    add: (row) => void hash.update(`${rowText(row)}\n`),
    digest: () => hash.digest('hex'),
  };
}

/** Two rows with the same text would do the same to the same values. */
export function rowText(row: PlannedRow): string {
  const { object, hubId, theirId, field, action, decision, theirs, ours } = row;
  return canonicalJson([
    object,
    hubId,
    theirId,
    field,
    action,
    decision,
    theirs ?? null,
    theirs === undefined,
    ours ?? null,
    ours === undefined,
  ]);
}
