import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { type RemovalReason, REMOVAL_REASONS } from './derive/look.ts';
import type { FailureMode } from './failure-modes.ts';
import { SURE } from './failure-store.ts';
import { toMoment } from './moment.ts';

export interface SummaryFilter {
  by: 'kind' | 'lot' | 'model';
  kind?: string | undefined;
  lotId?: string | undefined;
  /** ISO 8601: from <= happened at < to. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface FailureGroup {
  kind: string;
  /** null where it is not asked for, or where nobody could tell. */
  lot: string | null;
  vendor: string | null;
  model: string | null;
  /** `sure`: those that are sure enough to explain a removal. `parts`: how many parts they are about, each counted once per mode. */
  failures: {
    total: number;
    sure: number;
    byMode: Partial<Record<FailureMode, { total: number; sure: number; parts: number }>>;
  };
  removals: { total: number; byReason: Record<RemovalReason, number> };
}

/**
 * What failed and what was taken out of servers, by class of part. Apart from each other: a removal that somebody planned is no failure,
 * and a part that failed may still be in its server.
 */
export async function countFailures(ctx: Ctx, filter: SummaryFilter): Promise<FailureGroup[]> {
  const groups = new Map<string, FailureGroup>();
  const groupOf = (row: Record<string, unknown>): FailureGroup => {
    const text = (name: string) => (row[name] === null || row[name] === undefined ? null : String(row[name]));
    const who = { kind: String(row['kind']), lot: text('lot'), vendor: text('vendor'), model: text('model') };
    const key = JSON.stringify(who);
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: FailureGroup = {
      ...who,
      failures: { total: 0, sure: 0, byMode: {} },
      removals: { total: 0, byReason: { failed: 0, planned: 0, moved: 0, unknown: 0 } },
    };
    groups.set(key, group);
    return group;
  };
  for (const row of await failuresByMode(ctx.db, filter)) {
    const { failures } = groupOf(row);
    const [total, sure] = [Number(row['total']), Number(row['sure'])];
    failures.total += total;
    failures.sure += sure;
    failures.byMode[row['mode'] as FailureMode] = { total, sure, parts: Number(row['parts']) };
  }
  for (const row of await removalsByReason(ctx.db, filter)) {
    const { removals } = groupOf(row);
    const reason = REMOVAL_REASONS.find((one) => one === row['reason']) ?? 'unknown';
    removals.total += Number(row['total']);
    removals.byReason[reason] += Number(row['total']);
  }
  const weight = ({ failures, removals }: FailureGroup) => failures.total + removals.total;
  return [...groups.values()].toSorted((a, b) => weight(b) - weight(a));
}

async function failuresByMode(db: Knex, filter: SummaryFilter): Promise<Record<string, unknown>[]> {
  const query = db('failure_events')
    .join('components', 'components.id', 'failure_events.component_id')
    .whereNull('failure_events.withdrawn_at')
    .groupBy('failure_events.mode')
    .select({ mode: 'failure_events.mode' })
    .count({ total: '*' })
    .countDistinct({ parts: 'failure_events.component_id' })
    .select({ sure: db.raw('sum(failure_events.confidence >= ?)', [SURE]) });
  narrow(query, filter, 'failure_events.occurred_at');
  return query;
}

/** Out of servers. Whoever only changed the slot within one server was not taken out of it. */
async function removalsByReason(db: Knex, filter: SummaryFilter): Promise<Record<string, unknown>[]> {
  const query = db('installations')
    .join('components', 'components.id', 'installations.component_id')
    .whereNotNull('installations.asset_id')
    .whereNotNull('installations.removed_at')
    .whereNotExists(
      db({ later: 'installations' })
        .whereRaw('later.component_id = installations.component_id')
        .whereRaw('later.asset_id = installations.asset_id')
        .whereRaw('later.installed_at = installations.removed_at')
        .select('later.id'),
    )
    .groupBy('installations.removal_reason')
    .select({ reason: 'installations.removal_reason' })
    .count({ total: '*' });
  narrow(query, filter, 'installations.removed_at');
  return query;
}

function narrow(query: Knex.QueryBuilder, filter: SummaryFilter, time: string): void {
  void query.select({ kind: 'components.kind' }).groupBy('components.kind');
  if (filter.by === 'lot')
    void query.leftJoin('lots', 'lots.id', 'components.lot_id').select({ lot: 'lots.code' }).groupBy('lots.code');
  if (filter.by === 'model')
    void query
      .select({ vendor: 'components.vendor', model: 'components.model' })
      .groupBy('components.vendor', 'components.model');
  if (filter.kind !== undefined) void query.where('components.kind', filter.kind);
  if (filter.lotId !== undefined) void query.where('components.lot_id', filter.lotId);
  if (filter.from !== undefined) void query.where(time, '>=', toMoment(filter.from));
  if (filter.to !== undefined) void query.where(time, '<', toMoment(filter.to));
}
