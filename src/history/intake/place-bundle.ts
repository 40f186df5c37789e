import { buffer } from 'node:stream/consumers';
import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { type FieldFault, HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { invalid } from '../../core/route.ts';
import { tx } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { lockBundle } from '../bundle-store.ts';
import { standingAsset } from '../commands/check-decision.ts';
import { askAgain, type Decided } from '../commands/decide-identity.ts';
import type { ReadBundle } from '../commands/ingest-bundles.ts';
import { insertDecision, lockDecision, lockDecisions, revokeDecision, standingDecisions } from '../decision-store.ts';
import { identityDecided, identityDecisionRevoked } from '../events.ts';
import { toMoment } from '../moment.ts';
import { findReview } from '../review-reads.ts';
import { closeReviews, setReviewState } from '../review-store.ts';
import { findBundle, type FoundBundle } from './bundle-reads.ts';
import { type Intake, keyOf } from './intake.ts';
import { replaceSnapshots } from './replace-snapshots.ts';

/** An operator knows which server a bundle is of that does not say so itself. It is read again, now with this as evidence. */
export async function placeBundle(
  ctx: Ctx,
  intake: Intake,
  want: { sha256: string; assetId: string; reason: string; reviewId: string | null },
): Promise<Decided> {
  const bundle = await findBundle(ctx, want.sha256);
  if (!bundle) throw invalid('/sha256', `there is no bundle ${want.sha256}`);
  const read = await readAs(ctx, intake, bundle, want.assetId);
  return tx(
    ctx,
    async (inside) => {
      const now = toMoment(inside.now());
      await lockDecisions(inside.db, 'alone');
      await lockBundle(inside.db, bundle.id);
      await checkPlacing(inside, want);
      const id = newId();
      const decision = { kind: 'place-bundle', sha256: want.sha256, assetId: want.assetId } as const;
      const { reason, reviewId } = want;
      await insertDecision(inside.db, { id, decision, reviewId, reason, decidedBy: inside.actor, at: now });
      const { changes } = await replaceSnapshots(inside, intake.sort, { bundle, read }, now);
      await closeReviews(inside, [{ kind: 'bundle-without-place', subject: want.sha256 }], now);
      if (reviewId !== null) await setReviewState(inside, reviewId, 'decided', now);
      await append(inside, identityDecided, {
        subject: { type: 'bundle', id: want.sha256 },
        related: [{ type: 'asset', id: want.assetId }],
        data: { decision: id, kind: decision.kind, about: want.sha256, reason: want.reason },
      });
      return { id, ...changes };
    },
    { isolation: 'read committed' },
  );
}

async function checkPlacing(
  inside: TxCtx,
  want: { sha256: string; assetId: string; reviewId: string | null },
): Promise<void> {
  await standingAsset(inside, '/asset_id', want.assetId);
  if (want.reviewId !== null && !(await findReview(inside, want.reviewId)))
    throw invalid('/review_id', `there is no review ${want.reviewId}`);
  if (await isPlaced(inside, want.sha256))
    throw conflict('the bundle was given a server already: take that decision back first');
  const bundle = await findBundle(inside, want.sha256);
  if (bundle?.report.snapshots.every(({ evidence }) => evidence.length > 0))
    throw conflict('the bundle says by itself which server it is of: assign its evidence instead');
}

async function isPlaced(ctx: Ctx, sha256: string): Promise<boolean> {
  const standing = await standingDecisions(ctx.db, ['place-bundle']);
  return standing.some(({ decision }) => decision.kind === 'place-bundle' && decision.sha256 === sha256);
}

/** @returns undefined where the decision is about something else; @throws HubError conflict where it was taken back already */
export async function unplaceBundle(
  ctx: Ctx,
  intake: Intake,
  want: { id: string; reason: string },
): Promise<Decided | undefined> {
  const standing = await standingDecisions(ctx.db, ['place-bundle']);
  const kept = standing.find(({ id }) => id === want.id);
  if (kept?.decision.kind !== 'place-bundle') return undefined;
  const { sha256, assetId } = kept.decision;
  const bundle = await findBundle(ctx, sha256);
  if (!bundle) throw new HubError('conflict', `The bundle ${sha256} is not there any more`);
  const read = await readAs(ctx, intake, bundle, null);
  return tx(
    ctx,
    async (inside) => {
      const now = toMoment(inside.now());
      await lockDecisions(inside.db, 'alone');
      await lockBundle(inside.db, bundle.id);
      const locked = await lockDecision(inside.db, want.id);
      if (locked === undefined || locked.revokedAt !== null)
        throw new HubError('conflict', `It was taken back already, by ${locked?.revokedBy ?? 'somebody'}`);
      const placed = (await findBundle(inside, sha256)) ?? bundle;
      await revokeDecision(inside.db, { id: want.id, by: inside.actor, at: now });
      await askAgain(inside, locked.reviewId, now);
      const { changes } = await replaceSnapshots(inside, intake.sort, { bundle: placed, read }, now);
      await append(inside, identityDecisionRevoked, {
        subject: { type: 'bundle', id: sha256 },
        related: [{ type: 'asset', id: assetId }],
        data: { decision: want.id, kind: 'place-bundle', reason: want.reason },
      });
      return { id: want.id, ...changes };
    },
    { isolation: 'read committed' },
  );
}

/** As if it had been sent with this server; one that was sent with a server needs no decision, so null is as it was sent. */
async function readAs(ctx: Ctx, intake: Intake, bundle: FoundBundle, assetId: string | null): Promise<ReadBundle> {
  const bytes = await buffer(await intake.store().get(keyOf(bundle.sha256), ctx.signal));
  return intake.prepare(
    ctx,
    { sha256: bundle.sha256, bytes: bytes.length, content: bytes },
    { ...bundle.report.hint, assetId },
    bundle.receivedAt,
  );
}

function conflict(message: string): HubError {
  const fields: FieldFault[] = [{ field: '/sha256', message }];
  return new HubError('conflict', `/sha256: ${message}`, { fields });
}
