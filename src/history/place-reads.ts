import type { Knex } from 'knex';

/** By id. */
export async function placesWithSnapshots(db: Knex, after: string | null, limit: number): Promise<string[]> {
  const query = db('snapshots').distinct('place_id').orderBy('place_id').limit(limit);
  if (after !== null) void query.where('place_id', '>', after);
  return (await query).map((row: { place_id: string }) => String(row.place_id));
}
