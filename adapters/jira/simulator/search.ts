import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { asObject, ok, refuse } from './answers.ts';
import { type Jql, parseJql } from './jql.ts';
import { createRenderer, type Flavour } from './render.ts';
import { FIELD_NAMES } from './screens.ts';
import type { JiraStore, SimulatedIssue } from './store.ts';

const INVALID = 'Invalid request payload. Refer to the REST API documentation and try again.';
const REMOVED =
  'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046';

interface SearchRequest {
  jql: string;
  fields: string[];
  properties: string[];
  maxResults: number;
  startAt: number;
  token: string | undefined;
  reconcile: Set<string>;
  names: boolean;
}

/** `/search/jql` of Cloud and `/search` of Data Center; each has only its own. */
export function search(
  store: JiraStore,
  flavour: Flavour,
  request: SimulatedRequest,
  path: string,
): SimulatedAnswer | undefined {
  if (path === '/search/jql') return flavour.deployment === 'cloud' ? byToken(store, flavour, request) : undefined;
  if (path !== '/search') return undefined;
  return flavour.deployment === 'cloud' ? refuse(410, [REMOVED]) : byCount(store, flavour, request);
}

function byToken(store: JiraStore, flavour: Flavour, request: SimulatedRequest): SimulatedAnswer {
  const wanted = readSearch(request, TOKEN_NAMES, 'string', ['id']); // the default of this API, other than of the old one
  if (wanted === undefined) return refuse(400, [INVALID]);
  const jql = parseJql(wanted.jql, store, true);
  if (!jql.ok) return refuse(400, [jql.message]);
  if (wanted.reconcile.size > 50) return refuse(400, ['The reconcileIssues list may hold at most 50 issues.']);
  const start = wanted.token === undefined ? 0 : Number(Buffer.from(wanted.token, 'base64url').toString('utf8'));
  if (!Number.isInteger(start)) return refuse(400, ['The provided next page token is invalid or expired.']);
  const hits = hitsOf(store, jql, wanted.reconcile);
  const end = start + wanted.maxResults;
  const render = createRenderer(store, flavour);
  const isLast = end >= hits.length;
  return ok({
    issues: hits.slice(start, end).map((issue) => render.issue(issue, wanted.fields, wanted.properties)),
    isLast,
    ...(isLast ? {} : { nextPageToken: Buffer.from(String(end)).toString('base64url') }),
    ...(wanted.names ? { names: namesOf(store) } : {}),
  });
}

function byCount(store: JiraStore, flavour: Flavour, request: SimulatedRequest): SimulatedAnswer {
  const wanted = readSearch(request, COUNTED_NAMES, 'list', ['*navigable']);
  if (wanted === undefined) return refuse(400, [INVALID]);
  const jql = parseJql(wanted.jql, store, false);
  if (!jql.ok) return refuse(400, [jql.message]);
  const hits = hitsOf(store, jql, new Set());
  const render = createRenderer(store, flavour);
  const page = hits.slice(wanted.startAt, wanted.startAt + wanted.maxResults);
  return ok({
    ...{ expand: 'names,schema', startAt: wanted.startAt, maxResults: wanted.maxResults, total: hits.length },
    issues: page.map((issue) => render.issue(issue, wanted.fields, [])),
    ...(wanted.names ? { names: namesOf(store) } : {}),
  });
}

function hitsOf(store: JiraStore, jql: Extract<Jql, { ok: true }>, reconcile: ReadonlySet<string>): SimulatedIssue[] {
  return store
    .searchable(reconcile)
    .filter((issue) => jql.matches(issue))
    .sort((a, b) => jql.compare(a, b));
}

function namesOf(store: JiraStore): Record<string, string> {
  const own = store.projects.flatMap((project) => project.fields.map(({ id, name }) => [id, name]));
  return { ...FIELD_NAMES, ...Object.fromEntries(own) };
}

const COMMON_NAMES = ['jql', 'fields', 'maxResults', 'expand', 'fieldsByKeys'];
const TOKEN_NAMES = new Set([...COMMON_NAMES, 'properties', 'nextPageToken', 'reconcileIssues']);
const COUNTED_NAMES = new Set([...COMMON_NAMES, 'startAt', 'validateQuery']);

/** GET with a query or POST with a body. An unknown name in the body is refused, and so is an `expand` of the other Jira's kind. */
function readSearch(
  request: SimulatedRequest,
  known: ReadonlySet<string>,
  expand: 'string' | 'list',
  fields: string[],
): SearchRequest | undefined {
  if (request.method === 'GET') {
    const names = ['jql', 'maxResults', 'nextPageToken', 'startAt'];
    const lists = ['fields', 'properties', 'reconcileIssues', 'expand'].map((name) => [
      name,
      request.query
        .getAll(name)
        .flatMap((one) => one.split(','))
        .filter((one) => one !== ''),
    ]);
    const plain = names.flatMap((name) => (request.query.has(name) ? [[name, request.query.get(name)]] : []));
    return toSearch({ ...Object.fromEntries(plain), ...Object.fromEntries(lists) }, fields);
  }
  const body = asObject(request.json);
  if (Object.keys(body).some((name) => !known.has(name))) return undefined;
  const given = body['expand'];
  const fits = expand === 'string' ? typeof given === 'string' : Array.isArray(given);
  if (given !== undefined && given !== null && !fits) return undefined;
  return toSearch(body, fields);
}

function toSearch(given: Record<string, unknown>, fallback: string[]): SearchRequest {
  const list = (name: string): string[] => (Array.isArray(given[name]) ? given[name].map(String) : []);
  const fields = list('fields');
  const expand = typeof given['expand'] === 'string' ? given['expand'].split(',') : list('expand');
  const token = given['nextPageToken'];
  return {
    jql: String(given['jql'] ?? ''),
    fields: fields.length > 0 ? fields : fallback,
    properties: list('properties'),
    maxResults: Math.max(1, Math.min(Number(given['maxResults'] ?? 50), 100)),
    startAt: Math.max(0, Number(given['startAt'] ?? 0)),
    token: typeof token === 'string' ? token : undefined,
    reconcile: new Set(list('reconcileIssues')),
    names: expand.includes('names'),
  };
}
