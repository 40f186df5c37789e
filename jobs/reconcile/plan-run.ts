import { tx } from '#src/core/tx.ts';
import { countForBrakes, trippedBrakes, type TrippedBrake } from '#src/drift/brakes.ts';
import { lockConnection, updateConnection } from '#src/drift/connection-store.ts';
import { deleteRunDigests } from '#src/drift/digest-store.ts';
import { reconcilePlanned } from '#src/drift/events.ts';
import { countLinks } from '#src/drift/link-store.ts';
import { rootsInInbox } from '#src/drift/drift-store.ts';
import {
  addRunScopes,
  countRunScopes,
  deleteRunScopes,
  nextRunScopes,
  noticesOf,
  settleRunScopes,
} from '#src/drift/notice-store.ts';
import { createPlanHash } from '#src/drift/plan-hash.ts';
import { deletePlanRows, pagePlanRows } from '#src/drift/plan-store.ts';
import { NOTHING_YET, type ObjectSummary, type Run, supersedePlans, updateRun } from '#src/drift/run-store.ts';
import { type SaveDecided, saveDecided, willBeDone } from '#src/drift/save-decided.ts';
import { append } from '#src/events/append.ts';
import { type Decided, decideScopes } from './decide-scopes.ts';
import type { Reconciling } from './reconciling.ts';
import { type Missing, scanOurs, scanTheirs } from './scan-type.ts';

/** One batch: as many roots are read and compared at once. */
export const BATCH = 100;
const PROGRESS_MS = 1000;

/** Looks at everything and says what it would do. Only reads there; here, only the links and the inbox know of it. After a crash it begins anew. */
export async function planRun(rc: Reconciling, run: Run): Promise<Run> {
  const { ctx, system } = rc;
  const started = ctx.now().toISOString();
  await updateRun(ctx.db, run.id, { state: 'planning', startedAt: started, mappingHash: rc.mappingHash, error: null });
  await clear(rc, run.id);
  await rc.refreshLinks();
  const objects: Record<string, ObjectSummary> = {};
  const summaryOf = (object: string): ObjectSummary => (objects[object] ??= { ...NOTHING_YET });
  const tell = progressTeller(rc, run.id);

  await addRunScopes(ctx.db, run.id, noticesOf(await rootsInInbox(ctx.db, system), 'in the inbox'));
  const missing: Missing = new Map();
  for (const mapping of rc.mappings) {
    await scanOurs(rc, run.id, mapping);
    const scanned = await scanTheirs(rc, run.id, mapping, missing, (done, of) =>
      tell({ step: 'reading', object: mapping.object, done, of }),
    );
    summaryOf(mapping.object).scanned = scanned.seen;
  }

  const found: Found = { agree: {}, differ: {} };
  const hash = createPlanHash();
  let seq = 1;
  const open = await countRunScopes(ctx.db, run.id);
  let compared = 0;
  for (const mapping of rc.rootMappings) {
    for (;;) {
      const scopes = await nextRunScopes(ctx.db, { runId: run.id, rootType: mapping.object, limit: BATCH });
      if (scopes.length === 0) break;
      const decided = await decideScopes(rc, mapping, scopes, { runId: run.id, isFull: true });
      const first = seq;
      await tx(ctx, async (inside) => {
        await saveDecided(inside, saving(rc, decided, { run: { id: run.id, isFull: true }, first, applies: false }));
        await settleRunScopes(inside.db, run.id, decided.covered);
      });
      for (const row of decided.rows) hash.add(row);
      seq += decided.rows.length;
      countRows(decided, summaryOf, found);
      compared += scopes.length;
      await tell({ step: 'comparing', object: mapping.object, done: compared, of: Math.max(open, compared) });
      await rc.between();
    }
    await rc.refreshLinks();
  }
  for (const { object } of rc.mappings)
    countUnchanged(summaryOf(object), found.agree[object] ?? 0, found.differ[object] ?? 0);
  const brakes = await brakesOf(rc, run.id);
  const unmapped = await findUnmapped(rc);
  return finish(rc, run, { hash: hash.digest(), rows: seq - 1, brakes, summary: { objects, unmapped } });
}

/** What of a look is kept; `first`: number of its first row. */
export function saving(
  rc: Reconciling,
  decided: Decided,
  look: Pick<SaveDecided, 'run' | 'first' | 'applies'>,
): SaveDecided {
  const { rows, links, drop, drifts, hubIds, compared, rootType, pairs } = decided;
  const pairedHubIds = (pairs.get(rootType) ?? []).map(({ ours }) => ours.object.id);
  return { ...look, system: rc.system, rows, links, drop, drifts, hubIds, pairedHubIds, compared, rootType };
}

async function clear(rc: Reconciling, runId: string): Promise<void> {
  await deletePlanRows(rc.ctx.db, runId);
  await deleteRunScopes(rc.ctx.db, runId);
  await deleteRunDigests(rc.ctx.db, runId);
}

/** Objects of theirs that were decided about: pairs without a difference, and those that there is a row about. */
interface Found {
  agree: Record<string, number>;
  differ: Record<string, number>;
}

/** Of what was scanned, all that there is no row about; children of what nobody knew yet were not scanned, but read with their roots. */
function countUnchanged(summary: ObjectSummary, agree: number, differ: number): void {
  if (summary.scanned === 0) summary.scanned = agree + differ;
  summary.unchanged = Math.max(0, summary.scanned - differ);
}

function countRows(decided: Decided, summaryOf: (object: string) => ObjectSummary, found: Found): void {
  for (const [object, agree] of Object.entries(decided.unchanged))
    found.agree[object] = (found.agree[object] ?? 0) + agree;
  for (const [object, rows] of Map.groupBy(decided.rows, (row) => row.object))
    found.differ[object] = (found.differ[object] ?? 0) + new Set(rows.flatMap(({ theirId }) => theirId ?? [])).size;
  const seen = new Set<string>();
  for (const row of decided.rows) {
    const summary = summaryOf(row.object);
    const count = (what: keyof ObjectSummary): void => {
      const key = `${row.object}|${row.hubId ?? ''}|${row.theirId ?? ''}|${what}`;
      if (seen.has(key)) return;
      seen.add(key);
      summary[what] += 1;
    };
    if (row.decision === 'conflict') count('conflicts');
    else if (row.decision === 'refused') count('refused');
    else if (row.decision === 'review') count('reviews');
    else if (!willBeDone(row)) continue;
    else if (row.action === 'create-there' || row.action === 'create-here') count('created');
    else if (row.action === 'remove-there') count('removed');
    else count('updated');
  }
}

/** Row by row from the plan, so that a plan about a whole fleet is never held in memory; only ids of roots are. */
async function brakesOf(rc: Reconciling, runId: string): Promise<TrippedBrake[]> {
  const known = new Map<string, number>();
  for (const mapping of rc.mappings)
    known.set(mapping.object, await countLinks(rc.ctx.db, rc.system, mapping.parent ?? mapping.object));
  const counts = new Map<string, Set<string>>();
  for (let after = 0; ;) {
    const rows = await pagePlanRows(rc.ctx.db, { runId, after, limit: 1000 });
    const last = rows.at(-1);
    if (!last) break;
    after = last.seq;
    for (const row of rows)
      for (const { object, kind, field } of countForBrakes([row], { countAdopted: true })) {
        const key = JSON.stringify([object, kind, field]);
        const roots = counts.get(key) ?? new Set<string>();
        roots.add(row.root.hubId ?? `their:${row.root.theirId ?? ''}`);
        counts.set(key, roots);
      }
  }
  const totals = [...counts].map(([key, roots]) => {
    const [object, kind, field] = JSON.parse(key) as [string, TrippedBrake['kind'], string | null];
    return { object, kind, field, count: roots.size };
  });
  return trippedBrakes(totals, rc.mappings, (object) => known.get(object) ?? 0);
}

/** What their objects have that no mapping speaks of, by one example of each type. */
async function findUnmapped(rc: Reconciling): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const mapping of rc.mappings) {
    const sample = await rc.records.sample(mapping.object, rc.ctx.signal);
    const names = sample ? mapping.unmapped(sample) : [];
    if (names.length > 0) found[mapping.object] = names;
  }
  return found;
}

async function finish(
  rc: Reconciling,
  run: Run,
  found: { hash: string; rows: number; brakes: TrippedBrake[]; summary: Run['summary'] },
): Promise<Run> {
  const { ctx, system } = rc;
  const now = ctx.now().toISOString();
  await deleteRunDigests(ctx.db, run.id);
  return tx(ctx, async (inside) => {
    const connection = await lockConnection(inside.db, system, inside.now());
    const free = found.brakes.length === 0;
    const goesOn = run.applies && connection.mode === 'apply' && connection.heldReason === null && free;
    const changes: Partial<Run> = {
      state: goesOn ? 'approved' : 'planned',
      plannedAt: now,
      planHash: found.hash,
      mappingHash: rc.mappingHash,
      brakes: found.brakes,
      summary: found.summary,
      progress: null,
      ...(goesOn ? { approvedBy: 'system', approvedAt: now } : {}),
    };
    if (found.rows === 0) Object.assign(changes, { state: 'done', finishedAt: now });
    await updateRun(inside.db, run.id, changes);
    await supersedePlans(inside.db, { system, before: run.id }, inside.now());
    await updateConnection(
      inside.db,
      system,
      // The mapping has been looked at as a whole, and does nothing that anybody would have to be asked about.
      { comparedAt: now, ...(connection.mode === 'apply' && free ? { mappingHash: rc.mappingHash } : {}) },
      inside.now(),
    );
    await append(inside, reconcilePlanned, {
      subject: { type: 'adapter', id: system },
      data: { runId: run.id, system, rows: found.rows, brakes: found.brakes.map(({ reason }) => reason) },
    });
    return { ...run, ...changes };
  });
}

/** As often as people look. */
function progressTeller(rc: Reconciling, runId: string) {
  let last = 0;
  return async (progress: NonNullable<Run['progress']>): Promise<void> => {
    if (Date.now() - last < PROGRESS_MS) return;
    last = Date.now();
    await updateRun(rc.ctx.db, runId, { progress });
    await rc.ctx.progress({ ...progress });
  };
}
