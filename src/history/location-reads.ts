import type { Knex } from 'knex';
import { inParts } from '../core/insert-rows.ts';

export async function existingLocations(db: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows = await inParts(ids, (part) => db('locations').whereIn('id', part).select('id'));
  return new Set(rows.map((row: { id: string }) => String(row.id)));
}
