import { tx } from '#src/core/tx.ts';
import type { FromRecord } from '#src/drift/hub-side.ts';
import { addNotices, noticesOf } from '#src/drift/notice-store.ts';
import { type PlanRow, settlePlanRows } from '#src/drift/plan-store.ts';
import { settleUndone } from '#src/drift/settle-rows.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { RecordObject, RecordResult } from '#src/ports/record-objects.ts';
import { type Reconciling, stillMine } from './reconciling.ts';

/** All rows of a plan about one object, with both sides as they were just read. */
export interface Work {
  mapping: Mapping;
  rows: PlanRow[];
  theirs: RecordObject | undefined;
  ours: Record<string, unknown> | undefined;
  /** Id of the root there, for what is made there. */
  parentTheirId: string | null;
  /** Id of the root here, for what is made here. */
  parentHubId: string | null;
}

export interface Applied {
  confirmed: number;
  failed: number;
  stale: number;
}

export function from(rc: Reconciling, mapping: Mapping, theirId: string): FromRecord {
  return { system: rc.system, recordId: theirId, recordUrl: rc.records.urlOf(mapping.object, theirId) };
}

/** The intent first: whoever takes over after a crash knows what may have happened. */
export async function send(rc: Reconciling, runId: string, work: readonly Work[]): Promise<void> {
  await stillMine(rc);
  const seqs = work.flatMap(({ rows }) => rows.map(({ seq }) => seq));
  await settlePlanRows(rc.ctx.db, runId, seqs, { state: 'sent' }, rc.ctx.now());
}

export async function settleBad(
  rc: Reconciling,
  runId: string,
  rows: readonly PlanRow[],
  result: RecordResult | undefined,
): Promise<Applied> {
  if (result?.outcome === 'stale')
    return leave(rc, runId, rows, 'it changed there in the same moment; it is looked at again');
  if (result?.outcome === 'gone')
    return fail(rc, runId, rows, 'it is not there any more, or these credentials may not write it');
  if (result?.outcome === 'refused') return fail(rc, runId, rows, result.reason);
  return fail(rc, runId, rows, 'the other side said nothing about it');
}

/** Not done, because it is not any more as it was compared. */
export async function leave(
  rc: Reconciling,
  runId: string,
  rows: readonly PlanRow[],
  reason: string,
): Promise<Applied> {
  const roots = rows.map(({ root }) => root);
  await tx(rc.ctx, async (inside) => {
    const seqs = rows.map(({ seq }) => seq);
    await settlePlanRows(inside.db, runId, seqs, { state: 'stale', reason }, inside.now());
    await addNotices(inside.db, rc.system, noticesOf(roots, 'it changed meanwhile'), inside.now());
  });
  return { confirmed: 0, failed: 0, stale: rows.length };
}

export async function fail(rc: Reconciling, runId: string, rows: readonly PlanRow[], reason: string): Promise<Applied> {
  if (rows.length > 0) await tx(rc.ctx, (inside) => settleUndone(inside, rc.system, runId, rows, reason));
  return { confirmed: 0, failed: rows.length, stale: 0 };
}

export async function notice(
  rc: Reconciling,
  db: Parameters<typeof addNotices>[0],
  scopes: readonly { type: string; side: 'hub' | 'their'; ref: string }[],
): Promise<void> {
  const wanted = scopes
    .filter(({ ref }) => ref !== '')
    .map(({ type, side, ref }) => ({ rootType: type, side, ref, reason: 'after a write' }));
  await addNotices(db, rc.system, wanted, rc.ctx.now(), 0);
}

export function keyOf(runId: string, first: Work | undefined): string {
  return `reconcile ${runId} row ${first?.rows[0]?.seq ?? 0}`;
}

export function add(sum: Applied, more: Applied): void {
  sum.confirmed += more.confirmed;
  sum.failed += more.failed;
  sum.stale += more.stale;
}
