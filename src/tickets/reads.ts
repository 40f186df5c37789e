import type { Ctx } from '../core/ctx.ts';
import { toSql } from '../core/time.ts';
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
    before?: { openedAt: string; id: string } | undefined;
    limit: number;
  },
): Promise<Ticket[]> {
  const query = ctx
    .db('tickets')
    .orderBy([
      { column: 'tickets.opened_at', order: 'desc' },
      { column: 'tickets.id', order: 'desc' },
    ])
    .limit(want.limit);
  if (want.state) void query.where('tickets.state', want.state);
  if (want.assetId) void query.where('tickets.asset_id', want.assetId);
  if (want.before) {
    const { openedAt, id } = want.before;
    void query
      .where('tickets.opened_at', '<=', toSql(openedAt))
      .andWhere((either) => either.where('tickets.opened_at', '<', toSql(openedAt)).orWhere('tickets.id', '<', id));
  }
  return (await query.select('tickets.*')).map(toTicket);
}
