import type { TxCtx } from '../../core/ctx.ts';
import { type FieldFault, HubError } from '../../core/error.ts';
import { invalid } from '../../core/route.ts';
import { mergedInto } from '../asset-store.ts';
import { loadCards } from '../card-store.ts';
import { existingComponents } from '../component-store.ts';
import { type Decision, identityRules } from '../decision-store.ts';
import { final } from '../identity/homes.ts';
import { ANYWHERE, hasLink, linksTo } from '../link-store.ts';
import { loadObservations } from '../look-store.ts';
import { findReview } from '../review-reads.ts';

/** @throws HubError invalid | conflict, naming the field */
export async function checkDecision(
  inside: TxCtx,
  decision: Exclude<Decision, { kind: 'place-bundle' }>,
  reviewId: string | null,
): Promise<void> {
  if (reviewId !== null && !(await findReview(inside, reviewId)))
    throw invalid('/review_id', `there is no review ${reviewId}`);
  switch (decision.kind) {
    case 'merge-assets':
      return checkMergeOfAssets(inside, decision);
    case 'assign-card':
      await standingAsset(inside, '/asset_id', decision.assetId);
      if (!(await loadCards(inside.db, [decision.cardId])).has(decision.cardId))
        throw invalid('/card_id', `there is no evidence ${decision.cardId}: take the id from the review`);
      return;
    case 'merge-components':
      return checkMergeOfComponents(inside, decision);
    case 'split-component':
      return checkSplit(inside, decision);
    case 'dismiss':
      return;
  }
}

async function checkMergeOfAssets(inside: TxCtx, { from, to }: { from: string; to: string }): Promise<void> {
  if (from === to) throw invalid('/to', 'is the same server');
  const known = await mergedInto(inside.db, [from]);
  if (!known.has(from)) throw invalid('/from', `there is no asset ${from}`);
  await standingAsset(inside, '/to', to);
  const { merged } = await identityRules(inside.db);
  if (final(to, merged) === from)
    throw conflict('/to', `it is decided already that this one is ${from}: take that decision back first`);
}

/** What is said of a server that proved to be another one must be said of that one. */
export async function standingAsset(inside: TxCtx, field: string, id: string): Promise<void> {
  const into = await mergedInto(inside.db, [id]);
  const other = into.get(id);
  if (other === undefined) throw invalid(field, `there is no asset ${id}`);
  if (other !== null) throw conflict(field, `it proved to be the server ${other}: name that one`);
}

async function checkMergeOfComponents(inside: TxCtx, { from, to }: { from: string; to: string }): Promise<void> {
  if (from === to) throw invalid('/to', 'is the same component');
  const there = await existingComponents(inside.db, [from, to]);
  if (!there.has(from)) throw invalid('/from', `there is no component ${from}`);
  if (!there.has(to)) throw invalid('/to', `there is no component ${to}`);
  if (await hasLink(inside.db, from, ANYWHERE))
    throw conflict('/from', 'it is decided already which part this is: take that decision back first');
  const links = await linksTo(inside.db, [to, from]);
  if (links.resolve(to, ANYWHERE) === from)
    throw conflict('/to', 'it is the other way round already: take that decision back first');
}

async function checkSplit(
  inside: TxCtx,
  { componentId, placeId }: { componentId: string; placeId: string },
): Promise<void> {
  if (!(await existingComponents(inside.db, [componentId])).has(componentId))
    throw invalid('/component_id', `there is no component ${componentId}`);
  if (await hasLink(inside.db, componentId, placeId))
    throw conflict('/place_id', 'it is decided already that it is another part there: take that decision back first');
  const { places } = await loadObservations(inside.db, [componentId]);
  if (!places.get(componentId)?.has(placeId)) throw invalid('/place_id', 'the component was never seen there');
}

function conflict(field: string, message: string): HubError {
  const fields: FieldFault[] = [{ field, message }];
  return new HubError('conflict', `${field}: ${message}`, { fields });
}
