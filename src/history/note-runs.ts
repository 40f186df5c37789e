import type { Knex } from 'knex';
import type { Source } from '../ports/bundle-format.ts';
import type { Moment } from './derive/look.ts';
import { regroup } from './derive/regroup.ts';
import { deleteRun, insertRuns, latestRuns, type Run, runsAround } from './run-store.ts';
import { neighbours, type Sighting } from './snapshot-store.ts';

/** What new looks of one source at one place changed in its runs. */
export interface NotedRuns {
  placeId: string;
  source: Source;
  sightings: Sighting[];
  /** The run that was the newest before; undefined: the source had never looked here, or the looks are not newer. */
  before: Run | undefined;
  added: Run[];
  removed: Run[];
  /** All looks are newer than any look at the place by any source. */
  newest: boolean;
}

/** Works the looks, whose rows are written already, into the runs. The places are locked. */
export async function noteRuns(db: Knex.Transaction, sightings: readonly Sighting[]): Promise<NotedRuns[]> {
  const latest = Map.groupBy(
    await latestRuns(db, [...new Set(sightings.map(({ placeId }) => placeId))]),
    ({ placeId }) => placeId,
  );
  const groups = Map.groupBy(sightings, ({ placeId, source }) => `${placeId} ${source}`);
  const noted: NotedRuns[] = [];
  const widened: Run[] = [];
  for (const own of groups.values()) {
    const [first] = own;
    if (first === undefined) continue;
    const { placeId, source } = first;
    const here = latest.get(placeId) ?? [];
    const mine = here.filter((run) => run.source === source);
    const sorted = own.toSorted((a, b) => (a.at < b.at ? -1 : 1));
    const start = sorted[0]?.at ?? '';
    const single = new Set(sorted.map(({ at }) => at)).size === sorted.length;
    if (single && mine.length < 2 && mine.every(({ last }) => last < start)) {
      const appended = append(mine[0], sorted);
      widened.push(...appended.changed);
      const newest = here.every(({ last }) => last < start);
      noted.push({ placeId, source, sightings: sorted, before: mine[0], added: appended.added, removed: [], newest });
    } else {
      noted.push({
        placeId,
        source,
        sightings: sorted,
        before: undefined,
        ...(await insert(db, sorted)),
        newest: false,
      });
    }
  }
  await insertRuns(db, widened);
  return noted;
}

/** After everything that the source has said. */
function append(latest: Run | undefined, sorted: readonly Sighting[]): { changed: Run[]; added: Run[] } {
  const added: Run[] = [];
  let open = latest === undefined ? undefined : { ...latest };
  const changed = new Set<Run>();
  for (const { placeId, source, at, inventoryId } of sorted) {
    if (open === undefined || open.inventoryId !== inventoryId) {
      open = { placeId, source, first: at, last: at, inventoryId, settled: false };
      added.push(open);
    }
    open.last = at;
    changed.add(open);
  }
  return { changed: [...changed], added };
}

/** Somewhere before the newest: what is around each look is grouped anew. */
async function insert(db: Knex.Transaction, sorted: readonly Sighting[]): Promise<{ added: Run[]; removed: Run[] }> {
  const before = new Map<string, Run>();
  const after = new Map<string, Run>();
  for (const { placeId, source, at } of sorted) {
    const around = await runsAround(db, { placeId, source, from: at, to: at });
    const looks = [
      ...around.flatMap(({ first, last, inventoryId }) => [first, last].map((moment) => ({ at: moment, inventoryId }))),
      ...(await neighbours(db, { placeId, source, at })),
    ];
    const runs = regroup(looks).map((run) => ({ ...run, placeId, source, settled: false }));
    const wanted = new Map(runs.map((run) => [keyOf(run), run]));
    for (const run of around) {
      if (!after.has(keyOf(run))) before.set(keyOf(run), run);
      after.delete(keyOf(run));
      if (!wanted.has(keyOf(run))) await deleteRun(db, run);
    }
    for (const run of runs) after.set(keyOf(run), run);
    await insertRuns(db, runs);
  }
  return {
    added: [...after].filter(([key]) => !before.has(key)).map(([, run]) => run),
    removed: [...before].filter(([key]) => !after.has(key)).map(([, run]) => run),
  };
}

function keyOf({ first, inventoryId }: { first: Moment; inventoryId: number }): string {
  return `${first} ${inventoryId}`;
}
