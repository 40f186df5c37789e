import { z } from 'zod';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { type Answer, get, invalid, post, type Route } from '../core/route.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { findCustomer } from '../customers/reads.ts';
import { correctLink, subjectNamed } from './commands/correct-link.ts';
import { CASE_SUBJECTS, type CaseSubject, SURENESS } from './model.ts';
import { CASE_ORDER, type CaseFilter, findCase, listCases } from './reads.ts';
import { isThere, namedLinks } from './subject-reads.ts';
import { CASE_COLUMNS, CaseView, viewCase, viewWholeCase, WholeCaseView } from './views.ts';

const tag = 'Cases';
const PageQuery = sortedQuery(CASE_ORDER, '-changed_at');
const Paging = z.object(PageQuery);
const CasePage = pageOf(CaseView).meta({ id: 'CasePage' });
const pageAnswers = { 200: { says: 'A page of them', schema: CasePage } };
const wholeAnswers = { 200: { says: 'The case', schema: WholeCaseView } };

const CorrectionInput = z
  .strictObject({
    subject_type: z.enum(CASE_SUBJECTS),
    subject_id: Id.optional(),
    subject_name: z.string().trim().min(1).max(200).optional().meta({
      description: 'Instead of its id: a serial, name or asset tag, the code or name of a project, the key of a ticket',
    }),
    is_right: z.boolean().default(true).meta({ description: 'false: the case is not about it' }),
  })
  .refine(({ subject_id: id, subject_name: name }) => (id === undefined) !== (name === undefined), {
    path: ['subject_name'],
    message: 'say either subject_name or subject_id: which of them it is',
  });

export const caseRoutes: Route[] = [
  get(
    {
      id: 'listCases',
      path: '/v1/cases',
      summary: 'Tickets that others made, latest changed first, with what each is about, or as CSV',
      tag,
      scope: 'tickets:read',
      query: z.object({
        source: z.string().max(40).optional(),
        status_category: z.string().max(20).optional().meta({ description: 'new, indeterminate, done' }),
        linked: z.enum(['yes', 'no']).optional().meta({ description: 'Whether anything is known that it is about' }),
        confidence: z.enum(SURENESS).optional().meta({
          description: 'With a link that is: said by a person; found with 0.8 or more; with 0.5 or more; less',
        }),
        asset_id: Id.optional().meta({ description: 'About this server; short for about_type and about_id' }),
        about_type: z.enum(CASE_SUBJECTS).optional(),
        about_id: Id.optional(),
        customer_id: Id.optional().meta({ description: 'About any project of this customer' }),
        q: z.string().trim().min(2).max(100).optional().meta({ description: 'Stands in its key or summary' }),
        ...PageQuery,
      }),
      answers: pageAnswers,
    },
    async (ctx, { query }) => {
      const { source, status_category: statusCategory, linked, q, confidence } = query;
      const customerId = query.customer_id?.toLowerCase();
      const about = aboutOf(query);
      const isLinked = linked === undefined ? undefined : linked === 'yes';
      const filter = { source, statusCategory, about, customerId, q, sureness: confidence, linked: isLinked };
      return casePage(ctx, filter, query);
    },
  ),
  get(
    {
      id: 'getCase',
      path: '/v1/cases/{id}',
      summary: 'One of them, with its text and fields',
      tag,
      scope: 'tickets:read',
      params: IdParams,
      answers: wholeAnswers,
    },
    async (ctx, { params }) => wholeCase(ctx, params.id),
  ),
  post(
    {
      id: 'correctCaseLink',
      path: '/v1/cases/{id}/links',
      summary: 'Say what a case is about, or is not; imports leave it so',
      tag,
      scope: 'tickets:write',
      params: IdParams,
      body: CorrectionInput,
      answers: wholeAnswers,
    },
    async (tx, { params, body }) => {
      const type = body.subject_type;
      const subject =
        body.subject_id === undefined
          ? await subjectNamed(tx, { type, name: body.subject_name ?? '' })
          : { type, id: body.subject_id.toLowerCase() };
      await correctLink(tx, { caseId: params.id, subject, isRight: body.is_right });
      return wholeCase(tx, params.id);
    },
  ),
  casesAbout('asset', 'listAssetCases', '/v1/assets/{id}/cases', 'a server'),
  casesAbout('component', 'listComponentCases', '/v1/components/{id}/cases', 'a part'),
  casesAbout('project', 'listProjectCases', '/v1/projects/{id}/cases', 'a project'),
  casesAbout('ticket', 'listTicketCases', '/v1/tickets/{id}/cases', 'a ticket of ours'),
  get(
    {
      id: 'listCustomerCases',
      path: '/v1/customers/{id}/cases',
      summary: 'Cases of other systems about any project of a customer, latest changed first',
      tag,
      scope: 'tickets:read',
      params: IdParams,
      query: Paging,
      answers: pageAnswers,
    },
    async (ctx, { params, query }) => {
      if (!(await findCustomer(ctx, params.id))) throw new HubError('not-found', `There is no customer ${params.id}`);
      return casePage(ctx, { customerId: params.id.toLowerCase() }, query);
    },
  ),
];

/** @throws HubError invalid where half of it is missing, or two things are said */
function aboutOf(query: {
  asset_id?: string | undefined;
  about_type?: CaseSubject | undefined;
  about_id?: string | undefined;
}): { type: CaseSubject; id: string } | undefined {
  const { asset_id: assetId, about_type: type, about_id: id } = query;
  if ((type === undefined) !== (id === undefined))
    throw new HubError('invalid', 'query.about_type and query.about_id go together: say both or none', {
      fields: [{ field: type === undefined ? 'query.about_type' : 'query.about_id', message: 'is missing' }],
    });
  if (assetId !== undefined && id !== undefined)
    throw invalid('query.asset_id', 'says what query.about_id says, too: leave one of them out');
  if (assetId !== undefined) return { type: 'asset', id: assetId.toLowerCase() };
  return type === undefined || id === undefined ? undefined : { type, id: id.toLowerCase() };
}

function casesAbout(type: CaseSubject, id: string, path: string, what: string): Route {
  return get(
    {
      ...{ id, path, tag },
      summary: `Cases of other systems about ${what}, latest changed first`,
      scope: 'tickets:read',
      params: IdParams,
      query: Paging,
      answers: pageAnswers,
    },
    async (ctx, { params, query }) => {
      const about = { type, id: params.id.toLowerCase() };
      if (!(await isThere(ctx, about))) throw new HubError('not-found', `There is no ${type} ${params.id}`);
      return casePage(ctx, { about }, query);
    },
  );
}

function casePage(
  ctx: Ctx,
  filter: Omit<CaseFilter, 'order' | 'limit'>,
  query: z.output<typeof Paging>,
): Promise<Answer> {
  return answerSorted({
    ...{ columns: CASE_ORDER, query, view: viewCase, csv: CASE_COLUMNS, file: 'cases.csv' },
    read: (order, limit) => listCases(ctx, { ...filter, order, limit }),
  });
}

async function wholeCase(ctx: Ctx, id: string): Promise<Answer> {
  const one = await findCase(ctx, id);
  if (!one) throw new HubError('not-found', `There is no case ${id}`);
  const links = await namedLinks(ctx, [one.id]);
  return { status: 200, body: viewWholeCase({ ...one, links: links.get(one.id) ?? [] }) };
}
