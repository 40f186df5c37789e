import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { HELD_AGAIN_AT_MOST, TAKEN_FOR } from './model.ts';
import { type Reservation, toReservation } from './reservation-store.ts';
import { sitesNamed, withinAll } from './shelf-reads.ts';

/** Kinds of which something usable at that site is not promised to anybody. */
export async function freeKindsAt(ctx: Ctx, site: string): Promise<Set<string>> {
  const sites = await sitesNamed(ctx, site);
  const locationIds = await withinAll(
    ctx,
    sites.map(({ id }) => id),
  );
  const rows: { kind: string }[] = await inParts(locationIds, (part) =>
    ctx.db('stock_items').where('is_free', 1).whereIn('location_id', part).distinct('kind'),
  );
  return new Set(rows.map(({ kind }) => kind));
}

/**
 * Of these tickets those that still want a part: they hold none, none was taken for them, people did not let go of one, and it was not kept in vain too
 * often. @param tickets `since`: when it opened the last time; what was kept for it before does not count
 */
export async function stillWaiting(ctx: Ctx, tickets: readonly { id: string; since: string }[]): Promise<Set<string>> {
  const ids = tickets.map(({ id }) => id);
  const rows: Record<string, unknown>[] = await inParts(ids, (part) =>
    ctx.db('stock_reservations').whereIn('ticket_id', part).orderBy(['created_at', 'id']).select('*'),
  );
  const all = Map.groupBy(rows.map(toReservation), ({ ticketId }) => ticketId);
  const waiting = tickets.filter(({ id, since }) => wants(all.get(id) ?? [], since));
  return new Set(waiting.map(({ id }) => id));
}

/** @param had by a ticket, in the order of their time */
function wants(had: readonly Reservation[], since: string): boolean {
  if (had.some(({ state }) => state === 'held')) return false;
  const lately = had.filter(({ createdAt }) => createdAt >= since);
  if (lately.some(({ state }) => state === 'consumed')) return false;
  if (lately.filter(({ state }) => state === 'expired').length > HELD_AGAIN_AT_MOST) return false;
  const last = lately.at(-1);
  return last?.state !== 'released' || last.endReason?.startsWith(TAKEN_FOR) === true;
}
