import type { Knex } from 'knex';
import { insertRows } from '../core/insert-rows.ts';
import { toIso, toSql } from '../core/time.ts';
import type { Root } from './model.ts';

/** An object that has to be looked at again, by its id here or there. */
export interface Scope {
  rootType: string;
  side: 'hub' | 'their';
  ref: string;
}
export interface Notice extends Scope {
  reason: string;
  generation: number;
  tries: number;
}

/** After the last notice about an object, so that a burst is looked at once; but never later than this after the first. */
export const DEBOUNCE_MS = 1500;
const LATEST_MS = 10_000;
/** What is due waits so long at most for others that are about to be, to be looked at together with them. */
const GATHERING_MS = 3000;

export async function addNotices(
  db: Knex,
  system: string,
  scopes: readonly (Scope & { reason: string })[],
  now: Date,
  debounceMs: number = DEBOUNCE_MS,
): Promise<void> {
  const due = toSql(new Date(now.getTime() + debounceMs));
  const sorted = scopes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await insertRows(
    db,
    'reconcile_notices',
    ['system_id', 'root_type', 'side', 'ref', 'reason', 'first_at', 'due_at'],
    sorted.map((scope) => [system, scope.rootType, scope.side, scope.ref, scope.reason.slice(0, 80), toSql(now), due]),
    `generation = generation + 1, reason = VALUES(reason), tries = 0,
     due_at = LEAST(VALUES(due_at), DATE_ADD(first_at, INTERVAL ${LATEST_MS / 1000} SECOND))`,
  );
}

/** Roots by the side that knows them: ours where there is one. */
export function noticesOf(roots: readonly Root[], reason: string): (Scope & { reason: string })[] {
  const scopes = new Map<string, Scope & { reason: string }>();
  for (const { type, hubId, theirId } of roots) {
    const ref = hubId ?? theirId;
    if (ref === null) continue;
    const scope = { rootType: type, side: hubId === null ? ('their' as const) : ('hub' as const), ref, reason };
    scopes.set(keyOf(scope), scope);
  }
  return [...scopes.values()];
}

/** Due ones of one type, those first that have waited longest. */
export async function dueNotices(
  db: Knex,
  want: { system: string; now: Date; limit: number; rootType?: string },
): Promise<Notice[]> {
  const query = db('reconcile_notices').where({ system_id: want.system }).andWhere('due_at', '<=', toSql(want.now));
  if (want.rootType !== undefined) void query.where({ root_type: want.rootType });
  const rows = await query.orderBy('due_at').limit(want.limit).select('*');
  return rows.map((row) => ({
    rootType: String(row.root_type),
    side: row.side as Notice['side'],
    ref: String(row.ref),
    reason: String(row.reason),
    generation: Number(row.generation),
    tries: Number(row.tries),
  }));
}

/** Whether more of a type are about to be due, and none of those that are has waited long: a storm, of which one look can take many. */
export async function isGathering(db: Knex, want: { system: string; rootType: string; now: Date }): Promise<boolean> {
  const at = (ms: number): string => toSql(new Date(want.now.getTime() + ms));
  const [row] = await db('reconcile_notices')
    .where({ system_id: want.system, root_type: want.rootType })
    .andWhere('due_at', '<=', at(DEBOUNCE_MS))
    .min({ first: 'due_at' })
    .max({ last: 'due_at' });
  const { first, last } = row ?? {};
  return typeof first === 'string' && typeof last === 'string' && first > at(-GATHERING_MS) && last > at(0);
}

/** Since when the one that has waited longest is due; undefined where none is due. */
export async function oldestDue(
  db: Knex,
  want: { system: string; rootType: string; now: Date },
): Promise<Date | undefined> {
  const [row] = await db('reconcile_notices')
    .where({ system_id: want.system, root_type: want.rootType })
    .andWhere('due_at', '<=', toSql(want.now))
    .min({ due: 'due_at' });
  const due = row?.['due'];
  return typeof due === 'string' ? new Date(toIso(due)) : undefined;
}

/** Milliseconds until the next one is due; undefined where there is none. */
export async function nextNoticeIn(db: Knex, system: string, now: Date): Promise<number | undefined> {
  const [row] = await db('reconcile_notices').where({ system_id: system }).min({ due: 'due_at' });
  const due = row?.['due'];
  if (due === null || due === undefined) return undefined;
  return Math.max(0, Date.parse(toIso(String(due))) - now.getTime());
}

/** Looked at. What was noticed again meanwhile stays. */
export async function settleNotices(db: Knex, system: string, notices: readonly Notice[]): Promise<void> {
  for (const some of grouped(notices))
    await db('reconcile_notices')
      .where({ system_id: system, root_type: some[0]?.rootType, side: some[0]?.side })
      // The key finds them; the generation is not part of it.
      .whereIn(
        'ref',
        some.map(({ ref }) => ref),
      )
      .whereIn(
        ['ref', 'generation'],
        some.map(({ ref, generation }) => [ref, generation]),
      )
      .delete();
}

export async function postponeNotices(
  db: Knex,
  system: string,
  notices: readonly Notice[],
  until: Date,
): Promise<void> {
  for (const { rootType, side, ref, generation } of notices)
    await db('reconcile_notices')
      .where({ system_id: system, root_type: rootType, side, ref, generation })
      .update({ tries: db.raw('tries + 1'), due_at: toSql(until) });
}

export async function addRunScopes(db: Knex, runId: string, scopes: readonly Scope[]): Promise<void> {
  const sorted = scopes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await insertRows(
    db,
    'run_scopes',
    ['run_id', 'root_type', 'side', 'ref'],
    sorted.map((scope) => [runId, scope.rootType, scope.side, scope.ref]),
    'run_id = VALUES(run_id)',
  );
}

export async function nextRunScopes(
  db: Knex,
  want: { runId: string; rootType: string; limit: number },
): Promise<Scope[]> {
  const rows = await db('run_scopes')
    .where({ run_id: want.runId, root_type: want.rootType })
    .orderBy(['side', 'ref'])
    .limit(want.limit)
    .select('*');
  return rows.map((row) => ({
    rootType: String(row.root_type),
    side: row.side as Scope['side'],
    ref: String(row.ref),
  }));
}

export async function countRunScopes(db: Knex, runId: string): Promise<number> {
  const [row] = await db('run_scopes').where({ run_id: runId }).count({ n: '*' });
  return Number(row?.['n'] ?? 0);
}

export async function settleRunScopes(db: Knex, runId: string, scopes: readonly Scope[]): Promise<void> {
  for (const some of grouped(scopes))
    await db('run_scopes')
      .where({ run_id: runId, root_type: some[0]?.rootType, side: some[0]?.side })
      .whereIn(
        'ref',
        some.map(({ ref }) => ref),
      )
      .delete();
}

export async function deleteRunScopes(db: Knex, runId: string): Promise<void> {
  await db('run_scopes').where({ run_id: runId }).delete();
}

function keyOf({ rootType, side, ref }: Scope): string {
  return `${rootType}|${side}|${ref}`;
}

/** Those of one type and side together; in the order of the key, as `addNotices` takes its locks. */
function grouped<S extends Scope>(scopes: readonly S[]): S[][] {
  const sorted = scopes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return [...Map.groupBy(sorted, ({ rootType, side }) => `${rootType}|${side}`).values()];
}
