import type { TxCtx } from '../../core/ctx.ts';
import { replaceReport } from '../bundle-store.ts';
import { loadCards, lockPlaces } from '../card-store.ts';
import { addSnapshots, type ReadBundle } from '../commands/ingest-bundles.ts';
import type { Moment, Place } from '../derive/look.ts';
import { componentsAt } from '../observation-store.ts';
import { remakeRuns } from '../rehome.ts';
import { removeSnapshots } from '../snapshot-store.ts';
import type { SortParts } from '../sort-parts.ts';
import type { FoundBundle } from './bundle-reads.ts';

/**
 * A bundle says something else than was read in it before. What it said is taken away and what it says is added before anything is worked
 * out, so that what is the same in both stays believed as it was.
 */
export async function replaceSnapshots(
  inside: TxCtx,
  sort: SortParts,
  { bundle, read }: { bundle: FoundBundle; read: ReadBundle },
  now: Moment,
): ReturnType<typeof addSnapshots> {
  const places = await lockPlacesOf(inside, bundle);
  const ids = [...places.keys()];
  const components = await componentsAt(inside.db, ids);
  await removeSnapshots(inside.db, bundle.id, ids);
  const runs = await remakeRuns(inside, ids);
  await replaceReport(inside.db, bundle.id, read.report);
  return addSnapshots(inside, sort, [{ ...read, id: bundle.id }], now, { places, components, ...runs });
}

/** Where a bundle's snapshots are; locked. */
export async function lockPlacesOf(inside: TxCtx, bundle: FoundBundle): Promise<Map<string, Place>> {
  const ids = bundle.report.snapshots.map(({ card }) => card);
  for (;;) {
    const places = await placesOfCards(inside, ids);
    await lockPlaces(inside, [...places.values()]);
    // Whoever held a lock may have taken the evidence elsewhere.
    const now = await placesOfCards(inside, ids);
    if ([...now.keys()].every((id) => places.has(id))) return now;
  }
}

async function placesOfCards(inside: TxCtx, ids: readonly string[]): Promise<Map<string, Place>> {
  const cards = await loadCards(inside.db, ids);
  return new Map([...cards.values()].map(({ place }) => [place.id, place]));
}
