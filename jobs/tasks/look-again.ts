import { tx } from '#src/core/tx.ts';
import { lookAgain } from '#src/tickets/commands/look-again.ts';
import { handle } from '../job-ctx.ts';
import { lookAgainJob } from '../catalogue-tickets.ts';

/** The reason why alerts opened nothing is gone. */
export const lookAgainTask = handle(lookAgainJob, async (ctx, { of, id }) => {
  const want = of === 'ticket' ? { ticketId: id } : { assetId: id };
  let held = 0;
  // So many at a time, until none is left: a site's outage explains thousands.
  for (;;) {
    ctx.signal.throwIfAborted();
    const some = await tx(ctx, (inside) => lookAgain(inside, want), { isolation: 'read committed' });
    if (some === 0) return { held };
    held += some;
  }
});
