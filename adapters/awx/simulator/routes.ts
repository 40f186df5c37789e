import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { createHost, hostAnswer } from './hosts.ts';
import { phaseOf } from './job-clock.ts';
import { launch, launchRules } from './launch.ts';
import { listAnswer, type Row } from './lists.ts';
import type { Notifier } from './notifier.ts';
import { optionsAnswer } from './options.ts';
import { stdoutOf } from './pages.ts';
import { createRenderer } from './render.ts';
import type { AwxStore, SimulatedJob } from './store.ts';

export interface ApiOptions {
  store: AwxStore;
  /** e.g. `/api/v2`. */
  base: string;
  version: string;
  outcome(job: SimulatedJob): 'successful' | 'failed';
  notifier: Notifier;
  /** Makes a token for who logged in with a password. */
  issueToken(): string;
}

const NOT_FOUND: SimulatedAnswer = { status: 404, body: { detail: 'No JobTemplate matches the given query.' } };
const ROOTS = [
  'ping',
  'config',
  'me',
  'tokens',
  'users',
  'organizations',
  'hosts',
  'job_templates',
  'jobs',
  'unified_jobs',
] as const;

/** What anybody may ask: which versions there are, what is in this one, is it alive. */
export function openRoute(options: ApiOptions, path: string): SimulatedAnswer | undefined {
  const { base } = options;
  if (path === '/api/') {
    return {
      status: 200,
      body: {
        description: 'AWX REST API',
        current_version: `${base}/`,
        available_versions: { v2: `${base}/` },
        oauth2: '/api/o/',
        custom_logo: '',
        custom_login_info: '',
        login_redirect_override: '',
      },
    };
  }
  if (path === `${base}/`) {
    const roots = Object.fromEntries(ROOTS.map((name) => [name, `${base}/${name}/`]));
    // The one root whose name is not its path's: the `awx` command knows it as `inventory`.
    return { status: 200, body: { ...roots, inventory: `${base}/inventories/` } };
  }
  if (path === `${base}/ping/`) {
    return {
      status: 200,
      body: {
        ha: false,
        version: options.version,
        active_node: 'awx-1',
        install_uuid: '00000000-0000-4000-8000-000000000000',
        instances: [],
        instance_groups: [],
      },
    };
  }
  return undefined;
}

/** Everything behind the login. `path` begins after `/api/v2` and ends in a slash. */
export function apiRoute(
  options: ApiOptions,
  request: SimulatedRequest,
  path: string,
  username: string,
): SimulatedAnswer {
  const { store, base } = options;
  const render = createRenderer(store, base);
  if (request.method === 'OPTIONS') return optionsAnswer(path);
  const [, root = '', id, sub] = path.split('/');
  const list = (rows: Row[], model: string): SimulatedAnswer =>
    request.method === 'GET' ? listAnswer(request, rows, model) : notAllowed(request.method);
  if (root === 'me' || (root === 'users' && !id)) return list([render.me(username)], 'User');
  if (root === 'users') return { status: 200, body: render.me(username) };
  if (root === 'config')
    return {
      status: 200,
      body: {
        version: options.version,
        time_zone: 'UTC',
        license_info: { license_type: 'open', valid_key: true },
        become_methods: [],
        project_local_paths: [],
      },
    };
  if (root === 'organizations')
    return list(
      [
        {
          id: 1,
          type: 'organization',
          url: `${base}/organizations/1/`,
          related: {},
          summary_fields: {},
          name: 'Default',
          description: '',
        },
      ],
      'Organization',
    );
  if (root === 'tokens' && request.method === 'POST') {
    return {
      status: 201,
      body: {
        id: 2,
        type: 'o_auth2_access_token',
        url: `${base}/tokens/2/`,
        token: options.issueToken(),
        refresh_token: null,
        application: null,
        expires: '3026-01-01T00:00:00Z',
        scope: 'write',
      },
    };
  }

  const phase = (job: SimulatedJob) => phaseOf(job, store.runMs, options.outcome);
  const jobs = (): Row[] => [...store.jobs.values()].map((job) => render.job(job, phase(job), false));
  const hosts = (inventory?: number): Row[] =>
    [...store.hosts.values()]
      .filter((host) => inventory === undefined || host.inventory === inventory)
      .map(render.host);

  if (root === 'job_templates') {
    if (!id) return list(store.templates.map(render.template), 'JobTemplate');
    const template = store.templates.find((one) => String(one.id) === id || one.name === id);
    if (template === undefined) return NOT_FOUND;
    if (!sub) return { status: 200, body: render.template(template) };
    if (sub === 'jobs')
      return list(
        jobs().filter((job) => job['job_template'] === template.id),
        'Job',
      );
    if (sub === 'survey_spec')
      return {
        status: 200,
        body: template.survey.length === 0 ? {} : { name: '', description: '', spec: template.survey },
      };
    if (sub !== 'launch') return NOT_FOUND;
    if (request.method === 'GET') return launchRules(store, template);
    const outcome = launch(store, template, request);
    if ('status' in outcome) return outcome;
    options.notifier.watch(outcome.job);
    const body = {
      job: outcome.job.id,
      ignored_fields: outcome.ignored,
      ...render.job(outcome.job, phase(outcome.job), true),
    };
    return { status: 201, headers: { location: `${base}/jobs/${outcome.job.id}/` }, body };
  }

  if (root === 'jobs' || root === 'unified_jobs') {
    if (!id) return list(jobs(), 'Job');
    const job = store.jobs.get(Number(id));
    if (job === undefined) return { status: 404, body: { detail: 'No Job matches the given query.' } };
    return jobRoute(job, sub ?? '');
  }

  if (root === 'inventories') {
    if (!id) return list(store.inventories.map(render.inventory), 'Inventory');
    const inventory = store.inventories.find((one) => String(one.id) === id);
    if (inventory === undefined) return { status: 404, body: { detail: 'No Inventory matches the given query.' } };
    if (!sub) return { status: 200, body: render.inventory(inventory) };
    if (sub === 'groups')
      return list(
        inventory.groups.map((name, index) => ({
          id: index + 1,
          type: 'group',
          url: `${base}/groups/${index + 1}/`,
          related: {},
          summary_fields: {},
          name,
          inventory: inventory.id,
        })),
        'Group',
      );
    if (sub !== 'hosts') return NOT_FOUND;
    return request.method === 'POST'
      ? createHost(store, render, inventory.id, request)
      : list(hosts(inventory.id), 'Host');
  }

  if (root === 'hosts') {
    if (!id)
      return request.method === 'POST'
        ? createHost(store, render, Number((request.json as Row | undefined)?.['inventory']), request)
        : list(hosts(), 'Host');
    const host = store.hosts.get(Number(id));
    return host === undefined
      ? { status: 404, body: { detail: 'No Host matches the given query.' } }
      : hostAnswer(store, render, host, request);
  }
  return { status: 404, body: { detail: 'The requested resource could not be found.' } };

  function jobRoute(job: SimulatedJob, what: string): SimulatedAnswer {
    const now = phase(job);
    if (what === '') return { status: 200, body: render.job(job, now, true) };
    if (what === 'stdout') {
      const text = stdoutOf(job, store, options.outcome);
      const format = request.query.get('format');
      if (format === 'txt' || format === 'txt_download')
        return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
      return { status: 200, body: { range: { start: 0, end: 1, absolute_end: 1 }, content: text } };
    }
    if (what === 'job_events') return { status: 200, body: { count: 0, next: null, previous: null, results: [] } };
    if (what !== 'cancel') return NOT_FOUND;
    const cancelable = now.finishedAt === null;
    if (request.method === 'GET') return { status: 200, body: { can_cancel: cancelable } };
    if (!cancelable) return notAllowed('POST');
    job.canceledAt = Date.now();
    return { status: 202, body: {} };
  }
}

function notAllowed(method: string): SimulatedAnswer {
  return { status: 405, body: { detail: `Method "${method}" not allowed.` } };
}
