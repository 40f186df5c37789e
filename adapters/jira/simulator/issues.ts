import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { asObject, NO_CONTENT, noIssue, ok, readProperties, refuse } from './answers.ts';
import { attachments, comments, propertyOf, remoteLinks, transitions } from './issue-parts.ts';
import { createRenderer, type Flavour, type Renderer } from './render.ts';
import { isRichText } from './rich-text.ts';
import { checkFields } from './screens.ts';
import type { JiraStore, RichText, SimulatedIssue, StoredProject } from './store.ts';

export interface IssueRoutes {
  store: JiraStore;
  flavour: Flavour;
  mayCreate: boolean;
  /** Tells the webhook. */
  changed(
    event: 'jira:issue_created' | 'jira:issue_updated' | 'jira:issue_deleted',
    issue: SimulatedIssue,
    changelog?: { from: string; to: string },
  ): void;
}

/** `/issue…`: create, read, edit, delete, and all that hangs below one. `path` begins after `/issue`. */
export function issueRoute(
  routes: IssueRoutes,
  request: SimulatedRequest,
  path: string,
): SimulatedAnswer | Promise<SimulatedAnswer> {
  const { store } = routes;
  const render = createRenderer(store, routes.flavour);
  if (path === '' || path === '/') return request.method === 'POST' ? create(routes, render, request) : { status: 405 };
  const [, idOrKey = '', , rest = ''] = /^\/([^/]+)(\/(.+))?$/.exec(path) ?? [];
  const issue = store.issue(idOrKey);
  if (issue === undefined) return noIssue();
  if (rest === '') return one(routes, render, request, issue);
  if (rest === 'transitions') return transitions(routes, render, request, issue);
  if (rest === 'comment') return comments(routes, render, request, issue);
  if (rest === 'attachments') return attachments(routes, render, request, issue);
  if (rest === 'remotelink') return remoteLinks(routes, request, issue);
  const property = /^properties\/(.+)$/.exec(rest)?.[1];
  if (property !== undefined) return propertyOf(request, issue.properties, property);
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
  const problems = checkFields(routes.flavour, project, fields);
  if (Object.keys(problems).length > 0) return refuse(400, [], problems);
  const description = fields['description'] as RichText | null | undefined;
  const issue = store.add({
    project: project.key,
    issueType: typeName,
    summary: String(fields['summary']),
    description: description ?? null,
    labels: Array.isArray(fields['labels']) ? fields['labels'].map(String) : [],
    priority: String(asObject(fields['priority'])['name'] ?? 'Medium'),
    properties: readProperties(body['properties']),
    custom: new Map(project.fields.flatMap(({ id }) => (fields[id] === undefined ? [] : [[id, fields[id]]]))),
  });
  if (project.serviceDesk)
    issue.sla.push({ name: 'Time to resolution', goalMs: 14_400_000, elapsedMs: 0, running: true });
  routes.changed('jira:issue_created', issue);
  return ok({ id: issue.id, key: issue.key, self: render.issue(issue, [], [])['self'] }, 201);
}

function nameOfType(project: StoredProject, wanted: Record<string, unknown>): string | undefined {
  return project.issueTypes.find((name, index) => name === wanted['name'] || String(10_001 + index) === wanted['id']);
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
  const { description } = fields;
  if (description !== undefined) {
    if (!isRichText(routes.flavour.version, description))
      return refuse(400, [], {
        description: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
      });
    issue.description = description;
  }
  issue.updated = Date.now();
  routes.changed('jira:issue_updated', issue);
  return NO_CONTENT;
}
