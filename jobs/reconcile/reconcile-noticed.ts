import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { findConnection } from '#src/drift/connection-store.ts';
import { rootsHeld } from '#src/drift/drift-store.ts';
import { reconcileFailed } from '#src/drift/events.ts';
import type { PlannedRow } from '#src/drift/model.ts';
import {
  addNotices,
  dueNotices,
  isGathering,
  type Notice,
  noticesOf,
  oldestDue,
  postponeNotices,
  settleNotices,
} from '#src/drift/notice-store.ts';
import { pagePlanRows, settlePlanRows } from '#src/drift/plan-store.ts';
import { insertRun, oldestRun, updateRun } from '#src/drift/run-store.ts';
import { saveDecided, willBeDone } from '#src/drift/save-decided.ts';
import { append } from '#src/events/append.ts';
import { Later } from '#src/journal/effect.ts';
import { isOverdueSince } from '#src/journal/reads.ts';
import { isBehindSince } from '#src/observations/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { noticeRecordJob } from '../catalogue.ts';
import { readFeedsOfJob } from '../catalogue-feeds.ts';
import { applyWork, workOf } from './apply-rows.ts';
import { waitOutSent } from './apply-run.ts';
import { brake, letThrough, mayWrite } from './brake-looks.ts';
import { type Decided, decideScopes } from './decide-scopes.ts';

import { BATCH, saving } from './plan-run.ts';
import { type Reconciling, serverTypeIn } from './reconciling.ts';

/** A worker that keeps up comes to a webhook within milliseconds. */
const BEHIND_MS = 1000;
const FLOOD_MS = 60_000;

/** Looks at what was noticed, up to a hundred roots of one type at once. @returns whether there was anything */
export async function reconcileNoticed(rc: Reconciling): Promise<boolean> {
  const { ctx, system } = rc;
  for (const mapping of rc.rootMappings) {
    const due = await dueNotices(ctx.db, { system, now: ctx.now(), limit: BATCH, rootType: mapping.object });
    if (due.length === 0) continue;
    const about = { system, rootType: mapping.object, now: ctx.now() };
    if (due.length < BATCH && (await isGathering(ctx.db, about))) continue;
    if (await isFloodComing(rc, about)) continue;
    await rc.refreshLinks();
    try {
      await look(rc, mapping, due);
    } catch (error) {
      if (isOfAll(rc, error)) throw error;
      // One that cannot be looked at must not stop those beside it.
      ctx.log.error({ err: error }, 'a batch of noticed objects failed; they are looked at one by one');
      for (const notice of due) await lookAlone(rc, mapping, notice);
    }
    return true;
  }
  return false;
}

/**
 * Webhooks come faster than they can be noted: what is due now is probably noticed once more in a moment, and then one look does for both.
 * Nothing waits for longer than a minute because of that.
 */
async function isFloodComing(
  { ctx, system }: Reconciling,
  about: { system: string; rootType: string; now: Date },
): Promise<boolean> {
  const before = new Date(about.now.getTime() - BEHIND_MS);
  const isFlooded =
    (await isOverdueSince(ctx, { name: noticeRecordJob.name, before })) ||
    (await isBehindSince(ctx, { adapter: system, before }));
  if (!isFlooded) return false;
  const oldest = await oldestDue(ctx.db, about);
  return oldest !== undefined && about.now.getTime() - oldest.getTime() < FLOOD_MS;
}

/** Trouble that every other look would have as well: the job waits it out, or is not ours any more. */
function isOfAll({ ctx }: Reconciling, error: unknown): boolean {
  if (ctx.signal.aborted || error instanceof Later) return true;
  return error instanceof AdapterError && (error.retry === 'later' || error.kind === 'unauthorized');
}

async function lookAlone(rc: Reconciling, mapping: Reconciling['rootMappings'][number], notice: Notice): Promise<void> {
  try {
    await look(rc, mapping, [notice]);
  } catch (error) {
    if (isOfAll(rc, error)) throw error;
    rc.ctx.log.error(
      { err: error, ref: notice.ref, side: notice.side },
      'an object could not be looked at; it is tried again',
    );
    await putOff(rc, notice, error instanceof Error ? error.message : String(error));
  }
}

/** Tried again less and less often; the first time somebody is told. */
async function putOff({ ctx, system }: Reconciling, notice: Notice, trouble: string): Promise<void> {
  const waitMs = Math.min(3_600_000, 10_000 * 2 ** notice.tries);
  const reason = `${notice.rootType} ${notice.ref} could not be looked at: ${trouble}`;
  await tx(ctx, async (inside) => {
    const now = inside.now();
    await postponeNotices(inside.db, system, [notice], new Date(now.getTime() + waitMs));
    if (notice.tries > 0) return;
    const id = newId();
    await insertRun(
      inside.db,
      {
        ...{ id, system, kind: 'objects', state: 'failed', applies: false },
        ...{ reason: notice.reason, requestedBy: ctx.actor },
      },
      now,
    );
    await updateRun(inside.db, id, { error: reason, finishedAt: now.toISOString() });
    await append(inside, reconcileFailed, {
      subject: { type: 'adapter', id: system },
      data: { runId: id, system, reason },
    });
  });
}

async function look(
  rc: Reconciling,
  mapping: Reconciling['rootMappings'][number],
  due: readonly Notice[],
): Promise<void> {
  const { ctx, system } = rc;
  const runId = newId();
  const decided = await decideScopes(rc, mapping, due, { runId, isFull: false });
  const connection = await findConnection(ctx.db, system);
  decided.rows = letThrough(decided, connection);
  const applies = mayWrite(rc, connection) && !(await brake(rc, decided, connection));
  if (applies) decided.rows = decided.rows.map(awaitPlace);
  await tx(ctx, async (inside) => {
    if (decided.rows.length > 0) {
      const reason = [...new Set(due.map(({ reason: one }) => one))].join(', ');
      await insertRun(
        inside.db,
        {
          id: runId,
          system,
          kind: 'objects',
          state: applies ? 'applying' : 'planned',
          applies,
          reason,
          requestedBy: ctx.actor,
        },
        inside.now(),
      );
    }
    await saveDecided(inside, saving(rc, decided, { run: { id: runId, isFull: false }, first: 1, applies }));
    if (applies) await noteLinked(rc, inside, decided);
  });
  if (applies && decided.rows.some(willBeDone)) {
    const rows = await pagePlanRows(ctx.db, { runId, after: 0, limit: 100_000, states: ['pending'] });
    await applyWork(rc, runId, workOf(rc, decided, rows));
  }
  if (decided.rows.length > 0)
    await updateRun(ctx.db, runId, { state: applies ? 'done' : 'planned', finishedAt: ctx.now().toISOString() });
  await readFeeds(rc, runId, decided, due);
  await settleNotices(ctx.db, system, due);
}

/** Of servers that something changed about there, or that are new to us: their cables may be what it was. */
async function readFeeds(rc: Reconciling, look: string, decided: Decided, due: readonly Notice[]): Promise<void> {
  if (rc.ctx.settings.feedsReadMs === 0 || decided.rootType !== serverTypeIn(rc.rootMappings)) return;
  const noticed = new Set(due.flatMap(({ side, ref }) => (side === 'their' ? [ref] : [])));
  const pairs = decided.pairs.get(decided.rootType) ?? [];
  const ids = pairs.flatMap(({ theirs: { object }, link }) =>
    noticed.has(object.id) || (link?.fingerprint ?? null) === null ? [object.id] : [],
  );
  if (ids.length > 0) await rc.ctx.enqueue(readFeedsOfJob, { system: rc.system, ids, look });
}

/** What refers to something that is not here yet is taken over once that is made: whoever refers to it is noticed then. */
function awaitPlace(row: PlannedRow): PlannedRow {
  if (row.action !== 'adopt' || row.decision !== 'auto' || !String(row.theirs).startsWith('new:')) return row;
  return { ...row, decision: 'refused', reason: `its ${row.field} is not here yet: it is taken over once that is` };
}

/** What the brakes held back is looked at again as soon as a person has released them. */
export async function noticeReleased({ ctx, system }: Reconciling): Promise<void> {
  const { mode, heldReason, releasedAt } = await findConnection(ctx.db, system);
  if (mode !== 'apply' || heldReason !== null || releasedAt === null) return;
  const roots = await rootsHeld(ctx.db, { system, before: releasedAt });
  await addNotices(ctx.db, system, noticesOf(roots, 'the brakes were released'), ctx.now(), 0);
}

/** The server is known there, though nothing had to be written. */
async function noteLinked(
  rc: Reconciling,
  inside: Parameters<Parameters<typeof tx>[1]>[0],
  decided: Decided,
): Promise<void> {
  const mapping = rc.mappings.find(({ object }) => object === decided.rootType);
  const side = mapping && rc.sideOf(mapping);
  if (!side?.noteRecorded) return;
  for (const { theirs, ours, link } of decided.pairs.get(decided.rootType) ?? []) {
    if (link !== undefined) continue;
    const recordUrl = rc.records.urlOf(decided.rootType, theirs.object.id);
    await side.noteRecorded(inside, ours.object.id, [], { system: rc.system, recordId: theirs.object.id, recordUrl });
  }
}

/** A look that a crash cut off: what it was about is still noticed, and is looked at anew once nothing of it can still arrive. */
export async function closeCutOff(rc: Reconciling): Promise<void> {
  for (;;) {
    const run = await oldestRun(rc.ctx.db, { system: rc.system, kind: 'objects', states: ['applying'] });
    if (!run) return;
    await waitOutSent(rc, run);
    const rows = await pagePlanRows(rc.ctx.db, {
      runId: run.id,
      after: 0,
      limit: 100_000,
      states: ['pending', 'sent'],
    });
    await settlePlanRows(
      rc.ctx.db,
      run.id,
      rows.map(({ seq }) => seq),
      { state: 'stale', reason: 'cut off by a crash; it is looked at again' },
      rc.ctx.now(),
    );
    await updateRun(rc.ctx.db, run.id, { state: 'done', finishedAt: rc.ctx.now().toISOString() });
  }
}
