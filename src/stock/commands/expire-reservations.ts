import type { Ctx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import { endHold } from '../end-hold.ts';
import { dueReservations, lockReservation } from '../reservation-store.ts';
import { lockItem } from '../store.ts';

const AT_ONCE = 500;

/** Sets free what was kept beyond its time, each in a transaction of its own and once, however many look at it. @returns how many */
export async function expireReservations(ctx: Ctx): Promise<number> {
  let expired = 0;
  for (const { id, itemId } of await dueReservations(ctx.db, ctx.now(), AT_ONCE)) {
    const did = await tx(ctx, async (inside) => {
      const item = await lockItem(inside.db, itemId);
      const reservation = await lockReservation(inside.db, id);
      const isDue = reservation?.state === 'held' && reservation.expiresAt <= inside.now().toISOString();
      // Taken, let go or prolonged meanwhile, or another worker was here first.
      if (!item || !reservation || !isDue) return false;
      await endHold(inside, { reservation, item, state: 'expired', reason: 'its time was over' });
      return true;
    });
    if (did) expired += 1;
  }
  return expired;
}
