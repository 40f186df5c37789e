import { tx } from '#src/core/tx.ts';
import { flagUnproven } from '#src/tickets/commands/record-proof.ts';
import { forgetHeld } from '#src/tickets/held-store.ts';
import { doneWithoutProof, serversUnderRepair, staleOutside } from '#src/tickets/repair-reads.ts';
import { checkRepairs } from '../check-repair.ts';
import { handle, type JobCtx } from '../job-ctx.ts';
import { sweepTicketsJob } from '../catalogue-tickets.ts';
import { syncOutside } from '../sync-outside.ts';

const AT_MOST = 500;
const AT_ONCE = 1000;
const DAY_MS = 86_400_000;

/** What nobody tells of. What the other side is needed for comes last: while it is away, the rest is done all the same. */
export const sweepTicketsTask = handle(sweepTicketsJob, async (ctx) => {
  const { tickets } = ctx.settings;
  const ago = (ms: number): string => new Date(ctx.now().getTime() - ms).toISOString();
  let unproven = 0;
  for (const id of await doneWithoutProof(ctx, ago(tickets.proofHours * 3_600_000), AT_MOST))
    if (await tx(ctx, (inside) => flagUnproven(inside, id, tickets.proofHours))) unproven += 1;
  const repaired = await serversUnderRepair(ctx, AT_MOST);
  for (const assetId of repaired) await checkRepairs(ctx, assetId);
  await forgetAllHeld(ctx, ago(DAY_MS));
  let read = 0;
  if (tickets.syncMs > 0 && ctx.adapters.has('tickets')) {
    for (const ticket of await staleOutside(ctx, ago(tickets.syncMs / 2), AT_MOST)) {
      await syncOutside(ctx, ticket);
      read += 1;
    }
  }
  return { unproven, repaired: repaired.length, read };
});

/** A portion at a time, so that nobody waits for long. */
async function forgetAllHeld(ctx: JobCtx, before: string): Promise<void> {
  for (;;) {
    ctx.signal.throwIfAborted();
    const gone = await tx(ctx, (inside) => forgetHeld(inside.db, before, AT_ONCE), { isolation: 'read committed' });
    if (gone < AT_ONCE) return;
  }
}
