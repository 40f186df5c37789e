import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import type { LifecycleState } from './model.ts';
import type { PlacedAsset } from './store.ts';

/** Of a server, what a system of record can know as well. */
export type RecordedAsset = Pick<
  PlacedAsset,
  | 'id'
  | 'name'
  | 'serial'
  | 'assetTag'
  | 'manufacturer'
  | 'model'
  | 'site'
  | 'rack'
  | 'position'
  | 'locationId'
  | 'state'
  | 'bmcMac'
  | 'bmcAddress'
  | 'recordId'
>;

/** Names as the values are compared by. */
const FOUND_BY = { name: 'name', serial: 'vendor_serial', asset_tag: 'asset_tag' } as const;

/**
 * By id, without those that proved to be another one, and without those that nobody has entered or found and only a bundle speaks of: as long
 * as nobody says where such a one is, it is nothing to be recorded. A few columns only: whole fleets go through here.
 */
export async function pageOfRecorded(ctx: Ctx, after: string | null, limit: number): Promise<RecordedAsset[]> {
  const query = recorded(ctx.db)
    .whereRaw("NOT (origin <=> 'history' AND location_id IS NULL AND site IS NULL AND record_id IS NULL)")
    .orderBy('id')
    .limit(limit);
  if (after !== null) void query.where('id', '>', after);
  return (await query).map(toRecorded);
}

export async function recordedById(ctx: Ctx, ids: readonly string[]): Promise<RecordedAsset[]> {
  return inParts([...new Set(ids)], async (part) => (await recorded(ctx.db).whereIn('id', part)).map(toRecorded));
}

/** Two systems hardly agree on upper and lower case. */
export async function recordedWith(
  ctx: Ctx,
  field: keyof typeof FOUND_BY,
  values: readonly string[],
): Promise<RecordedAsset[]> {
  return inParts([...new Set(values)], async (part) => {
    const list = part.map(() => '?').join(', ');
    const rows = await recorded(ctx.db)
      .whereRaw(`?? COLLATE utf8mb4_general_ci IN (${list})`, [FOUND_BY[field], ...part])
      .orderBy('id');
    return rows.map(toRecorded);
  });
}

/** Ids of servers that stand directly in one of these locations, or are only said, in words, to be in one of that name. */
export async function standingAt(
  ctx: Ctx,
  locations: readonly { id: string; name: string; type: string }[],
): Promise<string[]> {
  const ids = new Set<string>();
  const add = (rows: readonly { id: unknown }[]): void => {
    for (const { id } of rows) ids.add(String(id));
  };
  const servers = () => ctx.db('assets').whereNull('merged_into').select('id');
  add(
    await inParts(
      locations.map(({ id }) => id),
      (part): Promise<{ id: unknown }[]> => servers().whereIn('location_id', part),
    ),
  );
  for (const column of ['site', 'rack'] as const) {
    const names = locations.flatMap(({ type, name }) => (type === column ? [name] : []));
    add(
      await inParts(names, (part): Promise<{ id: unknown }[]> =>
        servers().whereNull('location_id').whereIn(column, part),
      ),
    );
  }
  return [...ids];
}

export function isFoundBy(field: string): field is keyof typeof FOUND_BY {
  return Object.hasOwn(FOUND_BY, field);
}

function recorded(db: Knex): Knex.QueryBuilder<Record<string, unknown>, Record<string, unknown>[]> {
  return db('assets')
    .whereNull('merged_into')
    .select(
      'id',
      'name',
      'vendor_serial',
      'asset_tag',
      'manufacturer',
      'model',
      'site',
      'rack',
      'position',
      'location_id',
      'lifecycle_state',
      'bmc_mac',
      'bmc_address',
      'record_id',
    );
}

function toRecorded(row: Record<string, unknown>): RecordedAsset {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    name: text('name'),
    serial: text('vendor_serial'),
    assetTag: text('asset_tag'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    site: text('site'),
    rack: text('rack'),
    position: row['position'] === null ? null : Number(row['position']),
    locationId: text('location_id'),
    state: String(row['lifecycle_state']) as LifecycleState,
    bmcMac: text('bmc_mac'),
    bmcAddress: text('bmc_address'),
    recordId: text('record_id'),
  };
}
