import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { Moment } from './derive/look.ts';
import type { FailureMode, FailureSource } from './failure-modes.ts';
import { toFailureRow } from './failure-store.ts';
import { ANYWHERE, linksTo } from './link-store.ts';
import { toMoment } from './moment.ts';

/** A failure with the part that it is about. Times are ISO 8601. */
export interface Failure {
  id: string;
  component: { id: string; kind: string; vendor: string | null; serial: string | null; model: string | null };
  /** Where the part was then, as it is known today; else where it was said to be. */
  assetId: string | null;
  assetName: string | null;
  occurredAfter: string | null;
  occurredAt: string;
  mode: FailureMode;
  source: FailureSource;
  sourceId: string | null;
  confidence: number;
  note: string | null;
  recordedBy: string;
  recordedAt: string;
  withdrawnAt: string | null;
  withdrawnBy: string | null;
}

export interface FailureFilter {
  componentId?: string | undefined;
  assetId?: string | undefined;
  kind?: string | undefined;
  lotId?: string | undefined;
  source?: FailureSource | undefined;
  mode?: FailureMode | undefined;
  /** ISO 8601: from <= occurred at < to. */
  from?: string | undefined;
  to?: string | undefined;
  withdrawn: 'no' | 'yes' | 'any';
  before?: Before | undefined;
  limit: number;
}

/** The latest first. */
export async function listFailures(ctx: Ctx, filter: FailureFilter): Promise<Failure[]> {
  const query = described(ctx.db).limit(filter.limit);
  if (filter.componentId !== undefined)
    void query.whereIn('failure_events.component_id', await saidAs(ctx.db, filter.componentId));
  if (filter.assetId !== undefined) {
    const { assetId } = filter;
    // The parts that were ever there, and only then each failure by its time.
    void query
      .where((there) =>
        there
          .where('failure_events.asset_id', assetId)
          .orWhereIn(
            'failure_events.component_id',
            ctx.db('installations').where({ asset_id: assetId }).select('component_id'),
          ),
      )
      .whereRaw(`coalesce(${ASSET_THEN}, failure_events.asset_id) = ?`, [assetId]);
  }
  if (filter.kind !== undefined) void query.where('components.kind', filter.kind);
  if (filter.lotId !== undefined) void query.where('components.lot_id', filter.lotId);
  if (filter.source !== undefined) void query.where('failure_events.source', filter.source);
  if (filter.mode !== undefined) void query.where('failure_events.mode', filter.mode);
  if (filter.from !== undefined) void query.where('failure_events.occurred_at', '>=', toMoment(filter.from));
  if (filter.to !== undefined) void query.where('failure_events.occurred_at', '<', toMoment(filter.to));
  if (filter.withdrawn === 'no') void query.whereNull('failure_events.withdrawn_at');
  if (filter.withdrawn === 'yes') void query.whereNotNull('failure_events.withdrawn_at');
  newestFirst(query, { time: 'failure_events.occurred_at', id: 'failure_events.id' }, filter.before);
  const rows: Record<string, unknown>[] = await query;
  return withNames(ctx, rows.map(toFailure));
}

export async function findFailure(ctx: Ctx, id: string): Promise<Failure | undefined> {
  const rows: Record<string, unknown>[] = await described(ctx.db).where('failure_events.id', id);
  const [found] = await withNames(ctx, rows.map(toFailure));
  return found;
}

/** Failures that this source holds now and that it knows by this name: of one part, as a rule. */
export async function failuresFrom(
  ctx: Ctx,
  source: FailureSource,
  sourceId: string,
  at: string,
): Promise<{ id: string }[]> {
  return ctx
    .db('failure_events')
    .where({ source, source_id: sourceId, occurred_at: toMoment(at) })
    .whereNull('withdrawn_at')
    .select('id');
}

/** What telemetry last took a fault of this part for, within the span. */
export async function modeFromTelemetry(
  ctx: Ctx,
  componentId: string,
  span: { from: string; to: string },
): Promise<FailureMode | undefined> {
  const [row] = await ctx
    .db('failure_events')
    .where({ component_id: componentId, source: 'telemetry' })
    .whereNull('withdrawn_at')
    .whereBetween('occurred_at', [toMoment(span.from), toMoment(span.to)])
    .orderBy('occurred_at', 'desc')
    .limit(1)
    .select('mode');
  return row?.mode as FailureMode | undefined;
}

/** The server in which the part was; where a bracket leaves it open, that in which it was seen before. */
export async function assetAt(db: Knex, componentId: string, at: Moment): Promise<string | null> {
  const [[row]] = (await db.raw(
    `SELECT ${ASSET_THEN} AS asset_id FROM (SELECT ? AS component_id, CAST(? AS datetime(6)) AS occurred_at) failure_events`,
    [componentId, at],
  )) as [{ asset_id: string | null }[]];
  return row?.asset_id ?? null;
}

const ASSET_THEN = `(SELECT stay.asset_id FROM installations stay
  WHERE stay.component_id = failure_events.component_id AND stay.asset_id IS NOT NULL
    AND coalesce(stay.installed_after, stay.installed_at) <= failure_events.occurred_at
    AND (stay.removed_at IS NULL OR stay.removed_at >= failure_events.occurred_at)
  ORDER BY stay.installed_at <= failure_events.occurred_at DESC, stay.installed_at DESC LIMIT 1)`;

/** The part itself, and those that proved to be it. */
async function saidAs(db: Knex, componentId: string): Promise<string[]> {
  const links = await linksTo(db, [componentId]);
  return [componentId, ...links.bases.filter((base) => links.resolve(base, ANYWHERE) === componentId)];
}

function described(db: Knex) {
  return db('failure_events')
    .join('components', 'components.id', 'failure_events.component_id')
    .select(
      'failure_events.*',
      'components.kind',
      'components.vendor',
      'components.vendor_serial',
      'components.model',
      {
        asset_then: db.raw(`coalesce(${ASSET_THEN}, failure_events.asset_id)`),
      },
    );
}

function toFailure(row: Record<string, unknown>): Failure {
  const text = (column: string): string | null =>
    row[column] === null || row[column] === undefined ? null : String(row[column]);
  const { componentId, ...failure } = toFailureRow(row);
  return {
    ...failure,
    component: {
      id: componentId,
      kind: String(row['kind']),
      vendor: text('vendor'),
      serial: text('vendor_serial'),
      model: text('model'),
    },
    assetId: text('asset_then'),
    assetName: null,
    occurredAfter: toIsoOrNull(failure.occurredAfter),
    occurredAt: toIso(failure.occurredAt),
    recordedAt: toIso(failure.recordedAt),
    withdrawnAt: toIsoOrNull(failure.withdrawnAt),
  };
}

async function withNames(ctx: Ctx, failures: Failure[]): Promise<Failure[]> {
  const ids = [...new Set(failures.flatMap(({ assetId }) => (assetId === null ? [] : [assetId])))];
  if (ids.length === 0) return failures;
  const rows: Record<string, unknown>[] = await ctx
    .db('assets')
    .whereIn('id', ids)
    .select('id', 'name', 'vendor_serial');
  const names = new Map(
    rows.map((row) => [String(row['id']), (row['name'] ?? row['vendor_serial'] ?? null) as string | null]),
  );
  return failures.map((one) => ({ ...one, assetName: names.get(one.assetId ?? '') ?? null }));
}
