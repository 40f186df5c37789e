import type { Knex } from 'knex';
import { newId } from '../core/id.ts';
import { canonicalJson, fromJson } from '../core/json.ts';
import { toSql } from '../core/time.ts';

/**
 * Keeps what one source said. Consecutive equal ones widen the last row, so that an unchanged server costs an update.
 * @returns whether it differs from the one before
 */
export async function keepSnapshot(
  db: Knex.Transaction,
  snapshot: {
    assetId: string;
    source: string;
    collectedAt: string;
    hash: string;
    body: unknown;
    scope: string[];
    warnings: string[];
  },
): Promise<boolean> {
  const collectedAt = toSql(snapshot.collectedAt);
  const scope = JSON.stringify(snapshot.scope.toSorted());
  await db.raw('INSERT IGNORE INTO inventories (hash, body, created_at) VALUES (?, ?, utc_timestamp(6))', [
    snapshot.hash,
    canonicalJson(snapshot.body),
  ]);
  const [last] = await db('snapshots')
    .where({ asset_id: snapshot.assetId, source: snapshot.source })
    .orderBy('last_collected_at', 'desc')
    .limit(1)
    .select('id', 'inventory_hash', 'scope', 'last_collected_at', 'first_collected_at');
  const same =
    last &&
    last.inventory_hash === snapshot.hash &&
    JSON.stringify(fromJson(last.scope)) === scope &&
    last.last_collected_at <= collectedAt;
  if (same) {
    await db('snapshots')
      .where({ asset_id: snapshot.assetId, first_collected_at: last.first_collected_at, id: last.id })
      .update({
        last_collected_at: collectedAt,
        sightings: db.raw('sightings + 1'),
        warnings: JSON.stringify(snapshot.warnings),
      });
    return false;
  }
  await db('snapshots').insert({
    id: newId(),
    asset_id: snapshot.assetId,
    source: snapshot.source,
    first_collected_at: collectedAt,
    last_collected_at: collectedAt,
    inventory_hash: snapshot.hash,
    scope,
    warnings: JSON.stringify(snapshot.warnings),
  });
  return true;
}
