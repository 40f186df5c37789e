import { z } from 'zod';
import { BulkAnswer, bulkBody, runBulk, wantedVersion } from '../core/bulk.ts';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { get, patch, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { createProject } from './commands/create-project.ts';
import { saveProject } from './commands/save-project.ts';
import { updateProject } from './commands/update-project.ts';
import { ProjectChanges, ProjectInput } from './model.ts';
import { findProject, listProjects, type NamedProject, PROJECT_ORDER } from './reads.ts';
import { PROJECT_COLUMNS, ProjectView, viewProject } from './views.ts';

const tag = 'Customers';

export const projectRoutes: Route[] = [
  get(
    {
      id: 'listProjects',
      path: '/v1/projects',
      summary: 'List projects, or export them as CSV',
      tag,
      scope: 'registry:read',
      query: z.object({
        customer_id: Id.optional(),
        code: z.string().max(64).optional(),
        q: z.string().trim().min(1).max(100).optional().meta({ description: 'Beginning of its name or code' }),
        archived: z.enum(['false', 'true', 'any']).default('false'),
        ...sortedQuery(PROJECT_ORDER, 'name'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(ProjectView).meta({ id: 'ProjectPage' }) } },
    },
    async (ctx, { query }) => {
      const { q, code, customer_id: customerId, archived } = query;
      return answerSorted({
        ...{ columns: PROJECT_ORDER, query, view: viewProject, csv: PROJECT_COLUMNS, file: 'projects.csv' },
        read: (order, limit) => listProjects(ctx, { q, code, customerId, archived, order, limit }),
      });
    },
  ),
  get(
    {
      id: 'getProject',
      path: '/v1/projects/{id}',
      summary: 'One project',
      tag,
      scope: 'registry:read',
      params: IdParams,
      answers: { 200: { says: 'The project', schema: ProjectView } },
    },
    async (ctx, { params }) => {
      const project = await findProject(ctx, params.id);
      if (!project) throw new HubError('not-found', `There is no project ${params.id}`);
      return answer(200, project);
    },
  ),
  post(
    {
      id: 'createProject',
      path: '/v1/projects',
      summary: 'Add a project of a customer',
      tag,
      scope: 'registry:write',
      body: ProjectInput,
      answers: { 201: { says: 'Added', schema: ProjectView } },
    },
    async (tx, { body }) => answer(201, await createProject(tx, body)),
  ),
  patch(
    {
      id: 'updateProject',
      path: '/v1/projects/{id}',
      summary: 'Change a project; archive one that has no servers',
      tag,
      scope: 'registry:write',
      params: IdParams,
      body: ProjectChanges,
      answers: { 200: { says: 'As it is now', schema: ProjectView } },
    },
    async (tx, { params, body, headers }) => {
      const version = wantedVersion(headers, body.version);
      return answer(200, await updateProject(tx, { id: params.id, changes: body, version }));
    },
  ),
  post(
    {
      id: 'saveProjects',
      path: '/v1/projects/bulk',
      summary: 'Add or change up to 1,000 projects by customer and name, as JSON or text/csv',
      tag,
      scope: 'registry:write',
      body: bulkBody('ProjectInput'),
      answers: { 200: { says: 'One result per item, in their order', schema: BulkAnswer } },
    },
    async (tx, { body, headers }) =>
      runBulk({
        ...{ body, headers, Item: ProjectInput, numbers: [] },
        keyOf: (item) => JSON.stringify([item.customer_id ?? item.customer, item.name]),
        save: (item) => saveProject(tx, item),
      }),
  ),
];

function answer(status: number, project: NamedProject) {
  const headers = {
    etag: `"${project.version}"`,
    ...(status === 201 ? { location: `/v1/projects/${project.id}` } : {}),
  };
  return { status, headers, body: viewProject(project) };
}
