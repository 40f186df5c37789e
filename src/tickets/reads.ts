import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import type { TicketState } from './model.ts';
import { type Ticket, toTicket } from './store.ts';

export type { Ticket };

export async function findTicket(ctx: Ctx, id: string): Promise<Ticket | undefined> {
  const [row] = await ctx.db('tickets').where({ id }).select('*');
  return row ? toTicket(row) : undefined;
}

/** Latest opened first. */
export async function listTickets(
  ctx: Ctx,
  want: {
    state?: TicketState | undefined;
    assetId?: string | undefined;
    before?: Before | undefined;
    limit: number;
  },
): Promise<Ticket[]> {
  const query = ctx.db('tickets').limit(want.limit);
  if (want.state) void query.where('tickets.state', want.state);
  if (want.assetId) void query.where('tickets.asset_id', want.assetId);
  newestFirst(query, { time: 'tickets.opened_at', id: 'tickets.id' }, want.before);
  return (await query.select('tickets.*')).map(toTicket);
}
