import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import type { Moment } from './derive/look.ts';
import type { FailureMode, FailureSource } from './failure-modes.ts';
import { ANYWHERE } from './link-store.ts';

/** A failure that is less sure than this does not explain a removal. */
export const SURE = 0.5;

/**
 * When these components failed, as far as that is sure. What was said of a part that proved to be one of them counts, too: whether it
 * explains anything, the time tells.
 */
export async function failuresOf(db: Knex, componentIds: readonly string[]): Promise<Map<string, Moment[]>> {
  const rows = await inParts(componentIds, (part) =>
    db('failure_events')
      .whereIn('failure_events.component_id', part)
      .whereNull('failure_events.withdrawn_at')
      .andWhere('failure_events.confidence', '>=', SURE)
      .select({ id: 'failure_events.component_id', at: 'failure_events.occurred_at' })
      .unionAll(
        db('component_links')
          .join('failure_events', 'failure_events.component_id', 'component_links.base_id')
          .whereIn('component_links.component_id', part)
          .whereNull('failure_events.withdrawn_at')
          .andWhere('failure_events.confidence', '>=', SURE)
          .andWhere((there) =>
            there
              .where('component_links.place_id', ANYWHERE)
              .orWhereNull('failure_events.asset_id')
              .orWhereRaw('failure_events.asset_id = component_links.place_id'),
          )
          .select({ id: 'component_links.component_id', at: 'failure_events.occurred_at' }),
      ),
  );
  const found = new Map<string, Moment[]>();
  for (const row of rows as Record<string, unknown>[]) {
    const id = String(row['id']);
    found.set(id, [...(found.get(id) ?? []), String(row['at'])]);
  }
  return found;
}

export interface FailureRow {
  id: string;
  componentId: string;
  /** Where the part was, as it was known when the failure was recorded. */
  assetId: string | null;
  occurredAfter: Moment | null;
  occurredAt: Moment;
  mode: FailureMode;
  source: FailureSource;
  sourceId: string | null;
  confidence: number;
  note: string | null;
  recordedBy: string;
  recordedAt: Moment;
  withdrawnAt: Moment | null;
  withdrawnBy: string | null;
}

const COLUMNS = [
  'id',
  'component_id',
  'asset_id',
  'occurred_after',
  'occurred_at',
  'mode',
  'source',
  'source_id',
  'confidence',
  'note',
  'recorded_by',
  'recorded_at',
  'withdrawn_at',
  'withdrawn_by',
];

export async function insertFailure(db: Knex.Transaction, one: FailureRow): Promise<void> {
  await insertRows(db, 'failure_events', COLUMNS, [
    [
      one.id,
      one.componentId,
      one.assetId,
      one.occurredAfter,
      one.occurredAt,
      one.mode,
      one.source,
      one.sourceId,
      one.confidence,
      one.note,
      one.recordedBy,
      one.recordedAt,
      one.withdrawnAt,
      one.withdrawnBy,
    ],
  ]);
}

/** Whoever records or withdraws a failure of this part holds the part's lock, so a plain read is the newest. */
export async function failureBySource(
  db: Knex,
  componentId: string,
  source: FailureSource,
  sourceId: string,
): Promise<FailureRow | undefined> {
  const [row] = await db('failure_events')
    .where({ component_id: componentId, source, source_id: sourceId })
    .select('*');
  return row ? toFailureRow(row) : undefined;
}

export async function failureById(db: Knex, id: string): Promise<FailureRow | undefined> {
  const [row] = await db('failure_events').where({ id }).select('*');
  return row ? toFailureRow(row) : undefined;
}

export async function markWithdrawn(
  db: Knex.Transaction,
  id: string,
  withdrawn: { at: Moment; by: string } | null,
): Promise<void> {
  await db('failure_events')
    .where({ id })
    .update({ withdrawn_at: withdrawn?.at ?? null, withdrawn_by: withdrawn?.by ?? null });
}

export function toFailureRow(row: Record<string, unknown>): FailureRow {
  const text = (column: string): string | null =>
    row[column] === null || row[column] === undefined ? null : String(row[column]);
  return {
    id: String(row['id']),
    componentId: String(row['component_id']),
    assetId: text('asset_id'),
    occurredAfter: text('occurred_after'),
    occurredAt: String(row['occurred_at']),
    mode: row['mode'] as FailureMode,
    source: row['source'] as FailureSource,
    sourceId: text('source_id'),
    confidence: Number(row['confidence']),
    note: text('note'),
    recordedBy: String(row['recorded_by']),
    recordedAt: String(row['recorded_at']),
    withdrawnAt: text('withdrawn_at'),
    withdrawnBy: text('withdrawn_by'),
  };
}
