import type { TxCtx } from '../core/ctx.ts';
import { loadCards, lockPlaces } from './card-store.ts';
import type { Place } from './derive/look.ts';
import { familyOf } from './identity/identify.ts';
import { type PreparedSnapshot, serialId } from './identity/prepare.ts';
import { placesOf } from './observation-store.ts';
import { inventoryIds } from './snapshot-store.ts';

/**
 * The places of the snapshots, and those where their parts were seen before: a part that moved concerns both. Whoever held a lock may
 * have taken the evidence elsewhere: then it is there that the snapshots belong.
 */
export async function lockForSnapshots(
  inside: TxCtx,
  snapshots: readonly PreparedSnapshot[],
  settled: ReadonlyMap<string, Place>,
  more: readonly string[],
): Promise<{ locked: Set<string>; places: Map<string, Place> }> {
  // What an inventory shows that was seen before is looked up where it matters; nearly all are such.
  const before = await inventoryIds(
    inside.db,
    snapshots.map(({ hash }) => hash.toString('hex')),
  );
  const unknown = snapshots.filter(({ hash }) => !before.has(hash.toString('hex')));
  const known = await placesOf(inside.db, [...new Set(unknown.flatMap(serialIds))]);
  const cards = [...settled.keys()];
  const locked = new Set<string>();
  let open = [...settled.values(), ...known, ...more.map((id) => ({ type: 'asset' as const, id }))];
  for (;;) {
    await lockPlaces(inside, open);
    for (const { id } of open) locked.add(id);
    const now = await loadCards(inside.db, cards);
    open = [...now.values()].map(({ place }) => place).filter(({ id }) => !locked.has(id));
    if (open.length === 0) return { locked, places: new Map([...now].map(([id, { place }]) => [id, place])) };
  }
}

function serialIds(snapshot: PreparedSnapshot): string[] {
  return snapshot.parts.flatMap(({ part, identity }) =>
    identity.by === 'serial' ? [serialId(identity.vendor, identity.serial, familyOf(part.kind))] : [],
  );
}
