import { type Before, newestFirst } from '../core/keyset.ts';
import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import { type KeptDecision, toDecision } from './decision-store.ts';

export interface Review {
  id: string;
  kind: string;
  subject: string;
  state: 'open' | 'decided' | 'obsolete';
  evidence: Record<string, unknown>;
  openedAt: string;
  closedAt: string | null;
}

export async function listReviews(
  ctx: Ctx,
  want: { state: string | undefined; kind: string | undefined; before: Before | undefined; limit: number },
): Promise<Review[]> {
  const query = ctx.db('identity_reviews').limit(want.limit).select('identity_reviews.*');
  if (want.state !== undefined) void query.where('identity_reviews.state', want.state);
  if (want.kind !== undefined) void query.where('identity_reviews.kind', want.kind);
  newestFirst(query, { time: 'identity_reviews.opened_at', id: 'identity_reviews.id' }, want.before);
  return (await query).map(toReview);
}

export async function findReview(ctx: Ctx, id: string): Promise<Review | undefined> {
  const [row] = await ctx.db('identity_reviews').where({ id }).select('*');
  return row ? toReview(row) : undefined;
}

/** Newest first. */
export async function listDecisions(
  ctx: Ctx,
  want: { before: Before | undefined; limit: number },
): Promise<KeptDecision[]> {
  const query = ctx.db('identity_decisions').limit(want.limit).select('identity_decisions.*');
  newestFirst(query, { time: 'identity_decisions.decided_at', id: 'identity_decisions.id' }, want.before);
  return (await query).map(toDecision);
}

function toReview(row: Record<string, unknown>): Review {
  return {
    id: String(row['id']),
    kind: String(row['kind']),
    subject: String(row['subject']),
    state: row['state'] as Review['state'],
    evidence: fromJson(row['evidence']),
    openedAt: toIso(String(row['opened_at'])),
    closedAt: toIsoOrNull(row['closed_at'] as string | null),
  };
}
