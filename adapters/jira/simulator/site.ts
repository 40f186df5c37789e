import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { asObject, ok, refuse } from './answers.ts';
import { parseJql } from './jql.ts';
import { createRenderer, jiraTime, USER } from './render.ts';
import { ALWAYS_ON_SCREEN, type JiraStore } from './store.ts';

export interface SiteRoutes {
  store: JiraStore;
  origin: string;
  version: '2' | '3';
  mayCreate: boolean;
}

const FIELD_NAMES: Record<string, string> = {
  summary: 'Summary',
  description: 'Description',
  labels: 'Labels',
  priority: 'Priority',
  project: 'Project',
  issuetype: 'Issue Type',
  reporter: 'Reporter',
};

/** Everything beside `/issue/…`: who am I, what is there, search. `path` begins after `/rest/api/<version>`. */
export function siteRoute(routes: SiteRoutes, request: SimulatedRequest, path: string): SimulatedAnswer | undefined {
  const { store } = routes;
  const render = createRenderer(store, routes.origin, routes.version);
  if (path === '/myself')
    return ok({
      self: `${routes.origin}/rest/api/${routes.version}/user?accountId=${USER.accountId}`,
      ...USER,
      emailAddress: 'hub@example.com',
    });
  if (path === '/field')
    return ok(
      Object.entries(FIELD_NAMES).map(([id, name]) => ({
        id,
        key: id,
        name,
        custom: false,
        orderable: true,
        navigable: true,
        searchable: true,
        clauseNames: [id],
      })),
    );
  if (path === '/project') return ok(store.projects.map((project) => render.project(project.key)));
  if (path === '/project/search')
    return ok({
      startAt: 0,
      maxResults: 50,
      total: store.projects.length,
      isLast: true,
      values: store.projects.map((project) => render.project(project.key)),
    });
  if (path === '/mypermissions') return permissions(routes, request);
  if (path === '/search/jql') return search(routes, request);
  if (path === '/search') {
    return refuse(410, [
      'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
    ]);
  }
  const project = /^\/project\/([^/]+)$/.exec(path)?.[1];
  if (project !== undefined) {
    const found = store.project(project);
    if (found === undefined) return refuse(404, [`No project could be found with key '${project}'.`]);
    return ok({
      ...render.project(found.key),
      issueTypes: found.issueTypes.map((name) => render.issueType(found.key, name)),
    });
  }
  const meta = /^\/issue\/createmeta\/([^/]+)\/issuetypes(?:\/([^/]+))?$/.exec(path);
  return meta === null ? undefined : createMeta(routes, meta[1] ?? '', meta[2]);
}

/** Says so before any login, as Jira does. */
export function serverInfo(origin: string): SimulatedAnswer {
  return ok({
    baseUrl: origin,
    version: '1001.0.0-SNAPSHOT',
    versionNumbers: [1001, 0, 0],
    deploymentType: 'Cloud',
    buildNumber: 100_287,
    buildDate: '2026-10-01T00:00:00.000+0000',
    serverTime: jiraTime(Date.now()),
    scmInfo: 'simulated',
    serverTitle: 'Jira (simulated)',
    serverTimeZone: 'Etc/UTC',
  });
}

function permissions(routes: SiteRoutes, request: SimulatedRequest): SimulatedAnswer {
  const key = request.query.get('projectKey');
  if (key !== null && routes.store.project(key) === undefined)
    return refuse(404, [`No project could be found with key '${key}'.`]);
  const names = (request.query.get('permissions') ?? '').split(',').filter((name) => name !== '');
  if (names.length === 0) return refuse(400, ["The 'permissions' query parameter is required."]);
  const entries = names.map((name, index) => [
    name,
    {
      id: String(10 + index),
      key: name,
      name,
      type: 'PROJECT',
      description: '',
      havePermission: name === 'CREATE_ISSUES' ? routes.mayCreate : true,
    },
  ]);
  return ok({ permissions: Object.fromEntries(entries) });
}

function createMeta(routes: SiteRoutes, key: string, typeId: string | undefined): SimulatedAnswer {
  const project = routes.store.project(key);
  if (project === undefined) return refuse(404, [`No project could be found with key '${key}'.`]);
  const render = createRenderer(routes.store, routes.origin, routes.version);
  if (typeId === undefined) {
    const issueTypes = project.issueTypes.map((name) => render.issueType(project.key, name));
    return ok({ maxResults: 50, startAt: 0, total: issueTypes.length, issueTypes });
  }
  if (project.issueTypes[Number(typeId) - 10_001] === undefined) return refuse(404, ['Issue type is not valid.']);
  const named = {
    ...Object.fromEntries([...ALWAYS_ON_SCREEN, ...project.screen].map((id) => [id, FIELD_NAMES[id] ?? id])),
    ...project.required,
  };
  const fields = Object.entries(named).map(([id, name]) => ({
    required: ['summary', 'project', 'issuetype'].includes(id) || Object.hasOwn(project.required, id),
    schema: { type: 'string', system: id },
    name,
    key: id,
    fieldId: id,
    hasDefaultValue: false,
    operations: ['set'],
  }));
  return ok({ maxResults: 50, startAt: 0, total: fields.length, fields });
}

interface SearchRequest {
  jql: string;
  fields: string[];
  properties: string[];
  maxResults: number;
  token: string | undefined;
  reconcile: Set<string>;
}

function search(routes: SiteRoutes, request: SimulatedRequest): SimulatedAnswer {
  const wanted = readSearch(request);
  if (wanted === undefined)
    return refuse(400, ['Invalid request payload. Refer to the REST API documentation and try again.']);
  const jql = parseJql(wanted.jql, routes.store);
  if (!jql.ok) return refuse(400, [jql.message]);
  if (wanted.reconcile.size > 50) return refuse(400, ['The reconcileIssues list may hold at most 50 issues.']);
  const start = wanted.token === undefined ? 0 : Number(Buffer.from(wanted.token, 'base64url').toString('utf8'));
  if (!Number.isInteger(start)) return refuse(400, ['The provided next page token is invalid or expired.']);
  const hits = routes.store
    .searchable(wanted.reconcile)
    .filter((issue) => jql.matches(issue))
    .sort((a, b) => jql.compare(a, b));
  const end = start + wanted.maxResults;
  const render = createRenderer(routes.store, routes.origin, routes.version);
  const isLast = end >= hits.length;
  return ok({
    issues: hits.slice(start, end).map((issue) => render.issue(issue, wanted.fields, wanted.properties)),
    isLast,
    ...(isLast ? {} : { nextPageToken: Buffer.from(String(end)).toString('base64url') }),
  });
}

const SEARCH_FIELDS = new Set([
  'jql',
  'fields',
  'properties',
  'maxResults',
  'nextPageToken',
  'reconcileIssues',
  'expand',
  'fieldsByKeys',
]);

/** GET with a query or POST with a body. An unknown name in the body is refused, and so is an `expand` that is a list. */
function readSearch(request: SimulatedRequest): SearchRequest | undefined {
  if (request.method === 'GET') {
    const lists = (name: string): string[] =>
      request.query
        .getAll(name)
        .flatMap((one) => one.split(','))
        .filter((one) => one !== '');
    return toSearch(
      request.query.get('jql') ?? '',
      lists('fields'),
      lists('properties'),
      Number(request.query.get('maxResults') ?? 50),
      request.query.get('nextPageToken'),
      lists('reconcileIssues'),
    );
  }
  const body = asObject(request.json);
  if (Object.keys(body).some((name) => !SEARCH_FIELDS.has(name))) return undefined;
  if (body['expand'] !== undefined && body['expand'] !== null && typeof body['expand'] !== 'string') return undefined;
  const list = (name: string): string[] => (Array.isArray(body[name]) ? body[name].map(String) : []);
  return toSearch(
    String(body['jql'] ?? ''),
    list('fields'),
    list('properties'),
    Number(body['maxResults'] ?? 50),
    body['nextPageToken'],
    list('reconcileIssues'),
  );
}

function toSearch(
  jql: string,
  fields: string[],
  properties: string[],
  maxResults: number,
  token: unknown,
  reconcile: string[],
): SearchRequest {
  return {
    jql,
    fields: fields.length > 0 ? fields : ['id'], // the default of this API, other than of the old one
    properties,
    maxResults: Math.max(1, Math.min(maxResults, 100)),
    token: typeof token === 'string' ? token : undefined,
    reconcile: new Set(reconcile),
  };
}
