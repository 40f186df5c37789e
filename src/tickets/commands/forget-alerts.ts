import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import {
  alertsBefore,
  type Horizon,
  noteForgotten,
  removeAlerts,
  removeSuppressions,
  suppressionsBefore,
  type Written,
} from '../forget-store.ts';
import type { TicketLimits } from './open-ticket.ts';

interface Forgetting {
  /** ISO 8601: what is older may go. */
  before: string;
  /** While a ticket may be opened again, what is told of it stays. */
  limits: TicketLimits;
  /** Rows that are looked at in one step, and how many of a table may go before somebody else has a turn. */
  rows: number;
  most: number;
}

const COMMITTED = { isolation: 'read committed' } as const;
const DAY_MS = 86_400_000;

/**
 * Lets go of what became of old alerts and of why they opened nothing, but for what an open ticket shows, what waits for another state of its
 * server or for the end of a maintenance, and what a ticket that may be opened again was told. In small steps, each on its own. Tickets stay.
 * @returns how many went, and whether there is more to look at
 */
export async function forgetTicketAlerts(
  ctx: Ctx,
  want: Forgetting,
): Promise<{ suppressions: number; alerts: number; more: boolean }> {
  const { before, limits } = want;
  const now = ctx.now();
  const reopens = new Date(now.getTime() - Math.max(limits.reopenDays, limits.againDays) * DAY_MS).toISOString();
  const horizon = { before, closedBefore: reopens < before ? reopens : before, now: now.toISOString() };
  // Suppressions first: what became of an alert stays as long as the reason for it.
  const suppressions = await inSteps(ctx, want, {
    read: (step) => suppressionsBefore(ctx.db, horizon, step),
    remove: ({ db }, ids) => removeSuppressions(db, ids),
  });
  const alerts = await inSteps(ctx, want, {
    read: (step) => alertsBefore(ctx.db, horizon, step),
    remove: (inside, ids) => removeNoted(inside, horizon, ids),
  });
  return { suppressions: suppressions.removed, alerts: alerts.removed, more: suppressions.more || alerts.more };
}

/** An alert that is handed on again must not be taken for a new one: it is known from when on the books are whole. */
async function removeNoted({ db }: TxCtx, { before }: Horizon, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  await noteForgotten(db, before);
  return removeAlerts(db, ids);
}

async function inSteps(
  ctx: Ctx,
  { rows, most }: Forgetting,
  table: {
    read: (step: { after: Written | undefined; limit: number }) => Promise<Written[]>;
    remove: (tx: TxCtx, ids: readonly string[]) => Promise<number>;
  },
): Promise<{ removed: number; more: boolean }> {
  let after: Written | undefined;
  let removed = 0;
  while (removed < most) {
    ctx.signal.throwIfAborted();
    const found = await table.read({ after, limit: rows });
    const going = found.filter(({ over }) => over).map(({ id }) => id);
    removed += await tx(ctx, (inside) => table.remove(inside, going), COMMITTED);
    if (found.length < rows) return { removed, more: false };
    after = found.at(-1);
  }
  return { removed, more: true };
}
