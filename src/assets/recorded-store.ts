import type { Knex } from 'knex';
import { inParts } from '../core/insert-rows.ts';
import { toSql } from '../core/time.ts';
import { type PlacedAsset, toAsset } from './store.ts';

/** Locked; and where nobody is recorded as it, nobody else is before this transaction ends. */
export async function lockAssetRecordedAs(db: Knex.Transaction, recordId: string): Promise<PlacedAsset | undefined> {
  const [row] = await db('assets').where({ record_id: recordId }).forUpdate().select('*');
  return row ? toAsset(row) : undefined;
}

/** Servers at one of these locations get the word that stands for its site, or for the rack itself, where they have another one. */
export async function writePlaceText(
  db: Knex.Transaction,
  locationIds: readonly string[],
  text: { column: 'site' | 'rack'; value: string | null },
  now: Date,
): Promise<void> {
  const { column, value } = text;
  await inParts(locationIds, async (part) => {
    // With few servers MariaDB would rather read, and lock, all of them.
    await db.raw(
      `UPDATE assets FORCE INDEX (assets_location) SET ?? = ?, updated_at = ?, version = version + 1
       WHERE location_id IN (${part.map(() => '?').join(', ')}) AND NOT ?? <=> ?`,
      [column, value, toSql(now), ...part, column, value],
    );
    return [];
  });
}
