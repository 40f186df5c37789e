import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { toIso, toSql } from '../core/time.ts';
import type { Feed, FeedLevel } from './model.ts';

const COLUMNS = ['asset_id', 'source', 'level', 'port', 'name', 'said', 'outlet', 'management', 'seen_at'];
const RENEWED = ['said', 'outlet', 'management', 'seen_at'].map((column) => `${column} = VALUES(${column})`).join(', ');

/** Keeps what a source says now; what it said before of the same ports stays until it is dropped. */
export async function saveFeeds(db: Knex.Transaction, feeds: readonly Feed[]): Promise<void> {
  const key = ({ assetId, source, level, port, name }: Feed): string => [assetId, source, level, port, name].join('\n');
  const rows = [...new Map(feeds.map((feed) => [key(feed), feed]))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, feed]) => [
      ...[feed.assetId, feed.source, feed.level, feed.port, feed.name, feed.said, feed.outlet, feed.management],
      toSql(feed.seenAt),
    ]);
  await insertRows(db, 'feeds', COLUMNS, rows, RENEWED);
}

/** What a source said of these servers before then, and has not said again. */
export async function dropFeedsBefore(
  db: Knex.Transaction,
  want: { source: string; level: FeedLevel; assetIds: readonly string[]; before: string; ports?: readonly string[] },
): Promise<void> {
  if (want.assetIds.length === 0) return;
  const query = db('feeds')
    .whereIn('asset_id', [...want.assetIds].toSorted())
    .where({ source: want.source, level: want.level })
    .where('seen_at', '<', toSql(want.before));
  if (want.ports !== undefined) void query.whereIn('port', [...want.ports]);
  await query.delete();
}

export function toFeed(row: Record<string, unknown>): Feed {
  return {
    assetId: String(row['asset_id']),
    source: String(row['source']),
    level: row['level'] as FeedLevel,
    port: String(row['port']),
    name: String(row['name']),
    said: String(row['said']),
    outlet: row['outlet'] === null ? null : String(row['outlet']),
    management: Number(row['management']) === 1,
    seenAt: toIso(String(row['seen_at'])),
  };
}
