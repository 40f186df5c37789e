import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import { toSql } from '../core/time.ts';
import type { ReservationState } from './model.ts';
import { type Reservation, toReservation } from './reservation-store.ts';

export type { Reservation };

export async function findReservation(ctx: Ctx, id: string): Promise<Reservation | undefined> {
  const [row] = await ctx.db('stock_reservations').where({ id }).select('*');
  return row ? toReservation(row) : undefined;
}

/** Newest first. */
export async function listReservations(
  ctx: Ctx,
  want: {
    state?: ReservationState | undefined;
    ticketId?: string | undefined;
    itemId?: string | undefined;
    before: Before | undefined;
    limit: number;
  },
): Promise<Reservation[]> {
  const query = ctx.db('stock_reservations').limit(want.limit);
  if (want.state !== undefined) void query.where('stock_reservations.state', want.state);
  if (want.ticketId !== undefined) void query.where('stock_reservations.ticket_id', want.ticketId);
  if (want.itemId !== undefined) void query.where('stock_reservations.item_id', want.itemId);
  newestFirst(query, { time: 'stock_reservations.created_at', id: 'stock_reservations.id' }, want.before);
  return (await query.select('stock_reservations.*')).map(toReservation);
}

/** What became of those that a ticket has had since then. */
export async function endedSince(
  ctx: Ctx,
  { ticketId, since }: { ticketId: string; since: string },
): Promise<{ expired: number; consumed: number }> {
  const rows: { state: ReservationState }[] = await ctx
    .db('stock_reservations')
    .where({ ticket_id: ticketId })
    .where('created_at', '>=', toSql(since))
    .select('state');
  const count = (state: ReservationState): number => rows.filter((row) => row.state === state).length;
  return { expired: count('expired'), consumed: count('consumed') };
}
