import { z } from 'zod';
import { HubError } from '../../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../../core/page.ts';
import { command, get, type Route } from '../../core/route.ts';
import { Id, IdParams, Nullable, Time } from '../../core/schemas.ts';
import { decideIdentity, takeDecisionBack } from '../commands/decide-identity.ts';
import type { Decision, KeptDecision } from '../decision-store.ts';
import type { Intake } from '../intake/intake.ts';
import { placeBundle, unplaceBundle } from '../intake/place-bundle.ts';
import { findReview, listDecisions, listReviews, type Review } from '../review-reads.ts';
import { REVIEW_KINDS } from '../review-store.ts';

const tag = 'Identity';
const State = z.enum(['open', 'decided', 'obsolete']);
const Reason = z.string().trim().min(1, 'say why: somebody will ask').max(500);

const ReviewView = z
  .object({
    id: z.string(),
    kind: z.enum(REVIEW_KINDS),
    subject: z.string(),
    state: State.meta({ description: 'obsolete: newer evidence has answered it' }),
    evidence: z.record(z.string(), z.unknown()),
    opened_at: Time,
    closed_at: Nullable.time,
  })
  .meta({ id: 'Review' });

const DecisionView = z
  .object({
    id: z.string(),
    kind: z.string(),
    about: z.record(z.string(), z.unknown()),
    review_id: Nullable.text.meta({ description: 'The review that it answers' }),
    reason: z.string(),
    decided_by: z.string(),
    decided_at: Time,
    revoked_by: Nullable.text,
    revoked_at: Nullable.time,
  })
  .meta({ id: 'IdentityDecision' });

const common = { reason: Reason, review_id: Id.optional().meta({ description: 'The review that this answers' }) };
const DecisionInput = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('merge-assets'), from: Id, to: Id, ...common }),
    z.strictObject({ kind: z.literal('assign-card'), card_id: Id, asset_id: Id, ...common }),
    z.strictObject({ kind: z.literal('merge-components'), from: Id, to: Id, ...common }),
    z.strictObject({ kind: z.literal('split-component'), component_id: Id, place_id: Id, ...common }),
    z.strictObject({
      kind: z.literal('place-bundle'),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower case'),
      asset_id: Id,
      ...common,
    }),
    z.strictObject({ kind: z.literal('dismiss'), review_id: Id, reason: Reason }),
  ])
  .meta({ id: 'IdentityDecisionInput' });

const Done = z
  .object({
    decision_id: z.string(),
    added: z.int().meta({ description: 'Events that came onto timelines by it' }),
    retracted: z.int().meta({ description: 'Events that nothing supports any more' }),
  })
  .meta({ id: 'IdentityDecided' });

export function reviewRoutes(intake: Intake): Route[] {
  return [
    get(
      {
        id: 'listReviews',
        path: '/v1/identity/reviews',
        summary: 'Questions about identities that the evidence leaves open, newest first',
        tag,
        scope: 'components:read',
        query: z.object({
          state: State.optional(),
          kind: z.enum(REVIEW_KINDS).optional(),
          cursor: Cursor,
          limit: Limit,
        }),
        answers: { 200: { says: 'A page of them', schema: pageOf(ReviewView).meta({ id: 'ReviewPage' }) } },
      },
      async (ctx, { query }) => {
        const before = fromTimeCursor(query.cursor);
        const rows = await listReviews(ctx, { state: query.state, kind: query.kind, before, limit: query.limit + 1 });
        const page = toPage(rows, query.limit, (last) => [last.openedAt, last.id]);
        return { status: 200, body: { items: page.rows.map(viewReview), next: page.next } };
      },
    ),
    get(
      {
        id: 'getReview',
        path: '/v1/identity/reviews/{id}',
        summary: 'One question, with its evidence',
        tag,
        scope: 'components:read',
        params: IdParams,
        answers: { 200: { says: 'The question', schema: ReviewView } },
      },
      async (ctx, { params }) => {
        const review = await findReview(ctx, params.id);
        if (!review) throw new HubError('not-found', `There is no review ${params.id}`);
        return { status: 200, body: viewReview(review) };
      },
    ),
    get(
      {
        id: 'listIdentityDecisions',
        path: '/v1/identity/decisions',
        summary: 'What was decided about identities, newest first',
        tag,
        scope: 'components:read',
        query: z.object({ cursor: Cursor, limit: Limit }),
        answers: { 200: { says: 'A page of them', schema: pageOf(DecisionView).meta({ id: 'IdentityDecisionPage' }) } },
      },
      async (ctx, { query }) => {
        const before = fromTimeCursor(query.cursor);
        const rows = await listDecisions(ctx, { before, limit: query.limit + 1 });
        const page = toPage(rows, query.limit, (last) => [last.decidedAt, last.id]);
        return { status: 200, body: { items: page.rows.map(viewDecision), next: page.next } };
      },
    ),
    command(
      {
        id: 'decideIdentity',
        path: '/v1/identity/decisions',
        summary: 'Merge, split, assign: the histories that it concerns are worked out again. It can be taken back',
        tag,
        scope: 'components:write',
        body: DecisionInput,
        answers: { 201: { says: 'Decided', schema: Done } },
      },
      async (ctx, { body }) => {
        const done =
          body.kind === 'place-bundle'
            ? await placeBundle(ctx, intake, {
                sha256: body.sha256,
                assetId: body.asset_id,
                reason: body.reason,
                reviewId: body.review_id ?? null,
              })
            : await decideIdentity(ctx, {
                decision: decisionOf(body),
                reason: body.reason,
                reviewId: body.review_id ?? null,
              });
        return { status: 201, body: { decision_id: done.id, added: done.added, retracted: done.retracted } };
      },
    ),
    command(
      {
        id: 'revokeIdentityDecision',
        path: '/v1/identity/decisions/{id}/revoke',
        summary: 'Take a decision back: everything is as if it had not been made',
        tag,
        scope: 'components:write',
        params: IdParams,
        body: z.strictObject({ reason: Reason }),
        answers: { 200: { says: 'Taken back', schema: Done } },
      },
      async (ctx, { params, body }) => {
        const want = { id: params.id, reason: body.reason };
        const done = (await unplaceBundle(ctx, intake, want)) ?? (await takeDecisionBack(ctx, want));
        return { status: 200, body: { decision_id: done.id, added: done.added, retracted: done.retracted } };
      },
    ),
  ];
}

function decisionOf(
  body: Exclude<z.infer<typeof DecisionInput>, { kind: 'place-bundle' }>,
): Exclude<Decision, { kind: 'place-bundle' }> {
  switch (body.kind) {
    case 'merge-assets':
    case 'merge-components':
      return { kind: body.kind, from: body.from, to: body.to };
    case 'assign-card':
      return { kind: body.kind, cardId: body.card_id, assetId: body.asset_id };
    case 'split-component':
      return { kind: body.kind, componentId: body.component_id, placeId: body.place_id };
    case 'dismiss':
      return { kind: body.kind, reviewId: body.review_id };
  }
}

function viewReview(review: Review): z.infer<typeof ReviewView> {
  return {
    id: review.id,
    kind: review.kind as z.infer<typeof ReviewView>['kind'],
    subject: review.subject,
    state: review.state,
    evidence: review.evidence,
    opened_at: review.openedAt,
    closed_at: review.closedAt,
  };
}

function viewDecision(kept: KeptDecision): z.infer<typeof DecisionView> {
  const { kind, ...about } = kept.decision;
  return {
    id: kept.id,
    kind,
    about,
    review_id: kept.reviewId,
    reason: kept.reason,
    decided_by: kept.decidedBy,
    decided_at: kept.decidedAt,
    revoked_by: kept.revokedBy,
    revoked_at: kept.revokedAt,
  };
}
