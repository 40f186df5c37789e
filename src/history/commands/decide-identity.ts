import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { tx } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { answerTwins, askOfTwins } from '../ask-of-twins.ts';
import { cardsOfPlaces, type KeptCard, loadCards, lockPlaces, lockRelatives } from '../card-store.ts';
import {
  type Decision,
  identityRules,
  insertDecision,
  isAnswered,
  lockDecision,
  lockDecisions,
  revokeDecision,
} from '../decision-store.ts';
import type { Moment } from '../derive/look.ts';
import { identityDecided, identityDecisionRevoked } from '../events.ts';
import { final } from '../identity/homes.ts';
import { ANYWHERE, deleteLinks, insertLink, linksTo, splitId } from '../link-store.ts';
import { toMoment } from '../moment.ts';
import { componentsAt, placesOf } from '../observation-store.ts';
import { copyComponent } from '../component-store.ts';
import { rederive } from '../rederive.ts';
import { rehomeCards } from '../rehome.ts';
import { closeReviews, setReviewState } from '../review-store.ts';
import { enterHomes } from '../settle-cards.ts';
import { tellChanges } from '../tell-changes.ts';
import { tellOfRuns } from '../tell-of-places.ts';
import { checkDecision } from './check-decision.ts';

export interface Decided {
  id: string;
  added: number;
  retracted: number;
}

/**
 * What an operator says about identities is an observation, too: it is kept with its reason, the histories that it concerns are worked
 * out again, and it can be taken back. A bundle that is given a place is the intake's, because it has to be read again.
 */
export async function decideIdentity(
  ctx: Ctx,
  want: { decision: Exclude<Decision, { kind: 'place-bundle' }>; reason: string; reviewId: string | null },
): Promise<Decided> {
  return tx(
    ctx,
    async (inside) => {
      const now = toMoment(inside.now());
      const id = newId();
      await lockDecisions(inside.db, 'alone');
      await checkDecision(inside, want.decision, want.reviewId);
      const before = await serversOf(inside, want.decision);
      await insertDecision(inside.db, {
        id,
        decision: want.decision,
        reviewId: want.reviewId,
        reason: want.reason,
        decidedBy: inside.actor,
        at: now,
      });
      const changes = await apply(inside, want.decision, { id, before }, now);
      if (want.reviewId !== null) await setReviewState(inside, want.reviewId, 'decided', now);
      await append(inside, identityDecided, {
        subject: { type: 'review', id: want.reviewId ?? id },
        data: { decision: id, kind: want.decision.kind, about: JSON.stringify(want.decision), reason: want.reason },
      });
      return { id, ...changes };
    },
    { isolation: 'read committed' },
  );
}

/** @throws HubError not-found | conflict where it was taken back already */
export async function takeDecisionBack(ctx: Ctx, want: { id: string; reason: string }): Promise<Decided> {
  return tx(
    ctx,
    async (inside) => {
      const now = toMoment(inside.now());
      await lockDecisions(inside.db, 'alone');
      const kept = await lockDecision(inside.db, want.id);
      if (!kept) throw new HubError('not-found', `There is no decision ${want.id}`);
      if (kept.revokedAt !== null) throw new HubError('conflict', `It was taken back already, by ${kept.revokedBy}`);
      if (kept.decision.kind === 'place-bundle')
        throw new HubError('conflict', 'What a bundle says is taken back where it was read');
      const before = await serversOf(inside, kept.decision);
      await revokeDecision(inside.db, { id: want.id, by: inside.actor, at: now });
      await askAgain(inside, kept.reviewId, now);
      const changes = await unapply(inside, kept.decision, { id: want.id, before }, now);
      await append(inside, identityDecisionRevoked, {
        subject: { type: 'review', id: want.id },
        data: { decision: want.id, kind: kept.decision.kind, reason: want.reason },
      });
      return { id: want.id, ...changes };
    },
    { isolation: 'read committed' },
  );
}

/** The question that a decision answered is open again, unless another one answers it; what follows may answer it, too. */
export async function askAgain(inside: TxCtx, reviewId: string | null, now: Moment): Promise<void> {
  if (reviewId !== null && !(await isAnswered(inside.db, reviewId)))
    await setReviewState(inside, reviewId, 'open', now);
}

/** Of a merge: the two servers, and all that they are said to be by other decisions. */
async function serversOf(inside: TxCtx, decision: Decision): Promise<string[]> {
  if (decision.kind !== 'merge-assets') return [];
  const { merged } = await identityRules(inside.db);
  const { from, to } = decision;
  return [...new Set([from, to, final(from, merged), final(to, merged)])];
}

type Changes = { added: number; retracted: number };
const NONE: Changes = { added: 0, retracted: 0 };

/** Its id, and the servers that it concerned before it was made or taken back. */
interface About {
  id: string;
  before: readonly string[];
}

async function apply(inside: TxCtx, decision: Decision, { id, before }: About, now: Moment): Promise<Changes> {
  switch (decision.kind) {
    case 'merge-assets':
      return resettle(inside, { places: [...before, ...(await serversOf(inside, decision))], cardIds: [] }, now);
    case 'assign-card':
      return resettle(inside, { places: [], cardIds: [decision.cardId] }, now);
    case 'merge-components':
      await insertLink(inside.db, {
        baseId: decision.from,
        placeId: ANYWHERE,
        componentId: decision.to,
        decisionId: id,
      });
      await answerTwins(inside, decision.from, decision.to, now);
      return again(inside, await partsOf(inside, decision), now);
    case 'split-component': {
      const part = splitId(decision);
      await copyComponent(inside.db, decision.componentId, part, now);
      await insertLink(inside.db, {
        baseId: decision.componentId,
        placeId: decision.placeId,
        componentId: part,
        decisionId: id,
      });
      await closeReviews(inside, [{ kind: 'component-in-two-places', subject: decision.componentId }], now);
      return again(inside, await partsOf(inside, decision), now);
    }
    case 'dismiss':
      await setReviewState(inside, decision.reviewId, 'decided', now);
      return NONE;
    case 'place-bundle':
      return NONE;
  }
}

async function unapply(inside: TxCtx, decision: Decision, { id, before }: About, now: Moment): Promise<Changes> {
  switch (decision.kind) {
    case 'merge-assets':
      return resettle(inside, { places: [...before, ...(await serversOf(inside, decision))], cardIds: [] }, now);
    case 'assign-card':
      return resettle(inside, { places: [], cardIds: [decision.cardId] }, now);
    case 'merge-components':
    case 'split-component': {
      const ends = await partsOf(inside, decision);
      await deleteLinks(inside.db, id);
      await askOfTwins(inside, ends, now);
      return again(inside, ends, now);
    }
    case 'dismiss':
      await askAgain(inside, decision.reviewId, now);
      return NONE;
    case 'place-bundle':
      return NONE;
  }
}

/** All parts that the decision leads on to, and that lead to it. */
async function partsOf(
  inside: TxCtx,
  decision: Extract<Decision, { kind: 'merge-components' | 'split-component' }>,
): Promise<string[]> {
  const named =
    decision.kind === 'merge-components' ? [decision.from, decision.to] : [decision.componentId, splitId(decision)];
  return (await linksTo(inside.db, named)).chain;
}

/** The decision stands beside the evidence now: where do these cards, and all that share evidence with them, belong? */
async function resettle(
  inside: TxCtx,
  concerned: { places: readonly string[]; cardIds: readonly string[] },
  now: Moment,
): Promise<Changes> {
  const relatives = await relativesOf(inside, concerned);
  const { rehomed } = await enterHomes(inside, [], relatives, now);
  if (rehomed.length === 0) return NONE;
  const places = [...new Set(rehomed.flatMap(({ from, to }) => [from, to]))];
  await lockPlaces(
    inside,
    places.map((placeId) => ({ type: 'asset', id: placeId })),
  );
  const moved = await rehomeCards(inside, rehomed);
  const components = await componentsAt(inside.db, places);
  const revised = await rederive(inside, new Set([...moved.components, ...components]), now, new Set(places));
  await tellOfRuns(inside.db, {
    places: new Map(places.map((placeId) => [placeId, { type: 'asset', id: placeId }])),
    added: moved.added,
    removed: moved.removed,
  });
  return tellChanges(inside, revised, now);
}

/** Under the locks of their evidence. Whoever held one may have brought more of them, or taken some elsewhere. */
async function relativesOf(
  inside: TxCtx,
  { places, cardIds }: { places: readonly string[]; cardIds: readonly string[] },
): Promise<KeptCard[]> {
  const distinct = [...new Set(places)];
  const ids = new Set(cardIds);
  for (;;) {
    for (const { id } of await cardsOfPlaces(inside.db, distinct)) ids.add(id);
    const own = [...(await loadCards(inside.db, [...ids])).values()];
    for (const { id } of await lockRelatives(inside.db, own)) ids.add(id);
    const now = await cardsOfPlaces(inside.db, distinct);
    if (now.every(({ id }) => ids.has(id))) return [...(await loadCards(inside.db, [...ids])).values()];
  }
}

async function again(inside: TxCtx, componentIds: readonly string[], now: Moment): Promise<Changes> {
  const places = await placesOf(inside.db, componentIds);
  await lockPlaces(inside, places);
  const revised = await rederive(inside, new Set(componentIds), now, new Set(places.map(({ id }) => id)));
  return tellChanges(inside, revised, now);
}
