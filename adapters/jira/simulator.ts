import { timingSafeEqual } from 'node:crypto';
import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
  startSimulatorServer,
} from '#src/kit/simulator.ts';
import { refuse } from './simulator/answers.ts';
import { issueRoute } from './simulator/issues.ts';
import { page } from './simulator/pages.ts';
import { fromText } from './simulator/rich-text.ts';
import { serverInfo, siteRoute } from './simulator/site.ts';
import { createJiraStore, type SimulatedIssue, type SimulatedProject, TRANSITIONS } from './simulator/store.ts';
import { createWebhookSender, type SentWebhook } from './simulator/webhooks.ts';

export interface JiraSimulatorOptions {
  email: string;
  apiToken: string;
  projects: SimulatedProject[];
  /** How long search does not yet show a new issue, in milliseconds. Default 0. */
  indexLagMs?: number;
  /** Whether the account may create issues. Default true. */
  mayCreate?: boolean;
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
  /** Moves an issue as a person would in the browser. `name`: To Do, In Progress or Done. */
  transition(idOrKey: string, name: string): void;
  comment(idOrKey: string, text: string): void;
  /** Copies an issue as "Clone" does: labels come along, entity properties do not. */
  clone(idOrKey: string): SimulatedIssue;
  /** Webhooks sent so far. */
  webhooks: SentWebhook[];
  /** Waits for webhooks under way. */
  settled(): Promise<void>;
}

/** A small Jira Cloud: REST v3, and v2 for clients that speak it, with pages under `/browse/<key>` and `/projects/<key>`. */
export async function startJiraSimulator(options: JiraSimulatorOptions): Promise<JiraSimulator> {
  const store = createJiraStore(options.projects, options.indexLagMs ?? 0);
  const mayCreate = options.mayCreate ?? true;
  const expected = Buffer.from(`Basic ${Buffer.from(`${options.email}:${options.apiToken}`).toString('base64')}`);
  let origin = options.url ?? '';
  const sender = createWebhookSender(store, () => origin, options.webhook);

  function authorised(request: SimulatedRequest): boolean {
    const given = Buffer.from(request.headers['authorization'] ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  function handle(request: SimulatedRequest): SimulatedAnswer {
    const api = /^\/rest\/api\/(2|3|latest)(\/.*)?$/.exec(request.path);
    if (api === null)
      return (
        page(request.path, store) ?? {
          status: 404,
          headers: { 'content-type': 'text/html' },
          body: '<html><title>Oops, you’ve found a dead link.</title></html>',
        }
      );
    const version = api[1] === '3' ? '3' : '2';
    const path = (api[2] ?? '').replace(/\/+$/, '');
    if (path === '/serverInfo') return serverInfo(origin);
    if (!authorised(request)) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="protected-area"', 'content-type': 'text/plain' },
        body: 'Client must be authenticated to access this resource.',
      };
    }
    if (request.body.length > 0 && request.json === undefined)
      return refuse(400, ['There was an error parsing JSON. Check that your request body is valid.']);
    const site = siteRoute({ store, origin, version, mayCreate }, request, path);
    if (site !== undefined) return site;
    if (path === '/issue' || path.startsWith('/issue/'))
      return issueRoute(
        { store, origin, version, mayCreate, changed: sender.send },
        request,
        path.slice('/issue'.length),
      );
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
  origin ||= server.url;
  return {
    ...server,
    issues: () => [...store.issues.values()],
    issue: (idOrKey) => store.issue(idOrKey),
    transition(idOrKey, name) {
      const issue = get(idOrKey);
      const to = TRANSITIONS.find((one) => one.name === name)?.to;
      if (to === undefined) throw new Error(`simulated Jira has no transition ${name}`);
      const from = issue.status.name;
      issue.status = to;
      issue.updated = Date.now();
      sender.send('jira:issue_updated', issue, { from, to: to.name });
    },
    comment(idOrKey, text) {
      const issue = get(idOrKey);
      store.comment(issue, fromText(text));
      sender.send('jira:issue_updated', issue);
    },
    clone(idOrKey) {
      const source = get(idOrKey);
      return store.add({
        ...source,
        summary: `CLONE - ${source.summary}`,
        labels: [...source.labels],
        properties: new Map(),
      });
    },
    webhooks: sender.sent,
    settled: sender.settled,
    close: async () => {
      await sender.settled();
      await server.close();
    },
  };
}
