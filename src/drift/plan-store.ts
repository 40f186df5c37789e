import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { PlannedRow, RowState } from './model.ts';
import { fromValueText, valueText } from './value-text.ts';

export { fromValueText, valueText };

/** A row of a plan with what became of it. */
export interface PlanRow extends PlannedRow {
  runId: string;
  seq: number;
  state: RowState;
  stateReason: string | null;
  requestId: string | null;
  sentAt: string | null;
  settledAt: string | null;
}

const COLUMNS = [
  'run_id',
  'seq',
  'system_id',
  'object_type',
  'root_type',
  'root_hub_id',
  'root_their_id',
  'hub_id',
  'their_id',
  'label',
  'field',
  'kind',
  'action',
  'decision',
  'reason',
  'theirs',
  'ours',
  'agreed',
  'by_person',
  'state',
] as const;

export async function insertPlanRows(
  db: Knex,
  run: { id: string; system: string },
  rows: readonly PlannedRow[],
  first: number,
  stateOf: (row: PlannedRow) => RowState,
): Promise<void> {
  await insertRows(
    db,
    'plan_rows',
    COLUMNS,
    rows.map((row, index) => [
      run.id,
      first + index,
      run.system,
      row.object,
      row.root.type,
      row.root.hubId,
      row.root.theirId,
      row.hubId,
      row.theirId,
      row.label,
      row.field,
      row.kind,
      row.action,
      row.decision,
      row.reason,
      valueText(row.theirs),
      valueText(row.ours),
      valueText(row.agreed),
      row.byPerson === true ? 1 : 0,
      stateOf(row),
    ]),
  );
}

export async function deletePlanRows(db: Knex, runId: string): Promise<void> {
  // In parts: one statement over a whole fleet would hold its locks for long.
  for (;;) {
    const [result] = await db.raw('DELETE FROM plan_rows WHERE run_id = ? LIMIT 5000', [runId]);
    if (result.affectedRows < 5000) return;
  }
}

export async function pagePlanRows(
  db: Knex,
  want: { runId: string; after: number; limit: number; states?: readonly RowState[]; object?: string },
): Promise<PlanRow[]> {
  const query = db('plan_rows').where({ run_id: want.runId }).andWhere('seq', '>', want.after);
  if (want.states) void query.whereIn('state', [...want.states]);
  if (want.object !== undefined) void query.where({ object_type: want.object });
  return (await query.orderBy('seq').limit(want.limit).select('*')).map(toPlanRow);
}

/** Row by row through the primary key: a list in an IN locks more than it names. */
export async function settlePlanRows(
  db: Knex,
  runId: string,
  seqs: readonly number[],
  change: { state: RowState; reason?: string | null; requestId?: string | null },
  now: Date,
): Promise<void> {
  const columns: Record<string, unknown> = { state: change.state, state_reason: change.reason?.slice(0, 1000) ?? null };
  if (change.requestId !== undefined) columns['request_id'] = change.requestId;
  if (change.state === 'sent') columns['sent_at'] = toSql(now);
  else if (change.state !== 'pending') columns['settled_at'] = toSql(now);
  for (let at = 0; at < seqs.length; at += 500) {
    const some = seqs.slice(at, at + 500);
    await db
      .from(db.raw('plan_rows FORCE INDEX (PRIMARY)'))
      .where({ run_id: runId })
      .whereIn('seq', some)
      .update(columns);
  }
}

/** How many rows of a run are in each state, per object type and action. */
export async function countPlanRows(
  db: Knex,
  runId: string,
): Promise<{ object: string; action: string; decision: string; state: RowState; objects: number; rows: number }[]> {
  const rows: Record<string, unknown>[] = await db('plan_rows')
    .where({ run_id: runId })
    .groupBy('object_type', 'action', 'decision', 'state')
    .select('object_type', 'action', 'decision', 'state')
    .count({ n: '*' })
    .select(db.raw('COUNT(DISTINCT COALESCE(hub_id, their_id)) AS objects'));
  return rows.map((row) => ({
    object: String(row['object_type']),
    action: String(row['action']),
    decision: String(row['decision']),
    state: row['state'] as RowState,
    objects: Number(row['objects']),
    rows: Number(row['n']),
  }));
}

/** What was done by itself, here and there, object by object as it was noticed, since a time: per type, kind and field the roots. */
export async function doneSince(
  db: Knex,
  system: string,
  since: Date,
): Promise<{ object: string; action: string; field: string; isBlank: boolean; root: string }[]> {
  const rows = await db('reconcile_runs')
    .join('plan_rows', 'plan_rows.run_id', 'reconcile_runs.id')
    .where({ 'reconcile_runs.system_id': system, 'reconcile_runs.kind': 'objects' })
    .andWhere('reconcile_runs.requested_at', '>=', toSql(since))
    .andWhere({ 'plan_rows.decision': 'auto', 'plan_rows.by_person': 0 })
    .andWhere((done) => done.whereNotNull('plan_rows.sent_at').orWhere({ 'plan_rows.state': 'confirmed' }))
    .distinct(
      'plan_rows.object_type',
      'plan_rows.action',
      'plan_rows.field',
      db.raw("(plan_rows.ours IN ('null', '\"\"') AND plan_rows.theirs NOT IN ('null', '\"\"')) AS ours_blank"),
      db.raw("(plan_rows.theirs IN ('null', '\"\"') AND plan_rows.ours NOT IN ('null', '\"\"')) AS theirs_blank"),
      db.raw("COALESCE(plan_rows.root_hub_id, CONCAT('their:', plan_rows.root_their_id)) AS root"),
    );
  return rows.map((row) => ({
    object: String(row.object_type),
    action: String(row.action),
    field: String(row.field),
    isBlank: Number(row.action === 'push' ? row.ours_blank : row.theirs_blank) === 1,
    root: String(row.root),
  }));
}

/** Those of these objects of ours that were sent to be made there, and nobody heard back from the last time. What was refused was not made. */
export async function wasSentBefore(
  db: Knex,
  system: string,
  object: string,
  hubIds: readonly string[],
): Promise<Set<string>> {
  const rows = await inParts(hubIds, (part) =>
    db('plan_rows')
      .where({ system_id: system, object_type: object, action: 'create-there' })
      .whereIn('hub_id', part)
      .whereNotNull('sent_at')
      .orderBy('sent_at')
      .select('hub_id', 'state'),
  );
  const last = new Map(rows.map((row) => [String(row.hub_id), row.state as RowState]));
  return new Set([...last].flatMap(([hubId, state]) => (state === 'sent' || state === 'stale' ? [hubId] : [])));
}

/** Of what would be removed there: when an earlier look at everything ended that found it gone here, too. By `object:id`. */
export async function foundGoneBefore(
  db: Knex,
  want: { system: string; runId: string; rows: readonly Pick<PlannedRow, 'object' | 'theirId' | 'action'>[] },
): Promise<Map<string, Date>> {
  const found = new Map<string, Date>();
  const removals = want.rows.filter(({ action, theirId }) => action === 'remove-there' && theirId !== null);
  for (const [object, some] of Map.groupBy(removals, (row) => row.object)) {
    const rows: Record<string, unknown>[] = await inParts(
      some.map(({ theirId }) => theirId ?? ''),
      (part) =>
        db('plan_rows')
          .join('reconcile_runs', 'reconcile_runs.id', 'plan_rows.run_id')
          .where({ 'plan_rows.system_id': want.system, 'plan_rows.object_type': object, 'plan_rows.kind': 'gone-here' })
          .whereNull('plan_rows.hub_id')
          .whereIn('plan_rows.their_id', part)
          .andWhere({ 'reconcile_runs.kind': 'full' })
          .whereNot({ 'reconcile_runs.id': want.runId })
          .whereNotNull('reconcile_runs.planned_at')
          .groupBy('plan_rows.their_id')
          .select('plan_rows.their_id')
          .max({ planned: 'reconcile_runs.planned_at' }),
    );
    for (const row of rows) found.set(`${object}:${String(row['their_id'])}`, new Date(toIso(String(row['planned']))));
  }
  return found;
}

export function toPlanRow(row: Record<string, unknown>): PlanRow {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    runId: String(row['run_id']),
    seq: Number(row['seq']),
    object: String(row['object_type']),
    root: { type: String(row['root_type']), hubId: text('root_hub_id'), theirId: text('root_their_id') },
    hubId: text('hub_id'),
    theirId: text('their_id'),
    label: String(row['label']),
    field: String(row['field']),
    kind: row['kind'] as PlanRow['kind'],
    action: row['action'] as PlanRow['action'],
    decision: row['decision'] as PlanRow['decision'],
    reason: String(row['reason']),
    theirs: fromValueText(row['theirs']),
    ours: fromValueText(row['ours']),
    agreed: fromValueText(row['agreed']),
    byPerson: Number(row['by_person']) === 1,
    state: row['state'] as RowState,
    stateReason: text('state_reason'),
    requestId: text('request_id'),
    sentAt: toIsoOrNull(row['sent_at'] as string | null),
    settledAt: toIsoOrNull(row['settled_at'] as string | null),
  };
}
