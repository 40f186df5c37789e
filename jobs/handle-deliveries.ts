import { observeLease } from '#src/arrivals/commands/observe-lease.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { isDuplicate, tx } from '#src/core/tx.ts';
import { hurryPolls } from '#src/health/commands/hurry-polls.ts';
import type { TelemetryJudge } from '#src/health/commands/report-telemetry.ts';
import { handleDelivery, type Observers } from '#src/observations/commands/handle-delivery.ts';
import { hasPending, postponeDelivery, settleDelivery, takePending } from '#src/observations/store.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import { alertObserver } from './report-alerts.ts';

const ATTEMPTS = 8;
/** What a delivery leads to learns step by step what it has to lock. */
const READ_COMMITTED = { isolation: 'read committed' } as const;

export function deliveryObservers(judge: TelemetryJudge): Observers {
  return { lease: observeLease, bmcEvent: hurryPolls, alerts: alertObserver(judge) };
}

/** Translates the oldest kept delivery. @returns whether there may be another */
export async function handleNextDelivery(ctx: Ctx, adapters: Adapters, observers: Observers): Promise<boolean> {
  if (!(await hasPending(ctx.db, ctx.now()))) return false;
  const seen: { id?: string; attempts?: number } = {};
  try {
    return await tx(
      { ...ctx, actor: 'webhook' },
      async (inside) => {
        const delivery = await takePending(inside.db, inside.now());
        if (!delivery) return false;
        Object.assign(seen, { id: delivery.id, attempts: delivery.attempts });
        await handleDelivery(
          { ...inside, actor: `webhook:${delivery.adapter}` },
          delivery,
          adapters.door(delivery.adapter),
          observers,
        );
        return true;
      },
      READ_COMMITTED,
    );
  } catch (error) {
    if (seen.id === undefined) throw error;
    // One delivery that cannot be handled must not stop those behind it.
    const reason = error instanceof Error ? error.message : String(error);
    const attempts = (seen.attempts ?? 0) + 1;
    // Somebody else made the same thing at the same moment: the next look finds it there.
    if (isDuplicate(error) && attempts < ATTEMPTS) {
      await postponeDelivery(ctx.db, seen.id, reason, ctx.now());
      return true;
    }
    ctx.log.error({ err: error, delivery: seen.id }, 'delivery could not be handled');
    if (attempts >= ATTEMPTS) await settleDelivery(ctx.db, seen.id, { state: 'failed', reason }, ctx.now());
    else await postponeDelivery(ctx.db, seen.id, reason, new Date(ctx.now().getTime() + 1000 * 2 ** attempts));
    return true;
  }
}
