import type { Knex } from 'knex';

/** By id. */
export async function placesWithSnapshots(db: Knex, after: string | null, limit: number): Promise<string[]> {
  const query = db('snapshots').distinct('place_id').orderBy('place_id').limit(limit);
  if (after !== null) void query.where('place_id', '>', after);
  return (await query).map((row: { place_id: string }) => String(row.place_id));
}

/** Looks that are kept at another place than the evidence that they showed. */
export async function strayLooks(
  db: Knex,
  placeIds: readonly string[],
): Promise<{ placeId: string; cardId: string }[]> {
  const rows: Record<string, unknown>[] = await db('snapshots')
    .join('inventories', 'inventories.id', 'snapshots.inventory_id')
    .leftJoin('identity_cards', 'identity_cards.id', 'inventories.card_id')
    .whereIn('snapshots.place_id', placeIds)
    .andWhereRaw('NOT identity_cards.place_id <=> snapshots.place_id')
    .distinct('snapshots.place_id', 'inventories.card_id');
  return rows.map((row) => ({ placeId: String(row['place_id']), cardId: String(row['card_id']) }));
}
