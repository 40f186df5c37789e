import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import type { HostEvidence } from '../ports/bundle-format.ts';
import type { Moment } from './derive/look.ts';

/** A server that nobody registered and that bundles speak of. It exists, so it was received; where, nobody has said. */
export const STATE_OF_SEEN = 'RECEIVED';

export async function insertSeenAssets(
  db: Knex.Transaction,
  assets: readonly { id: string; evidence: HostEvidence }[],
  now: Moment,
): Promise<void> {
  await insertRows(
    db,
    'assets',
    [
      'id',
      'name',
      'vendor_serial',
      'asset_tag',
      'manufacturer',
      'model',
      'system_uuid',
      'lifecycle_state',
      'state_reason',
      'state_since',
      'origin',
      'created_at',
      'updated_at',
    ],
    assets
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, evidence }) => [
        id,
        cut(evidence.hostName, 64),
        cut(evidence.productSerial, 100),
        cut(evidence.assetTag, 64),
        cut(evidence.manufacturer, 100),
        cut(evidence.model, 150),
        cut(evidence.systemUuid?.toLowerCase() ?? null, 64),
        STATE_OF_SEEN,
        'known from what was collected from it; nobody has registered it',
        now,
        'history',
        now,
        now,
      ]),
    'id = id',
  );
}

function cut(text: string | null, length: number): string | null {
  return text === null ? null : text.slice(0, length);
}

export async function existingAssets(db: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows = await inParts(ids, (part) => db('assets').whereIn('id', part).select('id'));
  return new Set(rows.map((row: { id: string }) => String(row.id)));
}

/**
 * A server without any evidence left has proved to be another one; a registered one stays what it is.
 * @returns whether it is something else than it was before
 */
export async function markMerged(db: Knex.Transaction, assetId: string, into: string | null): Promise<boolean> {
  const changed = await db('assets')
    .where({ id: assetId, origin: 'history' })
    .andWhereRaw('NOT merged_into <=> ?', [into])
    .update({ merged_into: into });
  return changed > 0;
}

/** Of those that there are: the server that each proved to be, or null. */
export async function mergedInto(db: Knex, ids: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await inParts(ids, (part) => db('assets').whereIn('id', part).select('id', 'merged_into'));
  return new Map(
    rows.map((row: Record<string, unknown>) => [
      String(row['id']),
      row['merged_into'] === null ? null : String(row['merged_into']),
    ]),
  );
}

export async function firstSeen(db: Knex, ids: readonly string[]): Promise<Map<string, Moment | null>> {
  const rows = await inParts(ids, (part) => db('assets').whereIn('id', part).select('id', 'first_seen_at'));
  return new Map(
    rows.map((row: Record<string, unknown>) => [
      String(row['id']),
      row['first_seen_at'] === null ? null : String(row['first_seen_at']),
    ]),
  );
}

export async function setFirstSeen(db: Knex.Transaction, moments: ReadonlyMap<string, Moment | null>): Promise<void> {
  await inParts([...moments], async (part) => {
    // With few servers MariaDB would rather read, and lock, all of them.
    const cases = part.map(() => 'WHEN ? THEN ?').join(' ');
    const keys = part.map(() => '?').join(', ');
    const values = [...part.flat(), ...part.map(([id]) => id)] as Knex.RawBinding[];
    await db.raw(
      `UPDATE assets FORCE INDEX (PRIMARY) SET first_seen_at = CASE id ${cases} END WHERE id IN (${keys})`,
      values,
    );
    return [];
  });
}
