import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx, TxCtx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { normalizeMac } from '../core/mac.ts';
import { toIsoOrNull, toSql } from '../core/time.ts';
import { findProjects, type NamedProject } from '../customers/reads.ts';
import { findPlaces, type InRack, type Place, withinLocation } from '../locations/reads.ts';
import { lifecycle, type LifecycleState } from './model.ts';
import { type Asset, type PlacedAsset, toAsset } from './store.ts';

export type { Asset, PlacedAsset };
export { findAssetsByNames, type NamedAsset } from './named-reads.ts';
export {
  isFoundBy,
  pageOfRecorded,
  type RecordedAsset,
  recordedById,
  recordedWith,
  standingAt,
} from './recorded-reads.ts';

export async function findAsset(ctx: Ctx, id: string): Promise<PlacedAsset | undefined> {
  const [row] = await ctx.db('assets').where({ id }).select('*');
  return row ? toAsset(row) : undefined;
}

/** By whatever a report may call a server: our id, its serial, its name or its asset tag. Several matches are none. */
export async function findAssetByName(ctx: Ctx, name: string): Promise<Asset | undefined> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name)) return findAsset(ctx, name);
  for (const column of ['vendor_serial', 'name', 'asset_tag']) {
    const rows = await ctx
      .db('assets')
      .where({ [column]: name })
      .whereNull('merged_into')
      .limit(2)
      .select('*');
    if (rows.length === 1) return toAsset(rows[0]);
  }
  return undefined;
}

/** Those whose BMC has this address; at most two, for who asks whether it is one. */
export async function findAssetsByBmcAddress(ctx: Ctx, address: string): Promise<Asset[]> {
  const rows = await ctx.db('assets').where({ bmc_address: address }).whereNull('merged_into').limit(2).select('*');
  return rows.map(toAsset);
}

export interface AssetFilter {
  state?: LifecycleState | undefined;
  site?: string | undefined;
  rack?: string | undefined;
  serial?: string | undefined;
  manufacturer?: string | undefined;
  model?: string | undefined;
  projectId?: string | undefined;
  /** There, or in anything that is in it. */
  locationId?: string | undefined;
  /** Beginning of a name, serial or asset tag; or a whole MAC or address of a BMC. */
  q?: string | undefined;
  /** Only those that have been in their state longer than it allows. */
  stuck?: boolean | undefined;
  order: Order<PlacedAsset>;
  limit: number;
}

export const ASSET_ORDER: SortColumns<PlacedAsset> = {
  name: { column: 'assets.name', kind: 'text', of: (asset) => asset.name },
  serial: { column: 'assets.vendor_serial', kind: 'text', of: (asset) => asset.serial },
  asset_tag: { column: 'assets.asset_tag', kind: 'text', of: (asset) => asset.assetTag },
  manufacturer: { column: 'assets.manufacturer', kind: 'text', of: (asset) => asset.manufacturer },
  model: { column: 'assets.model', kind: 'text', of: (asset) => asset.model },
  site: { column: 'assets.site', kind: 'text', of: (asset) => asset.site },
  rack: { column: 'assets.rack', kind: 'text', of: (asset) => asset.rack },
  state: { column: 'assets.lifecycle_state', kind: 'text', of: (asset) => asset.state },
  state_since: { column: 'assets.state_since', kind: 'time', of: (asset) => asset.stateSince },
  inspected_at: { column: 'assets.inspected_at', kind: 'time', of: (asset) => asset.inspectedAt },
  created_at: { column: 'assets.created_at', kind: 'time', of: (asset) => asset.createdAt },
  updated_at: { column: 'assets.updated_at', kind: 'time', of: (asset) => asset.updatedAt },
};

/** Without those that proved to be another one of them. */
export async function listAssets(ctx: Ctx, filter: AssetFilter): Promise<PlacedAsset[]> {
  const query = ctx.db('assets').whereNull('assets.merged_into').limit(filter.limit);
  if (filter.state) void query.where('assets.lifecycle_state', filter.state);
  if (filter.site) void query.where('assets.site', filter.site);
  if (filter.rack) void query.where('assets.rack', filter.rack);
  if (filter.serial) void query.where('assets.vendor_serial', filter.serial);
  if (filter.manufacturer) void query.where('assets.manufacturer', filter.manufacturer);
  if (filter.model) void query.where('assets.model', filter.model);
  if (filter.projectId) void query.where('assets.project_id', filter.projectId);
  if (filter.locationId) void query.whereRaw('assets.location_id IN ?', [withinLocation(ctx, filter.locationId)]);
  if (filter.q) {
    const { q } = filter;
    const beginning = `${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    void query.where((any) => {
      // People do not type the case that the label has.
      for (const column of ['name', 'vendor_serial', 'asset_tag']) {
        void any.orWhereRaw('?? COLLATE utf8mb4_general_ci LIKE ?', [`assets.${column}`, beginning]);
      }
      void any.orWhere('assets.bmc_mac', normalizeMac(q) ?? '').orWhere('assets.bmc_address', q);
    });
  }
  if (filter.stuck) {
    void query.where((any) => {
      for (const [state, hours] of Object.entries(lifecycle.timeLimitHours)) {
        const since = toSql(new Date(ctx.now().getTime() - hours * 3_600_000));
        void any.orWhere((one) =>
          one.where('assets.lifecycle_state', state).andWhere('assets.state_since', '<', since),
        );
      }
    });
  }
  inOrder(query, 'assets.id', filter.order);
  return (await query.select('assets.*')).map(toAsset);
}

/** A server with the names of where it stands and whom it serves, and what its history says of it as a whole. */
export type ShownAsset = PlacedAsset & {
  place: Place | null;
  project: NamedProject | null;
  /** The server that it proved to be. */
  mergedInto?: string | null;
  firstSeenAt?: string | null;
};

export async function withNames(ctx: Ctx, assets: readonly PlacedAsset[]): Promise<ShownAsset[]> {
  const idsOf = (field: 'locationId' | 'projectId'): string[] => assets.flatMap((asset) => asset[field] ?? []);
  const places = await findPlaces(ctx, idsOf('locationId'));
  const projects = await findProjects(ctx, idsOf('projectId'));
  const seen = await ofHistory(
    ctx,
    assets.map(({ id }) => id),
  );
  return assets.map((asset) => ({
    ...asset,
    ...seen.get(asset.id),
    place: places.get(asset.locationId ?? '') ?? null,
    project: projects.get(asset.projectId ?? '') ?? null,
  }));
}

async function ofHistory(
  ctx: Ctx,
  ids: readonly string[],
): Promise<Map<string, { mergedInto: string | null; firstSeenAt: string | null }>> {
  const rows = await inParts(ids, (part) =>
    ctx.db('assets').whereIn('id', part).select('id', 'merged_into', 'first_seen_at'),
  );
  return new Map(
    rows.map((row: { id: string; merged_into: string | null; first_seen_at: string | null }) => [
      String(row.id),
      { mergedInto: row.merged_into, firstSeenAt: toIsoOrNull(row.first_seen_at) },
    ]),
  );
}

/** What is directly there, from the lowest unit up, then by name. */
export async function assetsAt(
  ctx: Ctx,
  locationId: string,
  limit: number,
): Promise<(Omit<InRack, 'position'> & { position: number | null })[]> {
  const rows = await ctx
    .db('assets')
    .where({ location_id: locationId })
    .orderBy([{ column: 'position' }, { column: 'name' }, { column: 'id' }])
    .limit(limit)
    .select('*');
  return rows.map(toAsset).map(({ id, name, serial, position, heightU }) => ({ id, name, serial, position, heightU }));
}

/** What is mounted in a rack. Its row must be locked: then nobody adds to them before this transaction ends. */
export async function assetsInRack(tx: TxCtx, rackId: string): Promise<InRack[]> {
  const rows = await tx.db('assets').where({ location_id: rackId }).whereNotNull('position').forShare().select('*');
  return rows.map(toAsset).flatMap(({ id, name, serial, position, heightU }) => {
    return position === null ? [] : [{ id, name, serial, position, heightU }];
  });
}

/** What up to four of the servers there are called; held, so that none is taken away at the same moment. */
export async function assetsIn(tx: TxCtx, where: { projectId: string } | { locationId: string }): Promise<string[]> {
  const column = 'projectId' in where ? { project_id: where.projectId } : { location_id: where.locationId };
  const rows = await tx.db('assets').where(column).limit(4).forShare().select('id', 'name', 'vendor_serial');
  return rows.map((row) => String(row.name ?? row.vendor_serial ?? row.id));
}

export async function countByState(ctx: Ctx): Promise<Record<string, number>> {
  const rows: { lifecycle_state: string; n: number }[] = await ctx
    .db('assets')
    .whereNull('merged_into')
    .groupBy('lifecycle_state')
    .select('lifecycle_state')
    .count({ n: '*' });
  return Object.fromEntries(rows.map((row) => [row.lifecycle_state, Number(row.n)]));
}
