import type { Knex } from 'knex';
import { toSql } from './time.ts';

/** The last row of the page before. `time` is ISO 8601, with microseconds where there are any. */
export interface Before {
  time: string;
  id: string;
}

/**
 * Newest first, and after the page that ended with `before`, by (time, id): a page costs the same at any depth and never shifts
 * because something newer came. Not the row form `(time, id) < (?, ?)`, which scans.
 */
export function newestFirst(
  query: Knex.QueryBuilder,
  columns: { time: string; id: string },
  before: Before | undefined,
): void {
  void query.orderBy([
    { column: columns.time, order: 'desc' },
    { column: columns.id, order: 'desc' },
  ]);
  if (!before) return;
  const time = toSql(before.time);
  void query
    .where(columns.time, '<=', time)
    .andWhere((either) => either.where(columns.time, '<', time).orWhere(columns.id, '<', before.id));
}
