import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import type { AdfDocument } from '../adf.ts';
import { asObject, NO_CONTENT, noIssue, ok, refuse } from './answers.ts';
import { createRenderer, type Renderer } from './render.ts';
import { fromText, isAdf } from './rich-text.ts';
import {
  ALWAYS_ON_SCREEN,
  type JiraStore,
  PRIORITIES,
  type SimulatedIssue,
  type SimulatedProject,
  TRANSITIONS,
} from './store.ts';

export interface IssueRoutes {
  store: JiraStore;
  origin: string;
  version: '2' | '3';
  mayCreate: boolean;
  /** Tells the webhook. */
  changed(
    event: 'jira:issue_created' | 'jira:issue_updated' | 'jira:issue_deleted',
    issue: SimulatedIssue,
    changelog?: { from: string; to: string },
  ): void;
}

const NOT_ON_SCREEN = 'cannot be set. It is not on the appropriate screen, or unknown.';

/** `/issue…`: create, read, edit, delete, transitions, comments, properties, remote links. `path` begins after `/issue`. */
export function issueRoute(routes: IssueRoutes, request: SimulatedRequest, path: string): SimulatedAnswer {
  const { store } = routes;
  const render = createRenderer(store, routes.origin, routes.version);
  if (path === '' || path === '/') return request.method === 'POST' ? create(routes, render, request) : { status: 405 };
  const [, idOrKey = '', , rest = ''] = /^\/([^/]+)(\/(.+))?$/.exec(path) ?? [];
  const issue = store.issue(idOrKey);
  if (issue === undefined) return noIssue();
  if (rest === '') return one(routes, render, request, issue);
  if (rest === 'transitions') return transitions(routes, render, request, issue);
  if (rest === 'comment') return comments(routes, render, request, issue);
  if (rest === 'remotelink') return remoteLinks(routes, request, issue);
  const property = /^properties\/(.+)$/.exec(rest)?.[1];
  if (property !== undefined) return propertyOf(request, issue, property);
  return refuse(404, ['null for uri: ' + path]);
}

function create(routes: IssueRoutes, render: Renderer, request: SimulatedRequest): SimulatedAnswer {
  const { store } = routes;
  const body = asObject(request.json);
  const fields = asObject(body['fields']);
  const wanted = asObject(fields['project']);
  const project = store.project(String(wanted['key'] ?? wanted['id'] ?? ''));
  if (project === undefined) return refuse(400, [], { project: 'valid project is required' });
  if (!routes.mayCreate)
    return refuse(400, [], { project: 'You do not have permission to create issues in this project.' });
  const typeName = nameOfType(project, asObject(fields['issuetype']));
  if (typeName === undefined) return refuse(400, [], { issuetype: 'Specify a valid issue type' });
  const problems = checkFields(routes.version, project, fields);
  if (Object.keys(problems).length > 0) return refuse(400, [], problems);
  const description = fields['description'];
  const issue = store.add({
    project: project.key,
    issueType: typeName,
    summary: String(fields['summary']),
    description: description === undefined || description === null ? null : toDocument(description),
    labels: Array.isArray(fields['labels']) ? fields['labels'].map(String) : [],
    priority: String(asObject(fields['priority'])['name'] ?? 'Medium'),
    properties: readProperties(body['properties']),
  });
  routes.changed('jira:issue_created', issue);
  return ok({ id: issue.id, key: issue.key, self: render.issue(issue, [], [])['self'] }, 201);
}

function nameOfType(project: Required<SimulatedProject>, wanted: Record<string, unknown>): string | undefined {
  return project.issueTypes.find((name, index) => name === wanted['name'] || String(10_001 + index) === wanted['id']);
}

function checkFields(
  version: '2' | '3',
  project: Required<SimulatedProject>,
  fields: Record<string, unknown>,
): Record<string, string> {
  const problems: Record<string, string> = {};
  const allowed = new Set([...ALWAYS_ON_SCREEN, ...project.screen, ...Object.keys(project.required)]);
  for (const name of Object.keys(fields)) if (!allowed.has(name)) problems[name] = `Field '${name}' ${NOT_ON_SCREEN}`;
  for (const [id, name] of Object.entries(project.required))
    if (fields[id] === undefined) problems[id] = `${name} is required.`;
  const summary = fields['summary'];
  if (typeof summary !== 'string' || summary.trim() === '')
    problems['summary'] = 'You must specify a summary of the issue.';
  else if (summary.length > 255) problems['summary'] = 'Summary must be less than 255 characters.';
  else if (/[\r\n]/.test(summary))
    problems['summary'] = 'The summary is invalid because it contains newline characters.';
  const description = fields['description'];
  if (description !== undefined && description !== null && !isRichText(version, description)) {
    problems['description'] =
      version === '3'
        ? 'Operation value must be an Atlassian Document (see the Atlassian Document Format)'
        : 'Operation value must be a string';
  }
  for (const label of Array.isArray(fields['labels']) ? fields['labels'].map(String) : []) {
    if (/\s/.test(label)) problems['labels'] = `The label '${label}' contains spaces which is invalid.`;
    if (label.length > 255)
      problems['labels'] = `The label '${label}' exceeds the maximum length for a single label of 255 characters.`;
  }
  const priority = asObject(fields['priority'])['name'];
  if (fields['priority'] !== undefined && !problems['priority'] && !PRIORITIES.includes(String(priority)))
    problems['priority'] = 'Specify the Priority (name) in the string format';
  return problems;
}

function isRichText(version: '2' | '3', value: unknown): boolean {
  return version === '3' ? isAdf(value) : typeof value === 'string';
}

function toDocument(value: unknown): AdfDocument {
  return typeof value === 'string' ? fromText(value) : (value as AdfDocument);
}

function readProperties(value: unknown): Map<string, unknown> {
  const entries = Array.isArray(value) ? value.map(asObject) : [];
  return new Map(entries.map((one) => [String(one['key']), one['value']]));
}

function one(routes: IssueRoutes, render: Renderer, request: SimulatedRequest, issue: SimulatedIssue): SimulatedAnswer {
  if (request.method === 'GET') {
    const split = (name: string): string[] =>
      request.query
        .getAll(name)
        .flatMap((one) => one.split(','))
        .filter((one) => one !== '');
    const fields = split('fields');
    return ok(render.issue(issue, fields.length > 0 ? fields : undefined, split('properties')));
  }
  if (request.method === 'DELETE') {
    routes.store.issues.delete(issue.id);
    routes.changed('jira:issue_deleted', issue);
    return NO_CONTENT;
  }
  if (request.method !== 'PUT') return { status: 405 };
  const fields = asObject(asObject(request.json)['fields']);
  if (typeof fields['summary'] === 'string') issue.summary = fields['summary'];
  if (Array.isArray(fields['labels'])) issue.labels = fields['labels'].map(String);
  if (fields['description'] !== undefined) {
    if (!isRichText(routes.version, fields['description']))
      return refuse(400, [], {
        description: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
      });
    issue.description = toDocument(fields['description']);
  }
  issue.updated = Date.now();
  routes.changed('jira:issue_updated', issue);
  return NO_CONTENT;
}

function transitions(
  routes: IssueRoutes,
  render: Renderer,
  request: SimulatedRequest,
  issue: SimulatedIssue,
): SimulatedAnswer {
  if (request.method === 'GET') {
    const flags = {
      hasScreen: false,
      isGlobal: true,
      isInitial: false,
      isAvailable: true,
      isConditional: false,
      isLooped: false,
    };
    return ok({
      expand: 'transitions',
      transitions: TRANSITIONS.map(({ id, name, to }) => ({ id, name, to: render.status(to), ...flags })),
    });
  }
  const id = String(asObject(asObject(request.json)['transition'])['id'] ?? '');
  const transition = TRANSITIONS.find((candidate) => candidate.id === id);
  if (transition === undefined) return refuse(400, [`Transition id '${id}' is not valid for this issue.`]);
  const from = issue.status.name;
  issue.status = transition.to;
  issue.updated = Date.now();
  routes.changed('jira:issue_updated', issue, { from, to: issue.status.name });
  return NO_CONTENT;
}

function comments(
  routes: IssueRoutes,
  render: Renderer,
  request: SimulatedRequest,
  issue: SimulatedIssue,
): SimulatedAnswer {
  if (request.method === 'GET') {
    const shown = issue.comments.map((comment) => render.comment(issue, comment));
    return ok({ startAt: 0, maxResults: 5000, total: shown.length, comments: shown });
  }
  const body = asObject(request.json)['body'];
  if (!isRichText(routes.version, body)) return refuse(400, [], { comment: 'Comment body is not valid!' });
  const comment = routes.store.comment(issue, toDocument(body));
  routes.changed('jira:issue_updated', issue);
  return ok(render.comment(issue, comment), 201);
}

function remoteLinks(routes: IssueRoutes, request: SimulatedRequest, issue: SimulatedIssue): SimulatedAnswer {
  const self = (id: number): string =>
    `${routes.origin}/rest/api/${routes.version}/issue/${issue.key}/remotelink/${id}`;
  if (request.method === 'GET')
    return ok(issue.remoteLinks.map((link) => ({ ...link.body, id: link.id, self: self(link.id) })));
  const body = asObject(request.json);
  if (typeof asObject(body['object'])['url'] !== 'string') return refuse(400, [], { url: "'url' is required." });
  const { link, created } = routes.store.remoteLink(issue, body);
  return ok({ id: link.id, self: self(link.id) }, created ? 201 : 200);
}

function propertyOf(request: SimulatedRequest, issue: SimulatedIssue, key: string): SimulatedAnswer {
  if (request.method === 'PUT') {
    const known = issue.properties.has(key);
    issue.properties.set(key, request.json);
    return { status: known ? 200 : 201 };
  }
  if (!issue.properties.has(key)) return refuse(404, [`The property ${key} does not exist.`]);
  if (request.method !== 'DELETE') return ok({ key, value: issue.properties.get(key) });
  issue.properties.delete(key);
  return NO_CONTENT;
}
