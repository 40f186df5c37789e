import { HubError } from '#src/core/error.ts';
import { freeKindsAt, stillWaiting } from '#src/stock/waiting-reads.ts';
import { openRepairsAt, type Ticket } from '#src/tickets/reads.ts';
import { reserveForWaitingJob } from '../catalogue-stock.ts';
import { handle, type JobCtx } from '../job-ctx.ts';
import { reserveIfWanted, toWaiting, wishOf } from '../spare-for-ticket.ts';

/** More open repairs than a datacenter has; the most urgent ones are looked at. */
const AT_MOST = 5000;
const BECAUSE = 'something came or is free again';

/** Open tickets that wait for a spare are looked at again: the most urgent first, and of those the oldest. */
export const reserveForWaitingTask = handle(reserveForWaitingJob, async (ctx, { site }) => {
  let kinds = await freeKindsAt(ctx, site);
  if (kinds.size === 0) return { reserved: 0, waiting: 0, outcome: 'nothing is free there' };
  const open = await openRepairsAt(ctx, site, AT_MOST);
  const waits = await stillWaiting(ctx, open.map(toWaiting));
  const tickets = open.filter(({ id }) => waits.has(id));
  let [reserved, failed] = [0, 0];
  for (const ticket of tickets) {
    ctx.signal.throwIfAborted();
    if (kinds.size === 0) break;
    try {
      if (!(await reserveOne(ctx, ticket, kinds))) continue;
      reserved += 1;
      kinds = await freeKindsAt(ctx, site);
    } catch (err) {
      // What is wrong with one must not keep the others from theirs.
      if (!(err instanceof HubError)) throw err;
      failed += 1;
      ctx.log.warn({ err, ticket: ticket.id }, 'a spare cannot be looked for');
    }
  }
  return { reserved, waiting: tickets.length - reserved, ...(failed > 0 ? { failed } : {}) };
});

async function reserveOne(ctx: JobCtx, known: Ticket, kinds: ReadonlySet<string>): Promise<boolean> {
  const wish = await wishOf(ctx, known);
  if (wish === undefined || wish.kind === null || !kinds.has(wish.kind)) return false;
  const spare = await reserveIfWanted(ctx, wish, BECAUSE);
  return spare?.outcome === 'reserved';
}
