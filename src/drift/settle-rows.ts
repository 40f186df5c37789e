import type { TxCtx } from '../core/ctx.ts';
import type { Value } from '../mapping/mapping.ts';
import { slotOf } from './apply-verdicts.ts';
import { openDrifts, resolveDrifts, upsertDrifts } from './drift-store.ts';
import { agree, deleteLinks } from './link-store.ts';
import { type PlanRow, settlePlanRows } from './plan-store.ts';

/** Rows of one object that were carried out. */
export interface DoneRow {
  rows: readonly PlanRow[];
  theirId: string;
  /** What both sides say now, by field. */
  values: Record<string, Value>;
  resolution: string;
  requestId?: string | null;
  /** The object is gone: so is the link of this type. */
  dropLink?: string;
}

/** They were carried out: the pair agrees, the row says so, and what was in the inbox about it is over. */
export async function settleDone(tx: TxCtx, system: string, runId: string, done: readonly DoneRow[]): Promise<void> {
  const now = tx.now();
  for (const { rows, theirId, values, dropLink } of done) {
    const object = rows[0]?.object ?? '';
    if (dropLink !== undefined) await deleteLinks(tx.db, system, [{ object: dropLink, theirId }]);
    else if (Object.keys(values).length > 0) await agree(tx.db, { system, object, theirId, values });
  }
  for (const [requestId, some] of Map.groupBy(done, (one) => one.requestId)) {
    const seqs = some.flatMap(({ rows }) => rows.map(({ seq }) => seq));
    const change = { state: 'confirmed' as const, ...(requestId === undefined ? {} : { requestId }) };
    await settlePlanRows(tx.db, runId, seqs, change, now);
  }
  const rootTypes = Map.groupBy(
    done.flatMap(({ rows, resolution }) => rows.map((row) => ({ row, resolution }))),
    ({ row }) => row.root.type,
  );
  for (const [rootType, rows] of rootTypes) {
    const drifts = await openDrifts(tx.db, {
      system,
      rootType,
      hubIds: [...new Set(rows.flatMap(({ row }) => row.root.hubId ?? []))],
      theirIds: [...new Set(rows.flatMap(({ row }) => row.root.theirId ?? []))],
    });
    const ends = new Map(rows.map(({ row, resolution }) => [slotOf(row), resolution]));
    for (const [resolution, over] of Map.groupBy(drifts, (drift) => ends.get(slotOf(drift))))
      if (resolution !== undefined)
        await resolveDrifts(
          tx.db,
          over.map(({ id }) => id),
          resolution,
          now,
        );
  }
}

/** It could not be done: the row says why, and so does the inbox. */
export async function settleUndone(
  tx: TxCtx,
  system: string,
  runId: string,
  rows: readonly PlanRow[],
  reason: string,
): Promise<void> {
  const now = tx.now();
  await settlePlanRows(
    tx.db,
    runId,
    rows.map(({ seq }) => seq),
    { state: 'failed', reason },
    now,
  );
  await upsertDrifts(
    tx.db,
    system,
    runId,
    rows.map((row) => ({ ...row, decision: 'refused' as const, reason: reason.slice(0, 500) })),
    now,
  );
}
