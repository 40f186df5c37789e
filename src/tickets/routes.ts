import { z } from 'zod';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { Id, IdParams, Time } from '../core/schemas.ts';
import { commentTicket } from './commands/comment-ticket.ts';
import { moveTicket } from './commands/move-ticket.ts';
import { TicketMove, TicketPriority, TicketState } from './model.ts';
import { findTicket, listSuppressions, listTickets, SUPPRESSION_ORDER, TICKET_ORDER } from './reads.ts';
import { showTicket, WholeTicketView } from './show-ticket.ts';
import {
  SUPPRESSION_COLUMNS,
  SuppressionView,
  TICKET_COLUMNS,
  TicketView,
  viewSuppression,
  viewTicket,
} from './views.ts';

const tag = 'Tickets';
const Flag = z.enum(['true', 'false']).optional();
const flag = (said: 'true' | 'false' | undefined): boolean | undefined =>
  said === undefined ? undefined : said === 'true';
const Moment = z.iso.datetime({ offset: true }).optional();
const iso = (time: string | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

export const ticketRoutes: Route[] = [
  get(
    {
      id: 'listTickets',
      path: '/v1/tickets',
      summary: 'List tickets, latest opened first, or export them as CSV',
      tag,
      scope: 'tickets:read',
      query: z.object({
        state: TicketState.optional(),
        open: Flag.meta({ description: 'true: OPEN and IN_PROGRESS; false: the others' }),
        type: z.string().max(60).optional(),
        priority: TicketPriority.optional(),
        site: z.string().max(100).optional(),
        asset_id: Id.optional().meta({ description: 'About this server, or linked to it' }),
        location_id: Id.optional().meta({ description: 'There, or in anything that is in it' }),
        unproven: Flag.meta({ description: 'true: done, and no new part was seen in time' }),
        flapping: Flag,
        external_key: z.string().max(64).optional().meta({ description: 'Key outside, e.g. HW-17' }),
        since: Moment.meta({ description: 'Opened at or after this' }),
        until: Moment.meta({ description: 'Opened before this' }),
        ...sortedQuery(TICKET_ORDER, '-opened_at'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(TicketView).meta({ id: 'TicketPage' }) } },
    },
    async (ctx, { query }) => {
      const filter = {
        ...{ state: query.state, type: query.type, priority: query.priority, site: query.site },
        ...{ assetId: query.asset_id, locationId: query.location_id, externalKey: query.external_key },
        ...{ open: flag(query.open), unproven: flag(query.unproven), flapping: flag(query.flapping) },
        ...{ since: iso(query.since), until: iso(query.until) },
      };
      return answerSorted({
        ...{ columns: TICKET_ORDER, query, view: viewTicket, csv: TICKET_COLUMNS, file: 'tickets.csv' },
        read: (order, limit) => listTickets(ctx, { ...filter, order, limit }),
      });
    },
  ),
  get(
    {
      id: 'listSuppressedAlerts',
      path: '/v1/tickets/suppressed',
      summary: 'Alerts that opened no ticket of their own, with why; latest first, or as CSV',
      tag,
      scope: 'tickets:read',
      query: z.object({
        rule: z
          .enum(['cause', 'maintenance', 'state', 'flapping', 'being_repaired', 'wont_fix', 'late', 'cleared'])
          .optional(),
        type: z.string().max(60).optional(),
        symptom: z.string().max(60).optional(),
        site: z.string().max(100).optional(),
        subject_id: Id.optional().meta({ description: 'A server or a place' }),
        ticket_id: Id.optional().meta({ description: 'The ticket that explains them' }),
        since: Moment.meta({ description: 'Suppressed at or after this' }),
        until: Moment.meta({ description: 'Suppressed before this' }),
        ...sortedQuery(SUPPRESSION_ORDER, '-created_at'),
      }),
      answers: {
        200: { says: 'A page of them', schema: pageOf(SuppressionView).meta({ id: 'SuppressedAlertPage' }) },
      },
    },
    async (ctx, { query }) => {
      const { subject_id: subjectId, ticket_id: ticketId, since, until } = query;
      const filter = { ...query, subjectId, ticketId, since: iso(since), until: iso(until) };
      return answerSorted({
        ...{ columns: SUPPRESSION_ORDER, query, view: viewSuppression, csv: SUPPRESSION_COLUMNS },
        file: 'suppressed-alerts.csv',
        read: (order, limit) => listSuppressions(ctx, { ...filter, order, limit }),
      });
    },
  ),
  get(
    {
      id: 'getTicket',
      path: '/v1/tickets/{id}',
      summary: 'One ticket with all that is known of it',
      tag,
      scope: 'tickets:read',
      params: IdParams,
      answers: { 200: { says: 'The ticket', schema: WholeTicketView } },
    },
    async (ctx, { params }) => {
      const ticket = await findTicket(ctx, params.id);
      if (!ticket) throw new HubError('not-found', `There is no ticket ${params.id}`);
      return { status: 200, body: await showTicket(ctx, ticket) };
    },
  ),
  post(
    {
      id: 'moveTicket',
      path: '/v1/tickets/{id}/moves',
      summary: 'Start, finish, refuse or open a ticket again; its counterpart outside follows',
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
  post(
    {
      id: 'commentTicket',
      path: '/v1/tickets/{id}/comments',
      summary: 'Say something on a ticket, here and outside',
      tag,
      scope: 'tickets:write',
      params: IdParams,
      body: z.strictObject({ text: z.string().trim().min(1).max(4000) }),
      answers: { 201: { says: 'Kept; it is sent in its turn', schema: z.object({ at: Time }) } },
    },
    async (tx, { params, body }) => ({
      status: 201,
      body: { at: await commentTicket(tx, { ticketId: params.id, text: body.text }) },
    }),
  ),
];
