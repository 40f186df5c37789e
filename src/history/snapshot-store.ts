import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { packIds, unpackIds } from './packed-ids.ts';
import type { Source } from '../ports/bundle-format.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import type { Moment } from './derive/look.ts';
import { type AbsentPart, observationIdOf, type PreparedSnapshot, sourceNumber, sourceOf } from './identity/prepare.ts';

/** An inventory as a run needs it: which observations, what it covers, what it names as gone. */
export interface Inventory {
  id: number;
  hash: string;
  source: Source;
  /** Of the observations, as UUIDs without hyphens. */
  shows: string[];
  scope: ComponentKind[];
  absent: AbsentPart[];
}

/** @returns by hash, and the hashes of those that were not there before */
export async function ensureInventories(
  db: Knex.Transaction,
  snapshots: readonly PreparedSnapshot[],
  now: Moment,
): Promise<{ ids: Map<string, number>; fresh: Set<string> }> {
  const byHash = new Map(snapshots.map((snapshot) => [snapshot.hash.toString('hex'), snapshot]));
  const hashes = [...byHash.keys()].toSorted();
  const ids = await inventoryIds(db, hashes);
  const fresh = hashes.filter((hash) => !ids.has(hash));
  if (fresh.length === 0) return { ids, fresh: new Set() };
  await insertRows(
    db,
    'inventories',
    ['hash', 'card_id', 'source', 'scope', 'facts', 'observations', 'absent', 'created_at'],
    fresh.map((hash) => {
      const snapshot = byHash.get(hash) as PreparedSnapshot;
      const shows = snapshot.parts.map(({ text }) => observationIdOf(snapshot.card, snapshot.source, text));
      return [
        snapshot.hash,
        snapshot.card.id,
        sourceNumber(snapshot.source),
        snapshot.scope.join(','),
        JSON.stringify(snapshot.facts),
        packIds(shows),
        snapshot.absent.length === 0 ? null : JSON.stringify(snapshot.absent),
        now,
      ];
    }),
    'id = id',
  );
  for (const [hash, id] of await inventoryIds(db, fresh)) ids.set(hash, id);
  return { ids, fresh: new Set(fresh) };
}

export async function inventoryIds(db: Knex, hashes: readonly string[]): Promise<Map<string, number>> {
  const rows = await inParts(hashes, (part) =>
    db('inventories')
      .whereIn(
        'hash',
        part.map((hash) => Buffer.from(hash, 'hex')),
      )
      .select('id', 'hash'),
  );
  return new Map(rows.map((row: { id: number; hash: Buffer }) => [row.hash.toString('hex'), Number(row.id)]));
}

export async function loadInventories(db: Knex, ids: readonly number[]): Promise<Map<number, Inventory>> {
  const rows = await inParts([...new Set(ids)], (part) =>
    db('inventories').whereIn('id', part).select('id', 'hash', 'source', 'scope', 'observations', 'absent'),
  );
  return new Map(rows.map((row: Record<string, unknown>) => [Number(row['id']), toInventory(row)]));
}

function toInventory(row: Record<string, unknown>): Inventory {
  const scope = String(row['scope']);
  return {
    id: Number(row['id']),
    hash: (row['hash'] as Buffer).toString('hex'),
    source: sourceOf(Number(row['source'])),
    shows: unpackIds(row['observations'] as Buffer),
    scope: scope === '' ? [] : (scope.split(',') as ComponentKind[]),
    absent: fromJsonOrNull<AbsentPart[]>(row['absent']) ?? [],
  };
}

/** One look of one source at one place. */
export interface Sighting {
  placeId: string;
  source: Source;
  at: Moment;
  inventoryId: number;
  bundleId: number;
}

export async function insertSnapshots(db: Knex.Transaction, sightings: readonly Sighting[]): Promise<void> {
  await insertRows(
    db,
    'snapshots',
    ['place_id', 'source', 'collected_at', 'inventory_id', 'bundle_id'],
    sightings
      .toSorted((a, b) => (a.placeId + a.at < b.placeId + b.at ? -1 : 1))
      .map(({ placeId, source, at, inventoryId, bundleId }) => [
        placeId,
        sourceNumber(source),
        at,
        inventoryId,
        bundleId,
      ]),
    'bundle_id = bundle_id',
  );
}

/** All single looks at these places, for components that were seen at several: there it matters what lies between two looks. */
export async function loadSightings(db: Knex, placeIds: readonly string[]): Promise<Omit<Sighting, 'bundleId'>[]> {
  const rows = await inParts(placeIds, (part) =>
    db('snapshots').whereIn('place_id', part).distinct('place_id', 'source', 'collected_at', 'inventory_id'),
  );
  return rows.map((row: Record<string, unknown>) => ({
    placeId: String(row['place_id']),
    source: sourceOf(Number(row['source'])),
    at: String(row['collected_at']),
    inventoryId: Number(row['inventory_id']),
  }));
}

/** The looks of one source around a moment: the nearest before, those at it, the nearest after. */
export async function neighbours(
  db: Knex,
  want: { placeId: string; source: Source; at: Moment },
): Promise<{ at: Moment; inventoryId: number }[]> {
  const { placeId, source, at } = want;
  const here = () =>
    db('snapshots')
      .where({ place_id: placeId, source: sourceNumber(source) })
      .distinct('collected_at', 'inventory_id');
  const [before] = await here().where('collected_at', '<', at).orderBy('collected_at', 'desc').limit(1);
  const [after] = await here().where('collected_at', '>', at).orderBy('collected_at').limit(1);
  const moments = [before?.collected_at, at, after?.collected_at].filter((moment) => moment !== undefined);
  const rows: Record<string, unknown>[] = await here().whereIn('collected_at', moments);
  return rows.map((row) => ({ at: String(row['collected_at']), inventoryId: Number(row['inventory_id']) }));
}

/** The looks that showed this evidence belong to another place. */
export async function moveSnapshots(db: Knex.Transaction, cardId: string, from: string, to: string): Promise<void> {
  const inventories: { id: number }[] = await db('inventories').where({ card_id: cardId }).select('id');
  await inParts(
    inventories.map(({ id }) => id),
    async (part) => {
      await db('snapshots').where({ place_id: from }).whereIn('inventory_id', part).update({ place_id: to });
      return [];
    },
  );
}

/** What a bundle said at these places. */
export async function snapshotsOf(
  db: Knex,
  bundleId: number,
  placeIds: readonly string[],
): Promise<{ hash: string; at: Moment }[]> {
  const rows = await inParts(placeIds, (part) =>
    db('snapshots')
      .join('inventories', 'inventories.id', 'snapshots.inventory_id')
      .whereIn('snapshots.place_id', part)
      .andWhere('snapshots.bundle_id', bundleId)
      .select('snapshots.collected_at', 'inventories.hash'),
  );
  return rows.map((row: Record<string, unknown>) => ({
    hash: (row['hash'] as Buffer).toString('hex'),
    at: String(row['collected_at']),
  }));
}

export async function removeSnapshots(
  db: Knex.Transaction,
  bundleId: number,
  placeIds: readonly string[],
): Promise<void> {
  await db('snapshots').whereIn('place_id', placeIds).andWhere('bundle_id', bundleId).delete();
}
