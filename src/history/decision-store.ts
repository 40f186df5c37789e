import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { fromJson } from '../core/json.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { Moment } from './derive/look.ts';

/** What an operator may decide about identities. All of it can be taken back. */
export type Decision =
  /** All that shows itself as `from` is the server `to`. */
  | { kind: 'merge-assets'; from: string; to: string }
  /** What shows this set of evidence is the server `assetId`, whatever else the evidence says. */
  | { kind: 'assign-card'; cardId: string; assetId: string }
  /** Two records of one part. */
  | { kind: 'merge-components'; from: string; to: string }
  /** What shows itself as this component in this place is another part with the same serial. */
  | { kind: 'split-component'; componentId: string; placeId: string }
  /** The bundle does not tell where it comes from; the operator knows. */
  | { kind: 'place-bundle'; sha256: string; assetId: string }
  /** Seen, and left as it is. */
  | { kind: 'dismiss'; reviewId: string };

export interface KeptDecision {
  id: string;
  decision: Decision;
  /** The review that it answers. */
  reviewId: string | null;
  reason: string;
  decidedBy: string;
  decidedAt: string;
  revokedBy: string | null;
  revokedAt: string | null;
}

export async function insertDecision(
  db: Knex.Transaction,
  kept: {
    id: string;
    decision: Decision;
    /** The review that it answers. */
    reviewId: string | null;
    reason: string;
    decidedBy: string;
    at: Moment;
  },
): Promise<void> {
  const { kind, ...data } = kept.decision;
  await db('identity_decisions').insert({
    id: kept.id,
    kind,
    about: aboutOf(kept.decision),
    data: JSON.stringify(kept.reviewId === null ? data : { ...data, answers: kept.reviewId }),
    reason: kept.reason,
    decided_by: kept.decidedBy,
    decided_at: kept.at,
  });
}

export function aboutOf(decision: Decision): string {
  switch (decision.kind) {
    case 'merge-assets':
    case 'merge-components':
      return decision.from;
    case 'assign-card':
      return decision.cardId;
    case 'split-component':
      return decision.componentId;
    case 'place-bundle':
      return decision.sha256;
    case 'dismiss':
      return decision.reviewId;
  }
}

/** The row among the evidence that everybody locks who asks for decisions, or makes one. No evidence is called so. */
const DECISIONS = 'decisions';

/**
 * `shared`: no decision about servers is made before this transaction ends. `alone`: nobody finds homes for evidence meanwhile. Before all
 * other locks.
 */
export async function lockDecisions(db: Knex.Transaction, how: 'shared' | 'alone'): Promise<void> {
  const find = () => db('identity_keys').where({ name: DECISIONS }).select('name');
  const held = await (how === 'shared' ? find().forShare() : find().forUpdate());
  if (held.length > 0) return;
  await insertRows(db, 'identity_keys', ['name', 'cards'], [[DECISIONS, '[]']], 'name = VALUES(name)');
}

export async function lockDecision(db: Knex.Transaction, id: string): Promise<KeptDecision | undefined> {
  const [row] = await db('identity_decisions').where({ id }).forUpdate().select('*');
  return row ? toDecision(row) : undefined;
}

export async function revokeDecision(
  db: Knex.Transaction,
  want: { id: string; by: string; at: Moment },
): Promise<void> {
  await db('identity_decisions').where({ id: want.id }).update({ revoked_by: want.by, revoked_at: want.at });
}

/** Of these kinds, those that hold, oldest first: where two speak of the same, the newer one holds. */
export async function standingDecisions(db: Knex, kinds: readonly Decision['kind'][]): Promise<KeptDecision[]> {
  const rows: Record<string, unknown>[] = await db('identity_decisions')
    .whereIn('kind', kinds)
    .whereNull('revoked_at')
    .orderBy(['decided_at', 'id'])
    .select('*');
  return rows.map(toDecision);
}

/** Whether a decision that stands answers this review. */
export async function isAnswered(db: Knex, reviewId: string): Promise<boolean> {
  const rows = await db('identity_decisions')
    .whereNull('revoked_at')
    .andWhereRaw("COALESCE(JSON_VALUE(data, '$.answers'), JSON_VALUE(data, '$.reviewId')) = ?", [reviewId])
    .limit(1)
    .select('id');
  return rows.length > 0;
}

/** What decides beside the evidence where a card belongs. */
export async function identityRules(db: Knex): Promise<{ assigned: Map<string, string>; merged: Map<string, string> }> {
  const assigned = new Map<string, string>();
  const merged = new Map<string, string>();
  for (const { decision } of await standingDecisions(db, ['merge-assets', 'assign-card'])) {
    if (decision.kind === 'merge-assets') merged.set(decision.from, decision.to);
    if (decision.kind === 'assign-card') assigned.set(decision.cardId, decision.assetId);
  }
  return { assigned, merged };
}

export function toDecision(row: Record<string, unknown>): KeptDecision {
  const { answers, ...about } = fromJson<{ answers?: string }>(row['data']);
  return {
    id: String(row['id']),
    decision: { kind: row['kind'], ...about } as Decision,
    reviewId: answers ?? null,
    reason: String(row['reason']),
    decidedBy: String(row['decided_by']),
    decidedAt: toIso(String(row['decided_at'])),
    revokedBy: row['revoked_by'] === null ? null : String(row['revoked_by']),
    revokedAt: toIsoOrNull(row['revoked_at'] as string | null),
  };
}
