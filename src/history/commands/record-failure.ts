import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { idFrom, newId } from '../../core/id.ts';
import { invalid } from '../../core/route.ts';
import { append } from '../../events/append.ts';
import type { Moment } from '../derive/look.ts';
import { componentFailed } from '../events.ts';
import { CONFIDENCE, type FailureMode, type FailureSource } from '../failure-modes.ts';
import { assetAt } from '../failure-reads.ts';
import { failureBySource, type FailureRow, insertFailure, markWithdrawn, SURE } from '../failure-store.ts';
import { type LockedPart, lockPart } from '../lock-part.ts';
import { fromMoment, fromMomentOrNull, toMoment } from '../moment.ts';
import { rederive } from '../rederive.ts';
import { tellChanges } from '../tell-changes.ts';

export interface FailureReport {
  componentId: string;
  mode: FailureMode;
  /** ISO 8601. It happened in (`occurredAfter`, `occurredAt`]. */
  occurredAt: string;
  occurredAfter: string | null;
  source: FailureSource;
  /** What the source calls it: the same again changes nothing. */
  sourceId: string | null;
  /** null: as sure as its source usually is. */
  confidence: number | null;
  note: string | null;
  /** The server that the source names; the history knows better, where it knows. */
  assetId?: string;
  /** The source says again what it had taken back itself. What anybody else withdrew stays withdrawn. */
  renew?: boolean;
}

export interface Recorded {
  failure: FailureRow;
  isNew: boolean;
}

const DAY_MS = 86_400_000;

/**
 * A part failed. What is sure enough explains why it was taken out, then or later. The transaction must be `read committed`.
 * @throws HubError not-found | invalid for times that cannot be
 */
export async function recordFailure(tx: TxCtx, report: FailureReport): Promise<Recorded> {
  const { componentId, source, sourceId } = report;
  const [at, after] = momentsOf(tx, report);
  const part = await lockPart(tx, componentId, report.assetId ?? null);
  if (!part) throw new HubError('not-found', `There is no component ${componentId}`);
  const now = toMoment(tx.now());
  const before = sourceId === null ? undefined : await failureBySource(tx.db, componentId, source, sourceId);
  if (before !== undefined) {
    const again = report.renew === true && before.withdrawnBy === tx.actor;
    if (!again) return { failure: before, isNew: false };
    await markWithdrawn(tx.db, before.id, null);
    const renewed = { ...before, withdrawnAt: null, withdrawnBy: null };
    await tellFailure(tx, renewed);
    await explainAgain(tx, part, renewed, now);
    return { failure: renewed, isNew: true };
  }
  const failure: FailureRow = {
    id: sourceId === null ? newId() : idFrom('failure', componentId, source, sourceId),
    componentId,
    assetId: (await assetAt(tx.db, componentId, at)) ?? report.assetId ?? null,
    occurredAfter: after,
    occurredAt: at,
    mode: report.mode,
    source,
    sourceId,
    confidence: report.confidence ?? CONFIDENCE[source],
    note: report.note,
    recordedBy: tx.actor,
    recordedAt: now,
    withdrawnAt: null,
    withdrawnBy: null,
  };
  await insertFailure(tx.db, failure);
  await tellFailure(tx, failure);
  await explainAgain(tx, part, failure, now);
  return { failure, isNew: true };
}

function momentsOf(tx: TxCtx, report: FailureReport): [Moment, Moment | null] {
  const at = toMoment(report.occurredAt);
  const after = report.occurredAfter === null ? null : toMoment(report.occurredAfter);
  if (at > toMoment(new Date(tx.now().getTime() + DAY_MS))) throw invalid('/occurred_at', 'lies in the future');
  if (after !== null && after >= at) throw invalid('/occurred_after', 'must be before occurred_at');
  return [at, after];
}

async function tellFailure(tx: TxCtx, failure: FailureRow): Promise<void> {
  await append(tx, componentFailed, {
    subject: { type: 'component', id: failure.componentId },
    related: failure.assetId === null ? [] : [{ type: 'asset', id: failure.assetId }],
    occurredAt: fromMoment(failure.occurredAt),
    data: {
      failure: failure.id,
      mode: failure.mode,
      source: failure.source,
      confidence: failure.confidence,
      after: fromMomentOrNull(failure.occurredAfter),
      note: failure.note,
    },
  });
}

/** Why it was taken out may be told otherwise now; what was believed before stays readable. */
export async function explainAgain(tx: TxCtx, part: LockedPart, failure: FailureRow, now: Moment): Promise<void> {
  if (failure.confidence < SURE) return;
  const revised = await rederive(tx, part.concerned, now, part.locked);
  await tellChanges(tx, revised, now);
}
