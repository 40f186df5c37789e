import { z } from 'zod';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { moveTicket } from './commands/move-ticket.ts';
import { TicketMove, TicketState } from './model.ts';
import { findTicket, listTickets } from './reads.ts';
import { TicketView, viewTicket } from './views.ts';

const tag = 'Tickets';

export const ticketRoutes: Route[] = [
  get(
    {
      id: 'listTickets',
      path: '/v1/tickets',
      summary: 'List tickets, latest opened first',
      tag,
      scope: 'tickets:read',
      query: z.object({ state: TicketState.optional(), asset_id: Id.optional(), cursor: Cursor, limit: Limit }),
      answers: { 200: { says: 'A page of them', schema: pageOf(TicketView).meta({ id: 'TicketPage' }) } },
    },
    async (ctx, { query }) => {
      const before = fromTimeCursor(query.cursor);
      const rows = await listTickets(ctx, {
        state: query.state,
        assetId: query.asset_id,
        before,
        limit: query.limit + 1,
      });
      const page = toPage(rows, query.limit, (last) => [last.openedAt, last.id]);
      return { status: 200, body: { items: page.rows.map(viewTicket), next: page.next } };
    },
  ),
  get(
    {
      id: 'getTicket',
      path: '/v1/tickets/{id}',
      summary: 'One ticket',
      tag,
      scope: 'tickets:read',
      params: IdParams,
      answers: { 200: { says: 'The ticket', schema: TicketView } },
    },
    async (ctx, { params }) => {
      const ticket = await findTicket(ctx, params.id);
      if (!ticket) throw new HubError('not-found', `There is no ticket ${params.id}`);
      return { status: 200, body: viewTicket(ticket) };
    },
  ),
  post(
    {
      id: 'moveTicket',
      path: '/v1/tickets/{id}/moves',
      summary: 'Start, finish or refuse a ticket',
      tag,
      scope: 'tickets:write',
      params: IdParams,
      body: z.strictObject({ move: TicketMove, reason: z.string().trim().min(1).max(500).nullish() }),
      answers: { 200: { says: 'Moved', schema: TicketView } },
    },
    async (tx, { params, body }) => ({
      status: 200,
      body: viewTicket(await moveTicket(tx, { ticketId: params.id, move: body.move, reason: body.reason ?? null })),
    }),
  ),
];
