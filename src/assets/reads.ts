import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { normalizeMac } from '../core/mac.ts';
import { toIso, toSql } from '../core/time.ts';
import type { InventoryBody } from './inventory-body.ts';
import { lifecycle, type LifecycleState } from './model.ts';
import { type Asset, toAsset } from './store.ts';

export type { Asset };

export async function findAsset(ctx: Ctx, id: string): Promise<Asset | undefined> {
  const [row] = await ctx.db('assets').where({ id }).select('*');
  return row ? toAsset(row) : undefined;
}

export async function findAssetByRecord(ctx: Ctx, recordId: string): Promise<Asset | undefined> {
  const [row] = await ctx.db('assets').where({ record_id: recordId }).select('*');
  return row ? toAsset(row) : undefined;
}

/** By whatever a report may call a server: our id, its serial, its name or its asset tag. Several matches are none. */
export async function findAssetByName(ctx: Ctx, name: string): Promise<Asset | undefined> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name)) return findAsset(ctx, name);
  for (const column of ['vendor_serial', 'name', 'asset_tag']) {
    const rows = await ctx
      .db('assets')
      .where({ [column]: name })
      .limit(2)
      .select('*');
    if (rows.length === 1) return toAsset(rows[0]);
  }
  return undefined;
}

export interface AssetFilter {
  state?: LifecycleState | undefined;
  site?: string | undefined;
  rack?: string | undefined;
  serial?: string | undefined;
  /** Beginning of a name, serial or asset tag; or a whole MAC or address of a BMC. */
  q?: string | undefined;
  /** Only those that have been in their state longer than it allows. */
  stuck?: boolean | undefined;
  after?: string | undefined;
  limit: number;
}

/** By id, which is by the order in which they became known. */
export async function listAssets(ctx: Ctx, filter: AssetFilter): Promise<Asset[]> {
  const query = ctx.db('assets').orderBy('assets.id').limit(filter.limit);
  if (filter.state) void query.where('assets.lifecycle_state', filter.state);
  if (filter.site) void query.where('assets.site', filter.site);
  if (filter.rack) void query.where('assets.rack', filter.rack);
  if (filter.serial) void query.where('assets.vendor_serial', filter.serial);
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
  if (filter.after) void query.where('assets.id', '>', filter.after);
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
  return (await query.select('assets.*')).map(toAsset);
}

export interface AssetInventory {
  source: string;
  firstCollectedAt: string;
  lastCollectedAt: string;
  scope: string[];
  warnings: string[];
  body: InventoryBody;
}

/** What was last seen in it; undefined when nobody has looked yet. */
export async function latestInventory(ctx: Ctx, assetId: string): Promise<AssetInventory | undefined> {
  const [row] = await ctx
    .db('snapshots')
    .join('inventories', 'inventories.hash', 'snapshots.inventory_hash')
    .where({ 'snapshots.asset_id': assetId })
    .orderBy('snapshots.last_collected_at', 'desc')
    .limit(1)
    .select('snapshots.*', 'inventories.body');
  if (!row) return undefined;
  return {
    source: row.source,
    firstCollectedAt: toIso(row.first_collected_at),
    lastCollectedAt: toIso(row.last_collected_at),
    scope: fromJson(row.scope),
    warnings: fromJson(row.warnings),
    body: fromJson(row.body),
  };
}

export async function countByState(ctx: Ctx): Promise<Record<string, number>> {
  const rows: { lifecycle_state: string; n: number }[] = await ctx
    .db('assets')
    .groupBy('lifecycle_state')
    .select('lifecycle_state')
    .count({ n: '*' });
  return Object.fromEntries(rows.map((row) => [row.lifecycle_state, Number(row.n)]));
}
