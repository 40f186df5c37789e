import { timingSafeEqual } from 'node:crypto';
import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
  startSimulatorServer,
} from '#src/kit/simulator.ts';
import { refuse } from './simulator/answers.ts';
import { commentList } from './simulator/issue-parts.ts';
import { type IssueRoutes, issueRoute } from './simulator/issues.ts';
import { createLimiter, type SimulatedLimits } from './simulator/limits.ts';
import { page } from './simulator/pages.ts';
import { createRenderer, type Flavour } from './simulator/render.ts';
import { serviceDeskRoute } from './simulator/service-desk.ts';
import { serverInfo, siteRoute } from './simulator/site.ts';
import {
  createJiraStore,
  type RichText,
  type SimulatedIssue,
  type SimulatedProject,
  type SimulatedUser,
} from './simulator/store.ts';
import { createWebhookSender, type SentWebhook } from './simulator/webhooks.ts';

export interface JiraSimulatorOptions {
  /** Which of the two it is. Default cloud. */
  deployment?: 'cloud' | 'datacenter';
  email: string;
  /** Data Center: the personal access token. */
  apiToken: string;
  projects: SimulatedProject[];
  /** People beside the account itself. */
  users?: SimulatedUser[];
  /** Where it lives on its host, e.g. `/jira`. Default: at the root. */
  contextPath?: string;
  /** How long search does not yet show a new issue, in milliseconds. Default 0. */
  indexLagMs?: number;
  /** Whether the account may create issues. Default true. */
  mayCreate?: boolean;
  limits?: SimulatedLimits;
  /** Where changes are reported to. */
  webhook?: { url: string; secret?: string };
  port?: number;
  host?: string;
  /** Origin as clients see it, where that is not the simulator's own. */
  url?: string;
}

export interface JiraSimulator extends SimulatorServer {
  /** All issues, oldest first. */
  issues(): SimulatedIssue[];
  issue(idOrKey: string): SimulatedIssue | undefined;
  /** Moves an issue as a person would in the browser, by the name of a transition that is open there. */
  transition(idOrKey: string, name: string): void;
  comment(idOrKey: string, text: RichText): void;
  assign(idOrKey: string, user: SimulatedUser | null): void;
  /** Copies an issue as "Clone" does: labels come along, entity properties do not. */
  clone(idOrKey: string): SimulatedIssue;
  /** Webhooks sent so far. */
  webhooks: SentWebhook[];
  /** Sends one again: the same identifier, and a body that is another where `rewritten`. */
  resend(delivery: SentWebhook, rewritten?: boolean): void;
  /** Waits for webhooks under way. */
  settled(): Promise<void>;
}

const DEAD_LINK: SimulatedAnswer = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>Oops, you’ve found a dead link.</title></html>',
};

/** A small Jira: Cloud (REST v3, and v2 for clients that speak it) or Data Center (v2), with pages under `/browse/<key>` and `/projects/<key>`. */
export async function startJiraSimulator(options: JiraSimulatorOptions): Promise<JiraSimulator> {
  const { deployment = 'cloud', contextPath = '', mayCreate = true } = options;
  const store = createJiraStore(options.projects, options.indexLagMs ?? 0, options.users);
  const limiter = createLimiter(deployment, options.limits ?? {});
  const scheme =
    deployment === 'cloud'
      ? `Basic ${Buffer.from(`${options.email}:${options.apiToken}`).toString('base64')}`
      : `Bearer ${options.apiToken}`;
  const expected = Buffer.from(scheme);
  let origin = options.url ?? '';
  const flavourOf = (version: '2' | '3'): Flavour => ({ deployment, origin, version });
  const sender = createWebhookSender(store, () => flavourOf('2'), options.webhook);

  function authorised(request: SimulatedRequest): boolean {
    const given = Buffer.from(request.headers['authorization'] ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  async function handle(given: SimulatedRequest): Promise<SimulatedAnswer> {
    if (!given.path.startsWith(contextPath)) return DEAD_LINK;
    const request = { ...given, path: given.path.slice(contextPath.length) };
    const desk = /^\/rest\/servicedeskapi(\/.*)$/.exec(request.path)?.[1];
    const api = /^\/rest\/api\/(2|3|latest)(\/.*)?$/.exec(request.path);
    if (desk === undefined && api === null) return page(request.path, store) ?? DEAD_LINK;
    if (api?.[1] === '3' && deployment === 'datacenter') return DEAD_LINK;
    const version = api?.[1] === '3' ? '3' : '2';
    const path = (api?.[2] ?? '').replace(/\/+$/, '');
    if (path === '/serverInfo') return serverInfo(flavourOf(version));
    if (!authorised(request)) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="protected-area"', 'content-type': 'text/plain' },
        body: 'Client must be authenticated to access this resource.',
      };
    }
    const refused = limiter.refuse(request);
    if (refused !== undefined) return refused;
    const answer =
      desk === undefined
        ? await route(request, flavourOf(version), path)
        : serviceDeskRoute(store, origin, request, desk);
    return { ...answer, headers: { ...limiter.headers(), ...answer.headers } };
  }

  async function route(request: SimulatedRequest, flavour: Flavour, path: string): Promise<SimulatedAnswer> {
    const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
    if (request.body.length > 0 && request.json === undefined && !isForm)
      return refuse(400, ['There was an error parsing JSON. Check that your request body is valid.']);
    const site = siteRoute({ store, flavour, mayCreate }, request, path);
    if (site !== undefined) return site;
    const routes: IssueRoutes = { store, flavour, mayCreate, changed: sender.send };
    if (path === '/comment/list' && deployment === 'cloud')
      return commentList(routes, createRenderer(store, flavour), request);
    if (path === '/issue' || path.startsWith('/issue/'))
      return issueRoute(routes, request, path.slice('/issue'.length));
    return refuse(404, [`No resource at ${path}`]);
  }

  function get(idOrKey: string): SimulatedIssue {
    const issue = store.issue(idOrKey);
    if (issue === undefined) throw new Error(`simulated Jira has no issue ${idOrKey}`);
    return issue;
  }

  const server = await startSimulatorServer({
    port: options.port ?? 0,
    ...(options.host === undefined ? {} : { host: options.host }),
    handle,
  });
  origin ||= server.url + contextPath;
  return {
    ...server,
    url: server.url + contextPath,
    issues: () => [...store.issues.values()],
    issue: (idOrKey) => store.issue(idOrKey),
    transition(idOrKey, name) {
      const issue = get(idOrKey);
      const open = store
        .project(issue.project)
        ?.flow.transitions.filter((one) => one.from?.includes(issue.status.id) ?? true);
      const to = open?.find((one) => one.name === name)?.to;
      if (to === undefined) throw new Error(`simulated Jira has no transition ${name} from ${issue.status.name}`);
      const from = issue.status.name;
      store.move(issue, to);
      sender.send('jira:issue_updated', issue, { from, to: to.name });
    },
    comment(idOrKey, text) {
      const issue = get(idOrKey);
      store.comment(issue, text);
      sender.send('jira:issue_updated', issue);
    },
    assign(idOrKey, user) {
      const issue = get(idOrKey);
      issue.assignee = user;
      issue.updated = Date.now();
      sender.send('jira:issue_updated', issue);
    },
    clone(idOrKey) {
      const source = get(idOrKey);
      return store.add({
        ...source,
        summary: `CLONE - ${source.summary}`,
        labels: [...source.labels],
        custom: new Map(source.custom),
        properties: new Map(),
      });
    },
    webhooks: sender.sent,
    resend: (delivery, rewritten = false) => sender.resend(delivery, rewritten),
    settled: sender.settled,
    close: async () => {
      await sender.settled();
      await server.close();
    },
  };
}
