import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { withinLocation } from '../locations/reads.ts';
import { type Feed, type Feeder, type FeedLevel, feederName, feedersIn, sameFeeder } from './model.ts';
import { toFeed } from './store.ts';

export { type Feed, type Feeder, type FeedLevel, feederName, sameFeeder };

/** What feeds these servers; those of which nothing is known are left out. */
export async function feedersOf(ctx: Ctx, assetIds: readonly string[]): Promise<Map<string, Feeder[]>> {
  const rows = await inParts([...new Set(assetIds)], (part) => ctx.db('feeds').whereIn('asset_id', part).select('*'));
  const feeds = Map.groupBy(rows.map(toFeed), ({ assetId }) => assetId);
  return new Map([...feeds].map(([assetId, own]) => [assetId, feedersIn(own)]));
}

/** What hangs on PDUs or switches of this name, within a place. */
export interface Fed extends Feed {
  assetName: string | null;
  lifecycleState: string;
}

/** Empty: nobody knows of such a PDU or switch there. */
export async function fedBy(ctx: Ctx, want: { level: FeedLevel; name: string; placeId: string }): Promise<Fed[]> {
  const name = feederName(want.name);
  if (name === '') return [];
  const rows: Record<string, unknown>[] = await ctx
    .db('feeds')
    .join('assets', 'assets.id', 'feeds.asset_id')
    .where('feeds.level', want.level)
    .where((either) => named(either, name))
    .whereNull('assets.merged_into')
    .whereRaw('assets.location_id IN ?', [withinLocation(ctx, want.placeId)])
    .orderBy(['feeds.asset_id', 'feeds.source', 'feeds.port'])
    .select('feeds.*', { asset_name: 'assets.name', lifecycle_state: 'assets.lifecycle_state' });
  return rows.map((row) => ({
    ...toFeed(row),
    assetName: row['asset_name'] === null ? null : String(row['asset_name']),
    lifecycleState: String(row['lifecycle_state']),
  }));
}

/** As `sameFeeder` says. */
function named(query: Knex.QueryBuilder, name: string): void {
  const labels = name.split('.');
  const shorter = labels.map((_, at) => labels.slice(0, at + 1).join('.'));
  const longer = `${name.replaceAll(/[\\%_]/g, '\\$&')}.%`;
  void query.whereIn('feeds.name', shorter).orWhere('feeds.name', 'like', longer);
}
