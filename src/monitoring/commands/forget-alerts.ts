import type { Ctx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import { alertsNotHeardSince, removeAlerts } from '../store.ts';

/**
 * Lets go of alerts that nobody has told of for long and that mean nothing here now. What was reported and is not over stays, however long
 * ago that was: only its row knows how to say that it is over.
 * @returns how many went, and whether there is more to look at
 */
export async function forgetAlerts(
  ctx: Ctx,
  { before, rows, most }: { before: string; rows: number; most: number },
): Promise<{ removed: number; more: boolean }> {
  let removed = 0;
  let after: { heardAt: string; id: string } | undefined;
  while (removed < most) {
    ctx.signal.throwIfAborted();
    const found = await alertsNotHeardSince(ctx.db, { before, after }, rows);
    const going = found.filter(({ holds }) => !holds);
    removed += await tx(ctx, ({ db }) => removeAlerts(db, going, before), { isolation: 'read committed' });
    if (found.length < rows) return { removed, more: false };
    after = found.at(-1);
  }
  return { removed, more: true };
}
