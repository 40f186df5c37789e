import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { ok, refuse } from './answers.ts';
import { createRenderer, type Flavour, jiraTime } from './render.ts';
import { createMeta, FIELD_NAMES } from './screens.ts';
import { search } from './search.ts';
import { HUB_USER, type JiraStore } from './store.ts';

export interface SiteRoutes {
  store: JiraStore;
  flavour: Flavour;
  mayCreate: boolean;
}

/** Everything beside `/issue/…`: who am I, what is there, search. `path` begins after `/rest/api/<version>`. */
export function siteRoute(routes: SiteRoutes, request: SimulatedRequest, path: string): SimulatedAnswer | undefined {
  const { store, flavour } = routes;
  const render = createRenderer(store, flavour);
  if (path === '/myself') return ok({ ...render.user(HUB_USER), emailAddress: 'hub@example.com' });
  if (path === '/field') return ok(fieldsOf(store));
  if (path === '/project') return ok(store.projects.map((project) => render.project(project.key)));
  if (path === '/project/search' && flavour.deployment === 'cloud')
    return ok({
      ...{ startAt: 0, maxResults: 50, total: store.projects.length, isLast: true },
      values: store.projects.map((project) => render.project(project.key)),
    });
  if (path === '/mypermissions') return permissions(routes, request);
  const found = search(store, flavour, request, path);
  if (found !== undefined) return found;
  const key = /^\/project\/([^/]+)$/.exec(path)?.[1];
  if (key !== undefined) {
    const project = store.project(key);
    if (project === undefined) return refuse(404, [`No project could be found with key '${key}'.`]);
    return ok({
      ...render.project(project.key),
      issueTypes: project.issueTypes.map((name) => render.issueType(project.key, name)),
    });
  }
  const meta = /^\/issue\/createmeta\/([^/]+)\/issuetypes(?:\/([^/]+))?$/.exec(path);
  return meta === null ? undefined : createMeta(store, flavour, request, meta[1] ?? '', meta[2]);
}

function fieldsOf(store: JiraStore): Record<string, unknown>[] {
  const own = store.projects.flatMap((project) => project.fields.map(({ id, name }) => [id, name, true] as const));
  const system = Object.entries(FIELD_NAMES).map(([id, name]) => [id, name, false] as const);
  return [...system, ...own].map(([id, name, custom]) => ({
    ...{ id, key: id, name, custom, orderable: true, navigable: true, searchable: true, clauseNames: [id] },
  }));
}

/** Says so before any login, as Jira does. Both Server and Data Center say "Server". */
export function serverInfo({ deployment, origin }: Flavour): SimulatedAnswer {
  const common = { baseUrl: origin, serverTime: jiraTime(Date.now()), scmInfo: 'simulated' };
  if (deployment === 'datacenter')
    return ok({
      ...common,
      ...{ version: '9.17.5', versionNumbers: [9, 17, 5], deploymentType: 'Server', buildNumber: 9_170_005 },
      ...{ buildDate: '2025-01-28T00:00:00.000+0000', serverTitle: 'Jira (simulated)' },
    });
  return ok({
    ...common,
    ...{ version: '1001.0.0-SNAPSHOT', versionNumbers: [1001, 0, 0], deploymentType: 'Cloud', buildNumber: 100_287 },
    ...{ buildDate: '2026-10-01T00:00:00.000+0000', serverTitle: 'Jira (simulated)', serverTimeZone: 'Etc/UTC' },
  });
}

const PERMISSIONS = [
  ...['BROWSE_PROJECTS', 'CREATE_ISSUES', 'EDIT_ISSUES', 'ADD_COMMENTS', 'CREATE_ATTACHMENTS'],
  ...['TRANSITION_ISSUES', 'LINK_ISSUES'],
];

/** Cloud shows those that are asked for, Data Center all. */
function permissions(routes: SiteRoutes, request: SimulatedRequest): SimulatedAnswer {
  const key = request.query.get('projectKey');
  if (key !== null && routes.store.project(key) === undefined)
    return refuse(404, [`No project could be found with key '${key}'.`]);
  const asked = (request.query.get('permissions') ?? '').split(',').filter((name) => name !== '');
  const names = routes.flavour.deployment === 'cloud' ? asked : PERMISSIONS;
  if (names.length === 0) return refuse(400, ["The 'permissions' query parameter is required."]);
  const entries = names.map((name, index) => [
    name,
    {
      ...{ id: String(10 + index), key: name, name, type: 'PROJECT', description: '' },
      havePermission: name === 'CREATE_ISSUES' ? routes.mayCreate : PERMISSIONS.includes(name),
    },
  ]);
  return ok({ permissions: Object.fromEntries(entries) });
}
