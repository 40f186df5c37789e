import type { TxCtx } from '../core/ctx.ts';
import { lockPlaces } from './card-store.ts';
import { type KnownComponent, lockComponents } from './component-store.ts';
import { ANYWHERE, linksTo } from './link-store.ts';
import { placesOf } from './observation-store.ts';

/** A part whose history is about to be told otherwise. */
export interface LockedPart {
  component: KnownComponent;
  /** Those whose history may change: it, and the parts that it proved to be. */
  concerned: Set<string>;
  /** Places whose locks are held. */
  locked: Set<string>;
}

/** Places first, then components, as everybody does. @returns undefined where there is no such component */
export async function lockPart(
  tx: TxCtx,
  componentId: string,
  assetId: string | null = null,
): Promise<LockedPart | undefined> {
  const links = await linksTo(tx.db, [componentId]);
  const concerned = new Set([
    componentId,
    links.resolve(componentId, ANYWHERE),
    ...(assetId === null ? [] : [links.resolve(componentId, assetId)]),
  ]);
  const places = await placesOf(tx.db, [...concerned, ...links.bases]);
  await lockPlaces(tx, places);
  const component = (await lockComponents(tx.db, [...concerned])).get(componentId);
  return component && { component, concerned, locked: new Set(places.map(({ id }) => id)) };
}
