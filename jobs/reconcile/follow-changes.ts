import { tx } from '#src/core/tx.ts';
import { findConnection, lockConnection, updateConnection } from '#src/drift/connection-store.ts';
import { saveChanges, sweepChanges } from '#src/drift/change-store.ts';
import { requestRun } from '#src/drift/commands/request-run.ts';
import { oldestRun } from '#src/drift/run-store.ts';
import { handle } from '../job-ctx.ts';
import type { RecordChangeSeen } from '#src/ports/record-objects.ts';
import { compareSystemJob, followChangesJob, reconcileSystemJob } from '../catalogue.ts';
import { noticeRecords, type NoticedRecord } from './notice-changes.ts';
import { openReconciling, type Reconciling } from './reconciling.ts';

/** As long as anybody asks who changed something. */
const KEPT_DAYS = 90;

/** What the other side's change log says since the last time: catches the webhooks that never came. */
export const followChangesTask = handle(followChangesJob, async (ctx, { system }) => {
  if (!ctx.adapters.has('recordObjects') || ctx.adapters.providerOf('recordObjects') !== system)
    return { outcome: `${system} is not compared with` };
  const rc = openReconciling(ctx);
  await tx(ctx, (inside) => lockConnection(inside.db, system, inside.now()));
  let { changeCursor } = await findConnection(ctx.db, system);
  let [seen, noticed] = [0, 0];
  for (;;) {
    const types = rc.mappings.map(({ object }) => object);
    const found = await rc.records.changes({ types, cursor: changeCursor }, ctx.signal);
    seen += found.changes.length;
    await saveChanges(ctx.db, system, found.changes);
    noticed += await noticeRecords(
      rc,
      found.changes.flatMap((change) => rootsOf(rc, change)),
      'its change log',
    );
    if (found.reset) await ctx.enqueue(compareSystemJob, { system });
    // After what it stands for is kept: a crash in between reads it once more, and notices it once more.
    changeCursor = found.cursor;
    await updateConnection(ctx.db, system, { changeCursor, changesReadAt: ctx.now().toISOString() }, ctx.now());
    if (!found.more) break;
    ctx.signal.throwIfAborted();
  }
  if (noticed > 0) await ctx.enqueue(reconcileSystemJob, { system });
  await sweepChanges(ctx.db, new Date(ctx.now().getTime() - KEPT_DAYS * 86_400_000));
  return { outcome: seen === 0 ? 'nothing new' : 'read', seen, noticed };
});

function rootsOf(rc: Reconciling, change: RecordChangeSeen): NoticedRecord[] {
  const mapping = rc.mappings.find(({ object }) => object === change.type);
  if (!mapping) return [];
  if (mapping.parent === null) return [{ type: change.type, id: change.objectId }];
  const parent = mapping.parent;
  return change.parentIds.map((id) => ({ type: parent, id }));
}

/** Asks for a look at everything, where none is under way. */
export const compareSystemTask = handle(compareSystemJob, async (ctx, { system }) => {
  if (!ctx.adapters.has('recordObjects') || ctx.adapters.providerOf('recordObjects') !== system)
    return { outcome: `${system} is not compared with` };
  const under = await oldestRun(ctx.db, {
    system,
    kind: 'full',
    states: ['requested', 'planning', 'approved', 'applying'],
  });
  if (!under)
    await tx(ctx, (inside) =>
      requestRun(inside, { system, reason: 'the regular look at everything', applies: undefined }),
    );
  await ctx.enqueue(reconcileSystemJob, { system });
  return under ? { outcome: 'one is under way', run: under.id } : { outcome: 'asked for' };
});
