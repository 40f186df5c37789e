import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { asObject, NO_CONTENT, ok, readProperties, refuse } from './answers.ts';
import type { IssueRoutes } from './issues.ts';
import type { Renderer } from './render.ts';
import { isRichText } from './rich-text.ts';
import type { SimulatedIssue } from './store.ts';
import { RESOLUTIONS, type SimulatedTransition } from './workflow.ts';

type Handler = (
  routes: IssueRoutes,
  render: Renderer,
  request: SimulatedRequest,
  issue: SimulatedIssue,
) => SimulatedAnswer;

/** Only those that are open from where the issue stands; with `expand` their screens. */
export const transitions: Handler = (routes, render, request, issue) => {
  const all = routes.store.project(issue.project)?.flow.transitions ?? [];
  const open = all.filter(({ from }) => from === undefined || from.includes(issue.status.id));
  if (request.method === 'GET') {
    const expanded = request.query.get('expand')?.includes('transitions.fields') === true;
    return ok({
      expand: 'transitions',
      transitions: open.map((one) => ({
        ...{ id: one.id, name: one.name, to: render.status(one.to) },
        ...(routes.flavour.deployment === 'cloud' ? flagsOf(one) : {}),
        ...(expanded ? { fields: fieldsOf(one) } : {}),
      })),
    });
  }
  const body = asObject(request.json);
  const id = String(asObject(body['transition'])['id'] ?? '');
  const transition = open.find((one) => one.id === id);
  if (transition === undefined) return refuse(400, [`Transition id '${id}' is not valid for this issue.`]);
  const fields = asObject(body['fields']);
  const problems = problemsOf(transition, fields);
  if (Object.keys(problems).length > 0) return refuse(400, [], problems);
  const from = issue.status.name;
  const wanted = asObject(fields['resolution']);
  routes.store.move(
    issue,
    transition.to,
    RESOLUTIONS.find((one) => one.id === wanted['id'] || one.name === wanted['name']),
  );
  routes.changed('jira:issue_updated', issue, { from, to: issue.status.name });
  return NO_CONTENT;
};

function flagsOf({ from, screen }: SimulatedTransition): Record<string, boolean> {
  return {
    ...{ hasScreen: screen !== undefined, isGlobal: from === undefined, isInitial: false },
    ...{ isAvailable: true, isConditional: false, isLooped: false },
  };
}

function fieldsOf({ screen = [] }: SimulatedTransition): Record<string, unknown> {
  return Object.fromEntries(
    screen.map(({ id, name, required, allowed }) => [
      id,
      {
        ...{ required, name, key: id, hasDefaultValue: false, operations: ['set'] },
        schema: id === 'resolution' ? { type: 'resolution', system: id } : { type: 'string' },
        ...(allowed === undefined ? {} : { allowedValues: allowed }),
      },
    ]),
  );
}

function problemsOf({ screen = [] }: SimulatedTransition, fields: Record<string, unknown>): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const name of Object.keys(fields))
    if (!screen.some((one) => one.id === name))
      problems[name] = `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`;
  for (const { id, name, required, allowed } of screen) {
    const value = fields[id];
    if (value === undefined) {
      if (required) problems[id] = `${name} is required.`;
      continue;
    }
    const given = asObject(value);
    if (allowed !== undefined && !allowed.some((one) => one.id === given['id'] || one.name === given['name']))
      problems[id] = `Could not find valid 'id' or 'name' in '${id}' object.`;
  }
  return problems;
}

/** Paged, by `orderBy`. With their properties only by `/comment/list` (see `commentList`). */
export const comments: Handler = (routes, render, request, issue) => {
  if (request.method === 'GET') {
    const startAt = Number(request.query.get('startAt') ?? 0);
    const maxResults = Math.min(Number(request.query.get('maxResults') ?? 100), 5_000);
    const all = request.query.get('orderBy') === '-created' ? issue.comments.toReversed() : issue.comments;
    const shown = all.slice(startAt, startAt + maxResults).map((comment) => render.comment(issue, comment));
    return ok({ startAt, maxResults, total: all.length, comments: shown });
  }
  const { body, properties } = asObject(request.json);
  if (!isRichText(routes.flavour.version, body)) return refuse(400, [], { comment: 'Comment body is not valid!' });
  const comment = routes.store.comment(issue, body, readProperties(properties));
  routes.changed('jira:issue_updated', issue);
  return ok(render.comment(issue, comment), 201);
};

/** `POST /comment/list`, Cloud only: comments by their ids, of any issue. */
export function commentList(routes: IssueRoutes, render: Renderer, request: SimulatedRequest): SimulatedAnswer {
  const { ids } = asObject(request.json);
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 1000)
    return refuse(400, ['Comment ids must be a list of 1 to 1000 ids.']);
  const found = routes.store.comments(new Set(ids.map(String)));
  const properties = request.query.get('expand')?.includes('properties') === true;
  return ok({
    ...{ isLast: true, maxResults: 1048576, startAt: 0, total: found.length },
    values: found.map(({ issue, comment }) => render.comment(issue, comment, properties)),
  });
}

/** Multipart with parts named `file`; without the header against cross-site requests it is refused. */
export async function attachments(
  routes: IssueRoutes,
  render: Renderer,
  request: SimulatedRequest,
  issue: SimulatedIssue,
): Promise<SimulatedAnswer> {
  if (request.method !== 'POST') return { status: 405 };
  if (request.headers['x-atlassian-token'] !== 'no-check')
    return { status: 403, headers: { 'content-type': 'text/html' }, body: 'XSRF check failed' };
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { status: 415 };
  const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData();
  const files = form.getAll('file').filter((part) => typeof part !== 'string');
  if (files.length === 0) return refuse(400, ['No file part was sent.']);
  const made: Record<string, unknown>[] = [];
  for (const file of files) {
    const bytes = Buffer.from(await file.arrayBuffer());
    made.push(render.attachment(routes.store.attach(issue, { filename: file.name, type: file.type, bytes })));
  }
  routes.changed('jira:issue_updated', issue);
  return ok(made);
}

export function remoteLinks(routes: IssueRoutes, request: SimulatedRequest, issue: SimulatedIssue): SimulatedAnswer {
  const { origin, version } = routes.flavour;
  const self = (id: number): string => `${origin}/rest/api/${version}/issue/${issue.key}/remotelink/${id}`;
  if (request.method === 'GET')
    return ok(issue.remoteLinks.map((link) => ({ ...link.body, id: link.id, self: self(link.id) })));
  const body = asObject(request.json);
  const object = asObject(body['object']);
  for (const name of ['url', 'title'])
    if (typeof object[name] !== 'string') return refuse(400, [], { [name]: `'${name}' is required.` });
  if (String(body['globalId'] ?? '').length > 255) return refuse(400, [], { globalId: 'globalId is too long.' });
  const { link, created } = routes.store.remoteLink(issue, body);
  return ok({ id: link.id, self: self(link.id) }, created ? 201 : 200);
}

export function propertyOf(request: SimulatedRequest, properties: Map<string, unknown>, key: string): SimulatedAnswer {
  if (request.method === 'PUT') {
    const known = properties.has(key);
    properties.set(key, request.json);
    return { status: known ? 200 : 201 };
  }
  if (!properties.has(key)) return refuse(404, [`The property ${key} does not exist.`]);
  if (request.method !== 'DELETE') return ok({ key, value: properties.get(key) });
  properties.delete(key);
  return NO_CONTENT;
}
