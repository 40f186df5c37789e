import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import type { Source } from '../ports/bundle-format.ts';
import type { Moment } from './derive/look.ts';
import { sourceNumber, sourceOf } from './identity/prepare.ts';

/** Consecutive looks of one source at one place that say the same. */
export interface Run {
  placeId: string;
  source: Source;
  first: Moment;
  last: Moment;
  inventoryId: number;
  settled: boolean;
}

export async function loadRuns(db: Knex, placeIds: readonly string[]): Promise<Run[]> {
  const rows = await inParts(placeIds, (part) => db('runs').whereIn('place_id', part).select('*'));
  return rows.map(toRun);
}

/** The newest run of each source at each place. */
export async function latestRuns(db: Knex, placeIds: readonly string[]): Promise<Run[]> {
  const rows = await inParts(placeIds, (part) =>
    db('runs')
      .join(
        db('runs')
          .whereIn('place_id', part)
          .groupBy('place_id', 'source')
          .select('place_id', 'source')
          .max({ first_at: 'first_at' })
          .as('newest'),
        (on) =>
          on
            .on('runs.place_id', 'newest.place_id')
            .andOn('runs.source', 'newest.source')
            .andOn('runs.first_at', 'newest.first_at'),
      )
      .select('runs.*'),
  );
  return rows.map(toRun);
}

/** Of one source at one place: those that reach into the span, and the one before it. */
export async function runsAround(
  db: Knex,
  want: { placeId: string; source: Source; from: Moment; to: Moment },
): Promise<Run[]> {
  const here = () => db('runs').where({ place_id: want.placeId, source: sourceNumber(want.source) });
  const [before] = await here()
    .where('first_at', '<', want.from)
    .orderBy('first_at', 'desc')
    .limit(1)
    .select('first_at');
  const [after] = await here().where('first_at', '>', want.to).orderBy('first_at').limit(1).select('first_at');
  const rows = await here()
    .where('first_at', '>=', before?.first_at ?? want.from)
    .andWhere('first_at', '<=', after?.first_at ?? want.to)
    .select('*');
  return rows.map(toRun);
}

export async function insertRuns(db: Knex.Transaction, runs: readonly Run[]): Promise<void> {
  await insertRows(
    db,
    'runs',
    ['place_id', 'source', 'first_at', 'inventory_id', 'last_at', 'settled'],
    runs
      .toSorted((a, b) => (a.placeId + a.first < b.placeId + b.first ? -1 : 1))
      .map((run) => [run.placeId, sourceNumber(run.source), run.first, run.inventoryId, run.last, run.settled ? 1 : 0]),
    'last_at = VALUES(last_at), settled = VALUES(settled)',
  );
}

export async function deleteRun(db: Knex.Transaction, run: Run): Promise<void> {
  await db('runs')
    .where({
      place_id: run.placeId,
      source: sourceNumber(run.source),
      first_at: run.first,
      inventory_id: run.inventoryId,
    })
    .delete();
}

/** Something was seen elsewhere that these places show: the next look at them must be thought about, even if it says nothing new. */
export async function unsettle(db: Knex.Transaction, placeIds: readonly string[]): Promise<void> {
  await inParts(placeIds, async (part) => {
    const keys = part.map(() => '?').join(', ');
    await db.raw(`UPDATE runs FORCE INDEX (PRIMARY) SET settled = 0 WHERE place_id IN (${keys}) AND settled = 1`, [
      ...part,
    ]);
    return [];
  });
}

function toRun(row: Record<string, unknown>): Run {
  return {
    placeId: String(row['place_id']),
    source: sourceOf(Number(row['source'])),
    first: String(row['first_at']),
    last: String(row['last_at']),
    inventoryId: Number(row['inventory_id']),
    settled: Number(row['settled']) === 1,
  };
}

export async function markSettled(db: Knex.Transaction, runs: readonly Run[]): Promise<void> {
  await inParts(runs, async (part) => {
    const one = '(place_id = ? AND source = ? AND first_at = ? AND inventory_id = ?)';
    await db.raw(
      `UPDATE runs FORCE INDEX (PRIMARY) SET settled = 1 WHERE ${part.map(() => one).join(' OR ')}`,
      part.flatMap((run) => [run.placeId, sourceNumber(run.source), run.first, run.inventoryId]),
    );
    return [];
  });
}

export async function deleteRunsAt(db: Knex.Transaction, placeId: string): Promise<void> {
  await db('runs').where({ place_id: placeId }).delete();
}
