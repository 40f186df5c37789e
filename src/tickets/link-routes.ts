import { z } from 'zod';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { type Answer, get, post, type Route } from '../core/route.ts';
import { Id, IdParams, Nullable, Time } from '../core/schemas.ts';
import { linkSubject, unlinkSubject } from './commands/link-subject.ts';
import { isThere, listLinks, ticketsAbout } from './link-reads.ts';
import { LINKED_TYPES } from './link-store.ts';
import { findTicket } from './reads.ts';
import { TicketView, viewTicket } from './views.ts';

const tag = 'Tickets';
const SubjectType = z.enum(LINKED_TYPES);

const Links = z
  .object({
    items: z.array(
      z.object({
        subject_type: SubjectType,
        subject_id: z.string(),
        name: Nullable.text,
        confidence: z.number(),
        found_by: z.string(),
        created_at: Time,
      }),
    ),
  })
  .meta({ id: 'TicketLinks' });
const answers = { 200: { says: 'All of its links', schema: Links } };

export const ticketLinkRoutes: Route[] = [
  get(
    {
      id: 'listTicketLinks',
      path: '/v1/tickets/{id}/links',
      summary: 'What a ticket is about',
      tag,
      scope: 'tickets:read',
      params: IdParams,
      answers,
    },
    async (ctx, { params }) => linksAnswer(ctx, params.id),
  ),
  post(
    {
      id: 'linkTicket',
      path: '/v1/tickets/{id}/links',
      summary: 'Say what else a ticket is about, or how sure that is',
      tag,
      scope: 'tickets:write',
      params: IdParams,
      body: z.strictObject({
        subject_type: SubjectType,
        subject_id: Id,
        confidence: z.number().min(0).max(1).default(1),
      }),
      answers,
    },
    async (tx, { params, body }) => {
      const subject = { type: body.subject_type, id: body.subject_id.toLowerCase() };
      await linkSubject(tx, { ticketId: params.id, subject, confidence: Math.round(body.confidence * 1000) / 1000 });
      return linksAnswer(tx, params.id);
    },
  ),
  post(
    {
      id: 'unlinkTicket',
      path: '/v1/tickets/{id}/links/remove',
      summary: 'Say that a ticket is not about this; what is not linked stays so',
      tag,
      scope: 'tickets:write',
      params: IdParams,
      body: z.strictObject({ subject_type: SubjectType, subject_id: Id }),
      answers,
    },
    async (tx, { params, body }) => {
      const subject = { type: body.subject_type, id: body.subject_id.toLowerCase() };
      await unlinkSubject(tx, { ticketId: params.id, subject });
      return linksAnswer(tx, params.id);
    },
  ),
  get(
    {
      id: 'listComponentTickets',
      path: '/v1/components/{id}/tickets',
      summary: 'Tickets about a part, latest opened first',
      tag,
      scope: 'tickets:read',
      params: IdParams,
      query: z.object({ cursor: Cursor, limit: Limit }),
      answers: {
        200: {
          says: 'A page of them',
          schema: pageOf(
            TicketView.extend({
              confidence: z.number().meta({ description: 'How sure it is that it is about this part' }),
            }).meta({
              id: 'LinkedTicket',
            }),
          ).meta({ id: 'LinkedTicketPage' }),
        },
      },
    },
    async (ctx, { params, query }) => {
      const subject = { type: 'component', id: params.id } as const;
      if (!(await isThere(ctx, subject))) throw new HubError('not-found', `There is no component ${params.id}`);
      const rows = await ticketsAbout(ctx, { subject, before: fromTimeCursor(query.cursor), limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.openedAt, last.id]);
      return {
        status: 200,
        body: {
          items: page.rows.map((ticket) => ({ ...viewTicket(ticket), confidence: ticket.confidence })),
          next: page.next,
        },
      };
    },
  ),
];

async function linksAnswer(ctx: Ctx, ticketId: string): Promise<Answer> {
  if (!(await findTicket(ctx, ticketId))) throw new HubError('not-found', `There is no ticket ${ticketId}`);
  const links = await listLinks(ctx, ticketId);
  return {
    status: 200,
    body: {
      items: links.map(({ subject, name, confidence, foundBy, createdAt }) => ({
        subject_type: subject.type,
        subject_id: subject.id,
        name,
        confidence,
        found_by: foundBy,
        created_at: createdAt,
      })),
    },
  };
}
