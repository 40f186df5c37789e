import type { Knex } from 'knex';
import type { Affected } from './find-affected.ts';
import { openComponents } from './observation-store.ts';
import { markSettled } from './run-store.ts';

/**
 * A run is settled when all that it shows is believed to be where it says, and nothing else that it should show: then one more look
 * that says the same cannot change anything.
 */
export async function settleRuns(db: Knex.Transaction, newest: Affected['newest']): Promise<void> {
  const candidates = newest.filter(({ run }) => run.removed.length === 0 && run.newest);
  const open = await openComponents(db, [...new Set(candidates.map(({ run }) => run.placeId))]);
  const settled = candidates.filter(({ run, shows, scope }) => {
    const here = open.get(run.placeId) ?? new Map<string, never>();
    const shown = new Set(shows);
    return shows.every((id) => here.has(id)) && [...here].every(([id, kind]) => shown.has(id) || !scope.includes(kind));
  });
  const latest = settled.flatMap(({ run }) => run.added.at(-1) ?? run.before ?? []);
  await markSettled(
    db,
    latest.filter((run) => !run.settled),
  );
}
