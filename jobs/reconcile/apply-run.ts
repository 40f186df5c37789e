import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { Later } from '#src/journal/effect.ts';
import { findConnection } from '#src/drift/connection-store.ts';
import { reconcileApplied } from '#src/drift/events.ts';
import { saveLinks } from '#src/drift/link-store.ts';
import type { RowState } from '#src/drift/model.ts';
import { addNotices, nextNoticeIn, noticesOf, type Scope } from '#src/drift/notice-store.ts';
import { rowText } from '#src/drift/plan-hash.ts';
import { countPlanRows, pagePlanRows, type PlanRow, settlePlanRows } from '#src/drift/plan-store.ts';
import { type Run, updateRun } from '#src/drift/run-store.ts';
import { willBeDone } from '#src/drift/save-decided.ts';
import { append } from '#src/events/append.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import { applyWork, CHUNK, workOf } from './apply-rows.ts';
import { type Decided, decideScopes } from './decide-scopes.ts';
import { endRun } from './end-run.ts';
import { BATCH } from './plan-run.ts';
import type { Reconciling } from './reconciling.ts';
import type { Applied, Work } from './settle-work.ts';

const OPEN: readonly RowState[] = ['proposed', 'pending', 'sent'];

/**
 * Carries out an approved plan. A person approved what was written there: if the world has moved on by now, nothing of it is done. What the
 * hub does by itself is checked again as well, root by root, and what has moved on is left to a later look. After a crash it goes on
 * with the rows that are open. @throws HubError conflict where somebody stopped it
 */
export async function applyRun(rc: Reconciling, run: Run): Promise<void> {
  const { ctx } = rc;
  await rc.refreshLinks();
  if (run.mappingHash !== rc.mappingHash) {
    const reason =
      'the mappings or rules have changed since the plan was made: nothing more of it is done; make a new plan';
    return endRun(rc, run, { state: 'refused', reason });
  }
  if (run.state === 'approved' && run.approvedBy !== 'system') {
    const moved = await findMoved(rc, run);
    if (moved.length > 0) return refuse(rc, run, moved);
  }
  await updateRun(ctx.db, run.id, { state: 'applying', error: null });
  await waitOutSent(rc, run);
  let waiting: Work[] = [];
  const flush = async (least: number): Promise<void> => {
    for (;;) {
      const [ready, rest] = takeFull(waiting, least);
      if (ready.length === 0) return;
      waiting = rest;
      await applyWork(rc, run.id, ready);
    }
  };
  for (const mapping of rc.rootMappings) {
    for await (const { rows, scopes } of batches(rc, run, mapping)) {
      const { same, stale, over, decided } = await recheck(rc, run, mapping, rows, scopes);
      await settle(rc, run.id, stale, 'stale', 'the world moved on since the plan was made; it is looked at again');
      await settleArrived(rc, run.id, over, decided);
      await tx(ctx, (inside) => addNotices(inside.db, rc.system, scopesOf(stale), inside.now(), 0));
      waiting.push(...workOf(rc, decided, same));
      await mayGoOn(rc, run);
      await flush(CHUNK);
      await updateRun(ctx.db, run.id, {
        progress: { step: 'writing', object: mapping.object, done: rows.at(-1)?.seq ?? 0, of: null },
      });
      await takeNoticed(() => flush(1));
    }
    await mayGoOn(rc, run);
    await flush(1);
    await rc.refreshLinks();
  }
  await finish(rc, run);

  /** What was noticed meanwhile may be about what waits: that goes first, as it was compared, or it would be written over. */
  async function takeNoticed(before: () => Promise<void>): Promise<void> {
    ctx.signal.throwIfAborted();
    if ((await nextNoticeIn(ctx.db, rc.system, ctx.now())) !== 0) return;
    await before();
    await rc.between();
  }
}

/** Somebody who switches to dry-run stops what is under way, and so do brakes. @throws HubError conflict, saying so */
async function mayGoOn(rc: Reconciling, run: Run): Promise<void> {
  const { mode, heldReason, updatedAt, updatedBy } = await findConnection(rc.ctx.db, rc.system);
  const isOfPerson = run.approvedBy !== 'system';
  // A plan may be approved in dry-run; switched to it since then, it is stopped.
  const isStopped = mode !== 'apply' && (!isOfPerson || (updatedAt ?? '') > (run.approvedAt ?? ''));
  if (isStopped)
    throw new HubError('conflict', `${updatedBy} switched ${rc.system} to dry-run: the rest of the plan is not done`);
  if (heldReason !== null && !isOfPerson)
    throw new HubError('conflict', `the brakes hold ${rc.system}: the rest of the plan is not done (${heldReason})`);
}

/** Full chunks of one object type, and at the end whatever is left. */
function takeFull(work: readonly Work[], least: number): [Work[], Work[]] {
  const types = Map.groupBy(work, ({ mapping }) => mapping.object);
  const full = [...types.values()]
    .filter((some) => some.length >= least)
    .map((some) => (least > 1 ? some.slice(0, CHUNK) : some));
  const ready = new Set(full.flat());
  return [[...ready], work.filter((one) => !ready.has(one))];
}

interface Batch {
  rows: PlanRow[];
  scopes: Scope[];
}

/** The plan's open rows of one root type, with the roots that they are about; rows of one root stand together. */
async function* batches(rc: Reconciling, run: Run, mapping: Mapping): AsyncGenerator<Batch> {
  let rows: PlanRow[] = [];
  const roots = new Map<string, Scope>();
  for (let after = 0; ;) {
    const page = await pagePlanRows(rc.ctx.db, { runId: run.id, after, limit: 1000, states: OPEN });
    const last = page.at(-1);
    if (!last) break;
    after = last.seq;
    for (const row of page) {
      if (row.root.type !== mapping.object || !willBeDone(row)) continue;
      const [scope] = scopesOf([row]);
      if (!scope) continue;
      const key = `${scope.side}|${scope.ref}`;
      if (!roots.has(key) && roots.size === BATCH) {
        yield { rows, scopes: [...roots.values()] };
        rows = [];
        roots.clear();
      }
      roots.set(key, scope);
      rows.push(row);
    }
  }
  if (rows.length > 0) yield { rows, scopes: [...roots.values()] };
}

function scopesOf(rows: readonly PlanRow[]): (Scope & { reason: string })[] {
  return noticesOf(
    rows.map(({ root }) => root),
    'the plan was stale',
  );
}

/** Both sides are read and compared again: which rows still stand, which have moved on, and which are done already. */
async function recheck(
  rc: Reconciling,
  run: Run,
  mapping: Mapping,
  rows: readonly PlanRow[],
  scopes: readonly Scope[],
) {
  const decided = await decideScopes(rc, mapping, scopes, { runId: run.id, isFull: true });
  const now = new Map(decided.rows.filter(willBeDone).map((row) => [slot(row), rowText(row)]));
  const same: PlanRow[] = [];
  const stale: PlanRow[] = [];
  const over: PlanRow[] = [];
  for (const row of rows) {
    const text = now.get(slot(row));
    const resolved = resolve(rc, row);
    if (text === rowText(resolved)) same.push(resolved);
    else if (text === undefined && row.state === 'sent') over.push(row);
    else stale.push(row);
  }
  return { same, stale, over, decided };
}

function slot(row: Pick<PlanRow, 'object' | 'hubId' | 'theirId' | 'field'>): string {
  return `${row.object}|${row.hubId ?? ''}|${row.theirId ?? ''}|${row.field}`;
}

/** What was to be made here when the plan was made may be there by now. */
function resolve(rc: Reconciling, row: PlanRow): PlanRow {
  const { theirs } = row;
  if (typeof theirs !== 'string' || !theirs.startsWith('new:')) return row;
  const [, type = '', ...id] = theirs.split(':');
  return { ...row, theirs: rc.links.hubId(type, id.join(':')) ?? theirs };
}

async function findMoved(rc: Reconciling, run: Run): Promise<PlanRow[]> {
  const moved: PlanRow[] = [];
  let checked = 0;
  for (const mapping of rc.rootMappings) {
    for await (const { rows, scopes } of batches(rc, run, mapping)) {
      const { stale } = await recheck(rc, run, mapping, rows, scopes);
      moved.push(...stale.slice(0, 100 - moved.length));
      checked += rows.length;
      await updateRun(rc.ctx.db, run.id, {
        progress: { step: 'checking', object: mapping.object, done: checked, of: null },
      });
      await rc.between();
    }
  }
  return moved;
}

function refuse(rc: Reconciling, run: Run, moved: readonly PlanRow[]): Promise<void> {
  const some = moved.slice(0, 5).map((row) => `${row.object} ${row.label}${row.field === '' ? '' : ` ${row.field}`}`);
  const reason = `the world has moved on since the plan was made (${some.join(', ')}${moved.length > 5 ? ', …' : ''}): nothing of it was done; make a new plan`;
  return endRun(rc, run, { state: 'refused', reason, stale: moved.map(({ seq }) => seq) });
}

/** Sent before a crash, and nothing differs any more: it arrived. What both sides agree upon now is found by a look of its own. */
async function settleArrived(
  rc: Reconciling,
  runId: string,
  rows: readonly PlanRow[],
  decided: Decided,
): Promise<void> {
  if (rows.length === 0) return;
  const made = new Set(
    rows.filter(({ action }) => action === 'create-there').map((row) => `${row.object}|${row.hubId}`),
  );
  const links = decided.links.filter(({ object, hubId }) => made.has(`${object}|${hubId}`));
  await tx(rc.ctx, async (inside) => {
    await saveLinks(inside.db, rc.system, links, inside.now());
    await settlePlanRows(
      inside.db,
      runId,
      rows.map(({ seq }) => seq),
      { state: 'confirmed' },
      inside.now(),
    );
    await addNotices(inside.db, rc.system, scopesOf(rows), inside.now(), 0);
  });
}

async function settle(
  rc: Reconciling,
  runId: string,
  rows: readonly PlanRow[],
  state: RowState,
  reason: string | null,
): Promise<void> {
  if (rows.length === 0) return;
  await settlePlanRows(
    rc.ctx.db,
    runId,
    rows.map(({ seq }) => seq),
    { state, reason },
    rc.ctx.now(),
  );
}

/** A creation that nobody heard back from may still take effect there: it is looked for only after that time. */
export async function waitOutSent(rc: Reconciling, run: Pick<Run, 'id'>): Promise<void> {
  for (let after = 0; ;) {
    const rows = await pagePlanRows(rc.ctx.db, { runId: run.id, after, limit: 1000, states: ['sent'] });
    const last = rows.at(-1);
    if (!last) return;
    after = last.seq;
    for (const { action, sentAt } of rows) {
      if (action !== 'create-there' || sentAt === null) continue;
      const left = Date.parse(sentAt) + rc.ctx.settings.settleMs - rc.ctx.now().getTime();
      if (left > 0) throw new Later(left, 'a creation that nobody heard back from may still take effect');
    }
  }
}

async function finish(rc: Reconciling, run: Run): Promise<void> {
  const applied: Applied = { confirmed: 0, failed: 0, stale: 0 };
  const summary = structuredClone(run.summary);
  for (const { object, state, objects, rows } of await countPlanRows(rc.ctx.db, run.id)) {
    if (state === 'confirmed' || state === 'failed' || state === 'stale') applied[state] += rows;
    const counted = summary?.objects[object];
    if (state === 'failed' && counted) counted.failed += objects;
  }
  await tx(rc.ctx, async (inside) => {
    const finishedAt = inside.now().toISOString();
    await updateRun(inside.db, run.id, { state: 'done', finishedAt, progress: null, summary });
    await append(inside, reconcileApplied, {
      subject: { type: 'adapter', id: rc.system },
      data: { runId: run.id, system: rc.system, ...applied },
    });
  });
}
