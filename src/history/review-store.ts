import type { TxCtx } from '../core/ctx.ts';
import { idFrom } from '../core/id.ts';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { appendAll } from '../events/append.ts';
import type { Moment } from './derive/look.ts';
import { reviewOpened } from './events.ts';
import { type Card, type EvidenceKey, kindOfKey } from './identity/evidence.ts';
import type { Dispute } from './identity/homes.ts';

export const REVIEW_KINDS = [
  'evidence-of-several-servers',
  'serial-claimed-twice',
  'component-in-two-places',
  'maybe-one-component',
  'bundle-without-place',
] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

export interface Finding {
  kind: ReviewKind;
  /** What it is about, in one line: a piece of evidence, a component, a bundle. */
  subject: string;
  evidence: Record<string, unknown>;
}

/** Opens what is not open yet and keeps the evidence of the rest up to date. What an operator has decided stays decided. */
export async function openReviews(tx: TxCtx, findings: readonly Finding[], now: Moment): Promise<void> {
  if (findings.length === 0) return;
  const byId = new Map(findings.map((finding) => [idFrom('review', finding.kind, finding.subject), finding]));
  const ids = [...byId.keys()].toSorted();
  const known: { id: string; state: string }[] = await inParts(ids, (part) =>
    tx.db
      .from(tx.db.raw('identity_reviews FORCE INDEX (PRIMARY)'))
      .whereIn('id', part)
      .orderBy('id')
      .forUpdate()
      .select('id', 'state'),
  );
  const states = new Map(known.map(({ id, state }) => [id, state]));
  await insertRows(
    tx.db,
    'identity_reviews',
    ['id', 'kind', 'subject', 'state', 'evidence', 'opened_at'],
    ids.map((id) => {
      const finding = byId.get(id) as Finding;
      return [id, finding.kind, finding.subject.slice(0, 220), 'open', JSON.stringify(finding.evidence), now];
    }),
    "evidence = VALUES(evidence), closed_at = IF(state = 'obsolete', NULL, closed_at), state = IF(state = 'obsolete', 'open', state)",
  );
  const fresh = ids.filter((id) => !states.has(id) || states.get(id) === 'obsolete');
  await appendAll(
    tx,
    reviewOpened,
    fresh.map((id) => ({
      subject: { type: 'review', id },
      data: { kind: byId.get(id)?.kind ?? '', subject: byId.get(id)?.subject ?? '' },
    })),
    { timeline: false },
  );
}

/** What newer evidence or a decision has answered. */
export async function closeReviews(
  tx: TxCtx,
  wanted: readonly { kind: ReviewKind; subject: string }[],
  now: Moment,
): Promise<void> {
  const ids = wanted.map(({ kind, subject }) => idFrom('review', kind, subject)).toSorted();
  if (ids.length === 0) return;
  await tx
    .db('identity_reviews')
    .whereIn('id', ids)
    .andWhere({ state: 'open' })
    .update({ state: 'obsolete', closed_at: now });
}

export async function setReviewState(tx: TxCtx, id: string, state: 'open' | 'decided', now: Moment): Promise<void> {
  await tx
    .db('identity_reviews')
    .where({ id })
    .update({ state, closed_at: state === 'open' ? null : now });
}

/** Disputes among cards as reviews; those of these cards that are none any more are closed. */
export async function noteDisputes(
  tx: TxCtx,
  disputes: readonly Dispute[],
  cards: readonly { id: string; keys: Card['keys']; evidence: Card['evidence'] }[],
  now: Moment,
): Promise<void> {
  const findings = disputes.map(({ key, assets }) => ({
    kind: kindOfDispute(key),
    subject: key,
    evidence: {
      key,
      claims: assets,
      cards: cards
        .filter(({ keys }) => keys.includes(key))
        .map(({ id, keys, evidence }) => ({ id, keys, host_name: evidence.hostName, model: evidence.model })),
    },
  }));
  await openReviews(tx, findings, now);
  const open = new Set(disputes.map(({ key }) => key));
  const keys = new Set(cards.flatMap((card) => card.keys));
  // Alone with its evidence, a card can answer no question that was open.
  if (cards.length < 2) return;
  await closeReviews(
    tx,
    [...keys].filter((key) => !open.has(key)).map((key) => ({ kind: kindOfDispute(key), subject: key })),
    now,
  );
}

function kindOfDispute(key: EvidenceKey): ReviewKind {
  return kindOfKey(key) === 'serial' ? 'serial-claimed-twice' : 'evidence-of-several-servers';
}
