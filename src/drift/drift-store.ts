import type { Knex } from 'knex';
import { newId } from '../core/id.ts';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import { type Drift, valuesHash } from './drift.ts';
import {
  type DriftAction,
  type DriftDecision,
  type DriftKind,
  type PlannedRow,
  type Root,
  subjectOf,
  type Verdict,
} from './model.ts';
import { fromValueText, valueText } from './value-text.ts';

export type { Drift };
export { valuesHash };

/** Of these roots, whatever is not resolved; for the roots' own rows and those of their children. */
export async function openDrifts(
  db: Knex,
  want: { system: string; rootType: string; hubIds: readonly string[]; theirIds: readonly string[] },
): Promise<Drift[]> {
  const found = new Map<string, Drift>();
  for (const [column, ids] of [
    ['root_hub_id', want.hubIds],
    ['root_their_id', want.theirIds],
  ] as const) {
    const rows = await inParts(ids, (part) =>
      db('drifts')
        .where({ system_id: want.system, root_type: want.rootType })
        .whereNot({ state: 'resolved' })
        .whereIn(column, part)
        .select('*'),
    );
    for (const row of rows) found.set(String(row.id), toDrift(row));
  }
  return [...found.values()];
}

/** Roots of whatever is in the inbox: a look at everything looks at them even where nothing has changed since. */
export async function rootsInInbox(db: Knex, system: string): Promise<Root[]> {
  return rootsOf(db('drifts').where({ system_id: system }).whereNot({ state: 'resolved' }));
}

/** Roots of what would have been done by itself, and was not seen since then. */
export async function rootsHeld(db: Knex, want: { system: string; before: string }): Promise<Root[]> {
  return rootsOf(
    db('drifts')
      .where({ system_id: want.system, decision: 'auto' })
      .whereIn('state', ['open', 'decided'])
      .whereNot({ action: 'none' })
      .andWhere('last_seen_at', '<', toSql(want.before)),
  );
}

async function rootsOf(query: Knex.QueryBuilder): Promise<Root[]> {
  const rows = await query.distinct('root_type', 'root_hub_id', 'root_their_id');
  return rows.map((row: Record<string, string | null>) => ({
    type: String(row['root_type']),
    hubId: row['root_hub_id'] ?? null,
    theirId: row['root_their_id'] ?? null,
  }));
}

/** What is only there and is to be made here by itself: it is referred to before it is. */
export async function toBeMadeHere(
  db: Knex,
  system: string,
  objects: readonly string[],
): Promise<{ object: string; theirId: string }[]> {
  const rows = await db('drifts')
    .where({ system_id: system, field: '', kind: 'only-there', action: 'create-here', decision: 'auto' })
    .whereIn('state', ['open', 'decided'])
    .whereIn('object_type', [...objects])
    .select('object_type', 'their_id');
  return rows.map((row) => ({ object: String(row.object_type), theirId: String(row.their_id) }));
}

/** Ids here of the objects of a type that are known to be gone there. */
export async function knownGone(db: Knex, system: string, object: string): Promise<Set<string>> {
  const rows = await db('drifts')
    .where({ system_id: system, object_type: object, field: '', kind: 'gone-there' })
    .whereNot({ state: 'resolved' })
    .whereNotNull('hub_id')
    .select('hub_id');
  return new Set(rows.map((row) => String(row.hub_id)));
}

export async function lockDrift(db: Knex.Transaction, id: string): Promise<Drift | undefined> {
  const [row] = await db('drifts').where({ id }).forUpdate().select('*');
  return row ? toDrift(row) : undefined;
}

const COLUMNS = [
  'id',
  'system_id',
  'object_type',
  'root_type',
  'root_hub_id',
  'root_their_id',
  'hub_id',
  'their_id',
  'label',
  'field',
  'subject',
  'kind',
  'action',
  'decision',
  'reason',
  'theirs',
  'ours',
  'agreed',
  'values_hash',
  'state',
  'run_id',
  'first_seen_at',
  'last_seen_at',
] as const;

const UPDATED = [
  'root_hub_id',
  'root_their_id',
  'hub_id',
  'their_id',
  'label',
  'kind',
  'action',
  'decision',
  'reason',
  'theirs',
  'ours',
  'agreed',
  'run_id',
  'last_seen_at',
];

/** What is seen now: new ones are opened; a verdict about other values is void, and the drift is open again. */
export async function upsertDrifts(
  db: Knex,
  system: string,
  runId: string | null,
  rows: readonly PlannedRow[],
  now: Date,
): Promise<void> {
  const at = toSql(now);
  const values = rows
    .map((row) => ({ row, slot: `${row.object}|${subjectOf(row)}|${row.field}` }))
    .toSorted((a, b) => (a.slot < b.slot ? -1 : 1))
    .map(({ row }) => [
      newId(),
      system,
      row.object,
      row.root.type,
      row.root.hubId,
      row.root.theirId,
      row.hubId,
      row.theirId,
      row.label,
      row.field,
      subjectOf(row),
      row.kind,
      row.action,
      row.decision,
      row.reason,
      valueText(row.theirs),
      valueText(row.ours),
      valueText(row.agreed),
      Buffer.from(valuesHash(row), 'hex'),
      'open',
      runId,
      at,
      at,
    ]);
  // An assignment sees those before it: what depends on the old hash comes first.
  const voids = "state IN ('decided', 'ignored') AND values_hash <> VALUES(values_hash)";
  await insertRows(
    db,
    'drifts',
    COLUMNS,
    values,
    `verdict = IF(${voids}, NULL, verdict), ignored_until = IF(${voids}, NULL, ignored_until),
     version = IF(values_hash <> VALUES(values_hash), version + 1, version), state = IF(${voids}, 'open', state),
     values_hash = VALUES(values_hash), ${UPDATED.map((column) => `${column} = VALUES(${column})`).join(', ')}`,
  );
}

export async function resolveDrifts(db: Knex, ids: readonly string[], resolution: string, now: Date): Promise<void> {
  for (const id of ids.toSorted())
    await db('drifts')
      .where({ id })
      .whereNot({ state: 'resolved' })
      .update({
        state: 'resolved',
        resolved_at: toSql(now),
        resolution: resolution.slice(0, 255),
        version: db.raw('version + 1'),
      });
}

export function toDrift(row: Record<string, unknown>): Drift {
  const text = (column: string): string | null =>
    row[column] === null || row[column] === undefined ? null : String(row[column]);
  const hex = (column: string): string | null => (Buffer.isBuffer(row[column]) ? row[column].toString('hex') : null);
  const time = (column: string): string | null => toIsoOrNull((row[column] ?? null) as string | null);
  return {
    id: String(row['id']),
    system: String(row['system_id']),
    object: String(row['object_type']),
    root: { type: String(row['root_type']), hubId: text('root_hub_id'), theirId: text('root_their_id') },
    hubId: text('hub_id'),
    theirId: text('their_id'),
    label: String(row['label']),
    field: String(row['field']),
    kind: row['kind'] as DriftKind,
    action: row['action'] as DriftAction,
    decision: row['decision'] as DriftDecision,
    reason: String(row['reason']),
    theirs: fromValueText(row['theirs']),
    ours: fromValueText(row['ours']),
    agreed: fromValueText(row['agreed']),
    valuesHash: hex('values_hash') ?? '',
    state: row['state'] as Drift['state'],
    runId: text('run_id'),
    firstSeenAt: toIso(String(row['first_seen_at'])),
    lastSeenAt: toIso(String(row['last_seen_at'])),
    resolvedAt: time('resolved_at'),
    resolution: text('resolution'),
    verdict: text('verdict') as Verdict | null,
    verdictBy: text('verdict_by'),
    verdictAt: time('verdict_at'),
    verdictReason: text('verdict_reason'),
    verdictHash: hex('verdict_hash'),
    ignoredUntil: time('ignored_until'),
    version: Number(row['version']),
  };
}
