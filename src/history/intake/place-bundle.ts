import { buffer } from 'node:stream/consumers';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { tx } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { replaceReport } from '../bundle-store.ts';
import { addSnapshots } from '../commands/ingest-bundles.ts';
import { insertDecision } from '../decision-store.ts';
import { identityDecided } from '../events.ts';
import { toMoment } from '../moment.ts';
import { closeReviews } from '../review-store.ts';
import { findBundle } from './bundle-reads.ts';
import { type Intake, keyOf } from './intake.ts';

/** An operator knows which server a bundle is of that does not say so itself. It is read again, now with this as evidence. */
export async function placeBundle(
  ctx: Ctx,
  intake: Intake,
  want: { sha256: string; assetId: string; reason: string },
): Promise<{ id: string; added: number; retracted: number }> {
  const bundle = await findBundle(ctx, want.sha256);
  if (!bundle) throw new HubError('not-found', `There is no bundle ${want.sha256}`);
  if (bundle.report.snapshots.every(({ evidence }) => evidence.length > 0))
    throw new HubError('conflict', 'The bundle says by itself which server it is of: assign its evidence instead');
  const bytes = await buffer(await intake.store().get(keyOf(want.sha256), ctx.signal));
  const { hint } = bundle.report;
  const read = await intake.prepare(
    ctx,
    { sha256: want.sha256, bytes: bytes.length, content: bytes },
    { ...hint, assetId: want.assetId },
    bundle.receivedAt,
  );
  return tx(
    ctx,
    async (inside) => {
      const now = toMoment(inside.now());
      const id = newId();
      const decision = { kind: 'place-bundle', sha256: want.sha256, assetId: want.assetId } as const;
      await insertDecision(inside.db, { id, decision, reason: want.reason, decidedBy: inside.actor, at: now });
      await replaceReport(inside.db, bundle.id, read.report);
      const { changes } = await addSnapshots(inside, intake.sort, [{ ...read, id: bundle.id }], now);
      await closeReviews(inside, [{ kind: 'bundle-without-place', subject: want.sha256 }], now);
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
