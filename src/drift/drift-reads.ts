import type { Knex } from 'knex';
import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { toIso, toSql } from '../core/time.ts';
import { type LastChange, lastChanges } from './change-store.ts';
import { type Drift, toDrift } from './drift-store.ts';
import type { DriftAction, DriftDecision, DriftKind } from './model.ts';

export interface DriftFilter {
  /** Some of them only, by id. */
  ids?: readonly string[] | undefined;
  system?: string | undefined;
  object?: string | undefined;
  /** '' is the object as a whole. */
  field?: string | undefined;
  kind?: DriftKind | undefined;
  action?: DriftAction | undefined;
  decisions?: readonly DriftDecision[] | undefined;
  /** `all` with those that are over; without it those that are not. */
  state?: Drift['state'] | 'all' | undefined;
  /** What is about this server and its parts. */
  assetId?: string | undefined;
  /** Of the servers there. */
  site?: string | undefined;
  /** Stands in what the object is called. */
  q?: string | undefined;
  /** Who changed the object there last. */
  changedBy?: string | undefined;
  /** Seen for the first time at or after this; ISO 8601. */
  since?: string | undefined;
}

export const DRIFT_ORDER: SortColumns<Drift> = {
  first_seen: { column: 'drifts.first_seen_at', kind: 'time', of: (drift) => drift.firstSeenAt },
  last_seen: { column: 'drifts.last_seen_at', kind: 'time', of: (drift) => drift.lastSeenAt },
  label: { column: 'drifts.label', kind: 'text', of: (drift) => drift.label },
  object: { column: 'drifts.object_type', kind: 'text', of: (drift) => drift.object },
  field: { column: 'drifts.field', kind: 'text', of: (drift) => drift.field },
};

export async function listDrifts(
  ctx: Ctx,
  want: { filter: DriftFilter; order: Order<Drift>; limit: number },
): Promise<Drift[]> {
  const query = ctx.db('drifts').limit(want.limit);
  applyFilter(query, want.filter);
  inOrder(query, 'drifts.id', want.order);
  return (await query.select('drifts.*')).map(toDrift);
}

export async function findDrift(ctx: Ctx, id: string): Promise<Drift | undefined> {
  const [row] = await ctx.db('drifts').where({ id }).select('*');
  return row ? toDrift(row) : undefined;
}

/** How many the filter lets through, and the last of them by id: what comes later has a greater one. */
export async function countDrifts(ctx: Ctx, filter: DriftFilter): Promise<{ count: number; last: string | null }> {
  const query = ctx.db('drifts');
  applyFilter(query, filter);
  const [row] = await query.count({ n: '*' }).max({ last: 'drifts.id' });
  return { count: Number(row?.['n'] ?? 0), last: row?.['last'] === null ? null : String(row?.['last']) };
}

/** By id, after one and up to another. */
export async function pageForDecision(
  ctx: Ctx,
  filter: DriftFilter,
  want: { after: string | null; upTo: string; limit: number },
): Promise<{ id: string; version: number }[]> {
  const query = ctx.db('drifts').where('drifts.id', '<=', want.upTo).orderBy('drifts.id').limit(want.limit);
  if (want.after !== null) void query.where('drifts.id', '>', want.after);
  applyFilter(query, filter);
  const rows = await query.select('drifts.id', 'drifts.version');
  return rows.map((row) => ({ id: String(row.id), version: Number(row.version) }));
}

/** Drifts that are alike: a person decides about them once. */
export interface DriftGroup {
  system: string;
  object: string;
  field: string;
  kind: DriftKind;
  action: DriftAction;
  decision: DriftDecision;
  count: number;
  firstSeenAt: string;
  lastSeenAt: string;
  /** What one of them is called, and why it is there. */
  example: { label: string; reason: string };
}

/** Who waits for a person comes before what goes by itself. */
const FIRST: readonly DriftDecision[] = ['conflict', 'review', 'refused', 'auto', 'ignored'];

/** What a person has to decide first, and of that the largest groups first. */
export async function groupDrifts(ctx: Ctx, want: { filter: DriftFilter; limit: number }): Promise<DriftGroup[]> {
  const columns = ['system_id', 'object_type', 'field', 'kind', 'action', 'decision'].map((name) => `drifts.${name}`);
  const query = ctx.db('drifts').groupBy(columns).limit(want.limit);
  applyFilter(query, want.filter);
  void query
    .count({ n: '*' })
    .min({ first_seen: 'drifts.first_seen_at', label: 'drifts.label', reason: 'drifts.reason' });
  void query.max({ last_seen: 'drifts.last_seen_at' });
  const rows: Record<string, unknown>[] = await query
    .select(columns)
    .orderByRaw(`FIELD(drifts.decision, ${FIRST.map(() => '?').join(', ')})`, [...FIRST])
    .orderBy([{ column: 'n', order: 'desc' }, ...columns.map((column) => ({ column }))]);
  return rows.map((row) => ({
    system: String(row['system_id']),
    object: String(row['object_type']),
    field: String(row['field']),
    kind: row['kind'] as DriftKind,
    action: row['action'] as DriftAction,
    decision: row['decision'] as DriftDecision,
    count: Number(row['n']),
    firstSeenAt: toIso(String(row['first_seen'])),
    lastSeenAt: toIso(String(row['last_seen'])),
    example: { label: String(row['label']), reason: String(row['reason']) },
  }));
}

/** What objects are called that are only there, and stand in the inbox as such; by `object|their id`. */
export async function labelsOfNew(
  ctx: Ctx,
  system: string,
  objects: readonly { object: string; theirId: string }[],
): Promise<Map<string, string>> {
  const slots = objects.map(({ object, theirId }) => `${system}|${object}|their:${theirId}|`);
  const rows = await inParts(slots, (part) =>
    ctx.db('drifts').whereIn('open_slot', part).select('object_type', 'their_id', 'label'),
  );
  return new Map(rows.map((row) => [`${row.object_type}|${row.their_id}`, String(row.label)]));
}

export type ChangedDrift = Drift & { changed: LastChange | null };

/** With who changed the object there last, as their change log says. */
export async function withChanges(ctx: Ctx, drifts: readonly Drift[]): Promise<ChangedDrift[]> {
  const changes = new Map<string, LastChange>();
  for (const [key, some] of Map.groupBy(drifts, ({ system, object }) => `${system}|${object}`)) {
    const [first] = some;
    if (!first) continue;
    const theirIds = [...new Set(some.flatMap(({ theirId }) => theirId ?? []))];
    const found = await lastChanges(ctx.db, { system: first.system, object: first.object, theirIds });
    for (const [theirId, change] of found) changes.set(`${key}|${theirId}`, change);
  }
  return drifts.map((drift) => ({
    ...drift,
    changed: changes.get(`${drift.system}|${drift.object}|${drift.theirId ?? ''}`) ?? null,
  }));
}

function applyFilter(query: Knex.QueryBuilder, filter: DriftFilter): void {
  const { ids, state, decisions, assetId, site, q, changedBy, since } = filter;
  if (state === undefined) void query.whereNot('drifts.state', 'resolved');
  else if (state !== 'all') void query.where('drifts.state', state);
  if (ids) void query.whereIn('drifts.id', [...ids]);
  for (const [column, value] of [
    ['system_id', filter.system],
    ['object_type', filter.object],
    ['field', filter.field],
    ['kind', filter.kind],
    ['action', filter.action],
  ] as const)
    if (value !== undefined) void query.where(`drifts.${column}`, value);
  if (decisions) void query.whereIn('drifts.decision', [...decisions]);
  if (assetId !== undefined) void query.where({ 'drifts.root_type': 'device', 'drifts.root_hub_id': assetId });
  if (site !== undefined)
    void query
      .where('drifts.root_type', 'device')
      .whereRaw('drifts.root_hub_id IN (SELECT CAST(assets.id AS char) FROM assets WHERE assets.site = ?)', [site]);
  if (q !== undefined) void query.whereRaw('drifts.label LIKE ?', [`%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`]);
  if (since !== undefined) void query.where('drifts.first_seen_at', '>=', toSql(since));
  if (changedBy !== undefined)
    void query.whereRaw(
      `(SELECT record_changes.user_name FROM record_changes
        WHERE record_changes.system_id = drifts.system_id AND record_changes.object_type = drifts.object_type
          AND record_changes.their_id = drifts.their_id
        ORDER BY record_changes.changed_at DESC LIMIT 1) = ?`,
      [changedBy],
    );
}
