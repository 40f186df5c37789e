import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { idFrom, newId } from '../../core/id.ts';
import { invalid } from '../../core/route.ts';
import { tx } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { cardsOfPlaces, type KeptCard, loadCards, lockPlaces, lockRelatives } from '../card-store.ts';
import { existingAssets } from '../asset-store.ts';
import { type Decision, insertDecision, lockDecision, revokeDecision } from '../decision-store.ts';
import type { Moment } from '../derive/look.ts';
import { identityDecided, identityDecisionRevoked } from '../events.ts';
import { ANYWHERE, deleteLinks, insertLink, linksTo } from '../link-store.ts';
import { toMoment } from '../moment.ts';
import { componentsAt, placesOf } from '../observation-store.ts';
import { copyComponent, lockComponents } from '../component-store.ts';
import { rederive } from '../rederive.ts';
import { rehomeCards } from '../rehome.ts';
import { closeReviews, setReviewState } from '../review-store.ts';
import { enterHomes } from '../settle-cards.ts';
import { tellChanges } from '../tell-changes.ts';
import { tellOfRuns } from '../tell-of-places.ts';

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
      await checkDecision(inside, want.decision);
      await insertDecision(inside.db, {
        id,
        decision: want.decision,
        reason: want.reason,
        decidedBy: inside.actor,
        at: now,
      });
      const changes = await apply(inside, want.decision, id, now);
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
      const kept = await lockDecision(inside.db, want.id);
      if (!kept) throw new HubError('not-found', `There is no decision ${want.id}`);
      if (kept.revokedAt !== null) throw new HubError('conflict', `It was taken back already, by ${kept.revokedBy}`);
      if (kept.decision.kind === 'place-bundle')
        throw new HubError(
          'conflict',
          'A bundle that was placed stays with its server; assign its evidence to another one instead',
        );
      await revokeDecision(inside.db, { id: want.id, by: inside.actor, at: now });
      const changes = await unapply(inside, kept.decision, want.id, now);
      await append(inside, identityDecisionRevoked, {
        subject: { type: 'review', id: want.id },
        data: { decision: want.id, kind: kept.decision.kind, reason: want.reason },
      });
      return { id: want.id, ...changes };
    },
    { isolation: 'read committed' },
  );
}

async function checkDecision(inside: TxCtx, decision: Decision): Promise<void> {
  const missingAsset = async (field: string, id: string) => {
    if (!(await existingAssets(inside.db, [id])).has(id)) throw invalid(`/${field}`, `there is no asset ${id}`);
  };
  const missingComponent = async (field: string, id: string) => {
    if (!(await lockComponents(inside.db, [id])).has(id)) throw invalid(`/${field}`, `there is no component ${id}`);
  };
  if (decision.kind === 'merge-assets') {
    await missingAsset('from', decision.from);
    await missingAsset('to', decision.to);
    if (decision.from === decision.to) throw invalid('/to', 'is the same server');
  }
  if (decision.kind === 'assign-card') {
    await missingAsset('asset_id', decision.assetId);
    if (!(await loadCards(inside.db, [decision.cardId])).has(decision.cardId))
      throw invalid('/card_id', `there is no evidence ${decision.cardId}: take the id from the review`);
  }
  if (decision.kind === 'merge-components') {
    await missingComponent('from', decision.from);
    await missingComponent('to', decision.to);
    if (decision.from === decision.to) throw invalid('/to', 'is the same component');
    const links = await linksTo(inside.db, [decision.to, decision.from]);
    if (links.resolve(decision.to, ANYWHERE) === decision.from)
      throw new HubError('conflict', 'It is the other way round already: take that decision back first');
  }
  if (decision.kind === 'split-component') {
    await missingComponent('component_id', decision.componentId);
    const places = await placesOf(inside.db, [decision.componentId]);
    if (!places.some(({ id }) => id === decision.placeId))
      throw invalid('/place_id', 'the component was never seen there');
  }
}

type Changes = { added: number; retracted: number };
const NONE: Changes = { added: 0, retracted: 0 };

async function apply(inside: TxCtx, decision: Decision, id: string, now: Moment): Promise<Changes> {
  switch (decision.kind) {
    case 'merge-assets':
      return resettle(inside, await cardsOfPlaces(inside.db, [decision.from, decision.to]), now);
    case 'assign-card':
      return resettle(inside, [...(await loadCards(inside.db, [decision.cardId])).values()], now);
    case 'merge-components':
      await insertLink(inside.db, {
        baseId: decision.from,
        placeId: ANYWHERE,
        componentId: decision.to,
        decisionId: id,
      });
      return again(inside, [decision.from, decision.to], now);
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
      return again(inside, [decision.componentId, part], now);
    }
    case 'dismiss':
      await setReviewState(inside, decision.reviewId, 'decided', now);
      return NONE;
    case 'place-bundle':
      return NONE;
  }
}

async function unapply(inside: TxCtx, decision: Decision, id: string, now: Moment): Promise<Changes> {
  switch (decision.kind) {
    case 'merge-assets':
      return resettle(inside, await cardsOfPlaces(inside.db, [decision.from, decision.to]), now);
    case 'assign-card':
      return resettle(inside, [...(await loadCards(inside.db, [decision.cardId])).values()], now);
    case 'merge-components':
      await deleteLinks(inside.db, id);
      return again(inside, [decision.from, decision.to], now);
    case 'split-component':
      await deleteLinks(inside.db, id);
      return again(inside, [decision.componentId, splitId(decision)], now);
    case 'dismiss':
      await setReviewState(inside, decision.reviewId, 'open', now);
      return NONE;
    case 'place-bundle':
      return NONE;
  }
}

/** The other part with the same serial, as it is seen at one place. */
function splitId(decision: { componentId: string; placeId: string }): string {
  return idFrom('component', decision.componentId, 'split', decision.placeId);
}

/** The decision stands beside the evidence now: where do these cards, and all that share evidence with them, belong? */
async function resettle(inside: TxCtx, cards: readonly KeptCard[], now: Moment): Promise<Changes> {
  const relatives = new Map(cards.map((card) => [card.id, card]));
  for (const card of await lockRelatives(inside.db, cards)) relatives.set(card.id, card);
  const { rehomed } = await enterHomes(inside, [], [...relatives.values()], now);
  if (rehomed.length === 0) return NONE;
  const places = [...new Set(rehomed.flatMap(({ from, to }) => [from, to]))];
  await lockPlaces(
    inside.db,
    places.map((placeId) => ({ type: 'asset', id: placeId })),
  );
  const moved = await rehomeCards(inside, rehomed);
  const components = await componentsAt(inside.db, places);
  const revised = await rederive(inside, new Set([...moved.components, ...components]), now, new Set(places));
  await tellOfRuns(
    inside.db,
    {
      places: new Map(places.map((placeId) => [placeId, { type: 'asset', id: placeId }])),
      added: moved.added,
      removed: moved.removed,
    },
    now,
  );
  return tellChanges(inside, revised, now);
}

async function again(inside: TxCtx, componentIds: readonly string[], now: Moment): Promise<Changes> {
  const places = await placesOf(inside.db, componentIds);
  await lockPlaces(inside.db, places);
  const revised = await rederive(inside, new Set(componentIds), now, new Set(places.map(({ id }) => id)));
  return tellChanges(inside, revised, now);
}
