import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { takeHeld, type TicketJudges } from '#src/tickets/commands/take-alert.ts';
import { claimHeld, nextDue, settleHeld } from '#src/tickets/held-store.ts';

/** A worker that is gone leaves what it had taken to the others after so long. */
const CLAIM_MS = 30_000;
const AT_ONCE = 50;
const COMMITTED = { isolation: 'read committed' } as const;

/** Takes alerts that were held for long enough; workers share them. @returns whether there may be more */
export async function releaseHeld(base: Ctx, judges: TicketJudges): Promise<boolean> {
  const ctx: Ctx = { ...base, actor: 'held-alerts' };
  const now = ctx.now();
  const due = await nextDue(ctx.db);
  if (due === null || due > now.toISOString()) return false;
  const until = new Date(now.getTime() + CLAIM_MS).toISOString();
  const wanted = { now: now.toISOString(), until, limit: AT_ONCE };
  const claimed = await tx(ctx, (inside) => claimHeld(inside.db, wanted), COMMITTED);
  for (const complaint of claimed) {
    try {
      await tx({ ...ctx, cause: complaint.alertId }, (inside) => takeHeld(inside, judges, complaint), COMMITTED);
    } catch (err) {
      // Its server is gone from the registry: nothing can be opened for it. All else is tried again when the claim ends.
      const isGone = err instanceof HubError && err.kind === 'not-found';
      if (isGone) await tx(ctx, (inside) => settleHeld(inside.db, [complaint.alertId]), COMMITTED);
      ctx.log.error({ err, alert: complaint.alertId }, isGone ? 'a held alert is about nothing' : 'a held alert waits');
    }
  }
  return claimed.length === AT_ONCE;
}
