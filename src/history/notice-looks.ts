import type { TxCtx } from '../core/ctx.ts';
import type { Place } from './derive/look.ts';
import type { PreparedSnapshot } from './identity/prepare.ts';

export interface Look {
  assetId: string;
  snapshot: PreparedSnapshot;
}

/** Who else wants to see looks that were taken just now, and at which server each was; in the same transaction. */
export type NoticeLooks = (tx: TxCtx, looks: readonly Look[]) => Promise<unknown>;

/** @param places by the id of the card */
export function looksAtServers(
  bundles: readonly { snapshots: readonly PreparedSnapshot[] }[],
  places: ReadonlyMap<string, Place>,
): Look[] {
  return bundles.flatMap(({ snapshots }) =>
    snapshots.flatMap((snapshot) => {
      const place = places.get(snapshot.card.id);
      return place?.type === 'asset' ? [{ assetId: place.id, snapshot }] : [];
    }),
  );
}
