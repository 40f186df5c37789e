import type { TxCtx } from '../core/ctx.ts';
import { idFrom } from '../core/id.ts';
import { regroup } from './derive/regroup.ts';
import { sourceOf } from './identity/prepare.ts';
import { copyPositional } from './component-store.ts';
import { componentsOfCards, rebaseObservations } from './observation-store.ts';
import { deleteRunsAt, insertRuns, loadRuns, type Run } from './run-store.ts';
import type { Rehomed } from './settle-cards.ts';
import { loadSightings, moveSnapshots } from './snapshot-store.ts';

/**
 * What was thought to be one server's is another one's: its snapshots go there, and the runs of both are made anew. The places are locked.
 */
export async function rehomeCards(
  tx: TxCtx,
  rehomed: readonly Rehomed[],
): Promise<{ places: string[]; components: string[]; added: Run[]; removed: Run[] }> {
  if (rehomed.length === 0) return { places: [], components: [], added: [], removed: [] };
  // What is known by its place there has another id afterwards, and no history under this one.
  const components = await componentsOfCards(tx.db, rehomed);
  for (const { cardId, from, to } of rehomed) {
    await moveSnapshots(tx.db, cardId, from, to);
    const rebased = await rebaseObservations(tx.db, cardId, ({ kind, source, slot }) =>
      idFrom('positional', to, kind, sourceOf(source), slot ?? ''),
    );
    await copyPositional(tx.db, rebased, to);
  }
  const places = [...new Set(rehomed.flatMap(({ from, to }) => [from, to]))];
  return { places, components, ...(await remakeRuns(tx, places)) };
}

/** Runs from the single looks, as if they had come in order. */
export async function remakeRuns(tx: TxCtx, places: readonly string[]): Promise<{ added: Run[]; removed: Run[] }> {
  const added: Run[] = [];
  const removed: Run[] = [];
  for (const placeId of places) {
    const before = await loadRuns(tx.db, [placeId]);
    const looks = await loadSightings(tx.db, [placeId]);
    const runs = [...Map.groupBy(looks, ({ source }) => source)].flatMap(([source, own]) =>
      regroup(own).map((run): Run => ({ ...run, placeId, source, settled: false })),
    );
    await deleteRunsAt(tx.db, placeId);
    await insertRuns(tx.db, runs);
    const keys = (list: readonly Run[]) => new Set(list.map(keyOf));
    const [was, is] = [keys(before), keys(runs)];
    added.push(...runs.filter((run) => !was.has(keyOf(run))));
    removed.push(...before.filter((run) => !is.has(keyOf(run))));
  }
  return { added, removed };
}

function keyOf({ source, first, inventoryId }: Run): string {
  return `${source} ${first} ${inventoryId}`;
}
