import { tx } from '#src/core/tx.ts';
import { reconcileFailed } from '#src/drift/events.ts';
import { settlePlanRows } from '#src/drift/plan-store.ts';
import { type Run, updateRun } from '#src/drift/run-store.ts';
import { append } from '#src/events/append.ts';
import type { Reconciling } from './reconciling.ts';

/** A run that came to nothing, with the reason where people look for it. `stale`: rows that are the reason. */
export async function endRun(
  { ctx, system }: Reconciling,
  run: Pick<Run, 'id'>,
  end: { state: 'failed' | 'refused'; reason: string; stale?: readonly number[] },
): Promise<void> {
  const { state, reason, stale = [] } = end;
  await tx(ctx, async (inside) => {
    const why = { state: 'stale' as const, reason: 'moved on since the plan was made' };
    await settlePlanRows(inside.db, run.id, stale, why, inside.now());
    const finishedAt = inside.now().toISOString();
    await updateRun(inside.db, run.id, { state, error: reason, finishedAt, progress: null });
    await append(inside, reconcileFailed, {
      subject: { type: 'adapter', id: system },
      data: { runId: run.id, system, reason },
    });
  });
}
