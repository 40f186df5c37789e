import { tx } from '#src/core/tx.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import { findConnection, lockConnection, updateConnection } from '#src/drift/connection-store.ts';
import { saveChanges, sweepChanges } from '#src/drift/change-store.ts';
import { requestRun, UNDER_WAY } from '#src/drift/commands/request-run.ts';
import { oldestRun } from '#src/drift/run-store.ts';
import { handle } from '../job-ctx.ts';
import type { RecordChangeSeen } from '#src/ports/record-objects.ts';
import { compareSystemJob, followChangesJob, reconcileSystemJob } from '../catalogue.ts';
import { noticeCabling } from './notice-cabling.ts';
import { type NoticedRecord, noticeRecords } from './notice-records.ts';
import { isComparedWith, openReconciling, type Reconciling } from './reconciling.ts';

/** As long as anybody asks who changed something. */
const KEPT_DAYS = 90;

/** What the other side's change log says since the last time: catches the webhooks that never came. */
export const followChangesTask = handle(followChangesJob, async (ctx, { system }) => {
  if (!isComparedWith(ctx, system)) return { outcome: `${system} is not compared with` };
  const rc = openReconciling(ctx);
  await tx(ctx, (inside) => lockConnection(inside.db, system, inside.now()));
  let { changeCursor } = await findConnection(ctx.db, system);
  const cabling = rc.records.types().flatMap(({ name, isCabling }) => (isCabling ? [name] : []));
  const types = [...new Set([...rc.mappings.map(({ object }) => object), ...cabling])];
  let [seen, noticed] = [0, 0];
  for (;;) {
    const found = await rc.records.changes({ types, cursor: changeCursor }, ctx.signal);
    seen += found.changes.length;
    // Who changed what is asked of what is compared only.
    const compared = found.changes.filter((change) => mappingOf(rc, change) !== undefined);
    await saveChanges(ctx.db, system, compared);
    noticed += await noticeRecords(
      rc,
      found.changes.flatMap((change) => rootsOf(rc, change)),
      'its change log',
    );
    noticed += await noticeCabling(rc, cablesIn(rc, found.changes), 'its change log');
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
  const mapping = mappingOf(rc, change);
  if (mapping?.parent === null) return [{ type: change.type, id: change.objectId }];
  const parent = rc.records.types().find(({ name }) => name === change.type)?.parent ?? null;
  return parent === null ? [] : change.parentIds.map((id) => ({ type: parent, id }));
}

function mappingOf({ mappings }: Reconciling, { type }: RecordChangeSeen): Mapping | undefined {
  return mappings.find(({ object }) => object === type);
}

/** Cables, each by the devices that it is or was on: its ends come as a change each. A change that names none is one of its label. */
function cablesIn({ records }: Reconciling, changes: readonly RecordChangeSeen[]): string[][] {
  const types = records.types().filter(({ parent, isCabling }) => isCabling && parent === null);
  const of = changes.filter(({ type }) => types.some(({ name }) => name === type));
  const found = Map.groupBy(of, ({ type, objectId }) => `${type}:${objectId}`);
  return [...found.values()].map((some) => [...new Set(some.flatMap(({ parentIds }) => parentIds))]);
}

/** Asks for a look at everything, where none is under way. */
export const compareSystemTask = handle(compareSystemJob, async (ctx, { system }) => {
  if (!isComparedWith(ctx, system)) return { outcome: `${system} is not compared with` };
  const under = await oldestRun(ctx.db, {
    system,
    kind: 'full',
    states: UNDER_WAY,
  });
  if (!under)
    await tx(ctx, (inside) =>
      requestRun(inside, { system, reason: 'the regular look at everything', applies: undefined }),
    );
  await ctx.enqueue(reconcileSystemJob, { system });
  return under ? { outcome: 'one is under way', run: under.id } : { outcome: 'asked for' };
});
