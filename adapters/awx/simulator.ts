import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
  startSimulatorServer,
} from '#src/kit/simulator.ts';
import { phaseOf } from './simulator/job-clock.ts';
import { createNotifier, type SentNotification } from './simulator/notifier.ts';
import { page } from './simulator/pages.ts';
import { type ApiOptions, apiRoute, openRoute } from './simulator/routes.ts';
import { createAwxStore, type SimulatedHost, type SimulatedJob, type SimulatedTemplate } from './simulator/store.ts';

export interface AwxSimulatorOptions {
  token: string;
  templates: SimulatedTemplate[];
  /** Name of the inventory. Default `Reanimator`. Several: the first one is the templates' default. */
  inventory?: string | { name: string; groups?: string[] }[];
  /** How long a job takes, in milliseconds. Default 200. */
  runMs?: number;
  /** What becomes of a job that reached a host; asked when it is over. Default: successful. */
  outcome?(job: SimulatedJob): 'successful' | 'failed';
  /** Where finished jobs are reported to, and the headers that go along. */
  notify?: { url: string; headers?: Record<string, string> };
  /** For Basic authentication (`POST tokens/`). Default admin / password. */
  login?: { username: string; password: string };
  /** Default `/api/v2`; `/api/controller/v2` as behind the gateway of Ansible Automation Platform. */
  basePath?: string;
  port?: number;
  host?: string;
}

export interface AwxSimulator extends SimulatorServer {
  /** All jobs, oldest first. */
  jobs(): SimulatedJob[];
  /** AWX's word for where a job is now. */
  statusOf(id: number): string | undefined;
  hosts(): SimulatedHost[];
  /** Puts a host into the first inventory, or the one of that name. */
  addHost(name: string, more?: Partial<SimulatedHost> & { inventoryName?: string }): SimulatedHost;
  /** Notifications sent so far. */
  notifications: SentNotification[];
}

/** A small AWX 24.6: templates, launches, jobs that run by the clock, hosts, tokens, notifications; `/` lists all jobs for a person. */
export async function startAwxSimulator(options: AwxSimulatorOptions): Promise<AwxSimulator> {
  const inventories =
    typeof options.inventory === 'object' ? options.inventory : [{ name: options.inventory ?? 'Reanimator' }];
  const store = createAwxStore({ templates: options.templates, inventories, runMs: options.runMs ?? 200 });
  const outcome = options.outcome ?? (() => 'successful' as const);
  const base = options.basePath ?? '/api/v2';
  const login = options.login ?? { username: 'admin', password: 'password' };
  const tokens = [options.token];
  let origin = '';
  const notifier = createNotifier({ store, origin: () => origin, outcome, target: options.notify });
  const api: ApiOptions = { store, base, version: '24.6.1', outcome, notifier, issueToken };

  function issueToken(): string {
    const token = randomBytes(15).toString('base64url');
    tokens.push(token);
    return token;
  }

  function userOf(request: SimulatedRequest): string | undefined {
    const given = request.headers['authorization'] ?? '';
    const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    if (same(given, basic)) return login.username;
    return tokens.some((token) => same(given, `Bearer ${token}`)) ? 'reanimator' : undefined;
  }

  function handle(request: SimulatedRequest): SimulatedAnswer {
    if (!request.path.startsWith('/api'))
      return (
        page(request.path, store, outcome) ?? {
          status: 404,
          body: { detail: 'The requested resource could not be found.' },
        }
      );
    if (!request.path.endsWith('/')) {
      // Whatever the method: who follows it with a POST arrives as a GET without a body.
      const query = request.query.toString();
      return { status: 301, headers: { location: `${request.path}/${query ? `?${query}` : ''}` } };
    }
    const open = request.method === 'OPTIONS' ? undefined : openRoute(api, request.path);
    if (open !== undefined) return open;
    const user = userOf(request);
    if (user === undefined) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm=api authorization_url=/api/o/authorize/' },
        body: {
          detail: 'Authentication credentials were not provided. To establish a login session, visit /api/login/.',
        },
      };
    }
    if (!request.path.startsWith(`${base}/`))
      return { status: 404, body: { detail: 'The requested resource could not be found.' } };
    if (request.body.length > 0 && request.json === undefined)
      return { status: 400, body: { detail: 'JSON parse error - Expecting value: line 1 column 1 (char 0)' } };
    return apiRoute(api, request, request.path.slice(base.length), user);
  }

  const server = await startSimulatorServer({
    port: options.port ?? 0,
    ...(options.host === undefined ? {} : { host: options.host }),
    handle,
  });
  origin = server.url;
  return {
    ...server,
    jobs: () => [...store.jobs.values()],
    statusOf(id) {
      const job = store.jobs.get(id);
      return job === undefined ? undefined : phaseOf(job, store.runMs, outcome).status;
    },
    hosts: () => [...store.hosts.values()],
    addHost(name, { inventoryName, ...more } = {}) {
      const inventory = store.inventories.find((one) => inventoryName === undefined || one.name === inventoryName);
      if (inventory === undefined) throw new Error(`simulated AWX has no inventory ${inventoryName}`);
      return store.addHost({ ...more, name, inventory: inventory.id });
    },
    notifications: notifier.sent,
    close: async () => {
      await notifier.close();
      await server.close();
    },
  };
}

function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
