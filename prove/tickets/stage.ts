import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { type JiraSimulator, startJiraSimulator } from '#adapters/jira/simulator.ts';
import { type HubClient, hubClient, HubRefusal } from '#demo/hub-client.ts';
import { type HubProcess, startHubProcess } from '#demo/hub-process.ts';
import { freePort, type Services, startServices } from '#setup/services.ts';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { adapterDefinitions, composeHub, createLog } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';
import { type LossyProxy, startLossyProxy } from '#test/kit/lossy-proxy.ts';

export const WORKERS = 4;
/** How long Jira's search does not show what was just made; the hub is told so. */
const LAG_MS = 1500;
/** How long a call may still take effect after the hub gave it up: also one whose process got no time to send it. */
const SETTLE_MS = 4000;
export const JIRA_TIMEOUT_MS = 1500;

/** A hub with four workers that may be killed, a database behind a proxy that may be cut, and a Jira that may do anything. */
export interface TicketStage {
  db: Knex;
  jira: JiraSimulator;
  services: Services;
  proxy: LossyProxy;
  hub: HubClient;
  logs: string;
  /** SIGKILL; it is started again after a while. */
  kill(worker: number, downMs: number): Promise<void>;
  /** SIGKILL of the worker that has this job of this ticket in its hands, or of any where nobody has. */
  killHolder(ticketId: string | undefined, downMs: number): Promise<void>;
  /** Everything runs again. */
  whole(): Promise<void>;
  close(): Promise<void>;
}

/** Short waits: a proof is about order and not about patience. None is shorter than what it waits for. */
const IMPATIENT = {
  WORKER_LEASE_MS: '2500',
  SETTLE_MS: String(SETTLE_MS),
  JIRA_TIMEOUT_MS: String(JIRA_TIMEOUT_MS),
  JIRA_SEARCH_LAG_MS: String(LAG_MS),
  HEALTH_POLL_MS: '0',
  LOG_POLL_MS: '0',
  RECONCILE_FOLLOW_MS: '0',
  WORKER_CONCURRENCY: '4',
  LOG_LEVEL: 'info',
};

export async function setTicketStage(): Promise<TicketStage> {
  const services = await startServices({ name: 'prove-tickets' });
  const databaseUrl = await services.createDatabase('reanimator');
  const proxy = await startLossyProxy(databaseUrl);
  const jira = await startJiraSimulator({
    ...{ email: 'hub@example.com', apiToken: 'token-of-this-proof', projects: [{ key: 'HW' }], indexLagMs: LAG_MS },
  });
  const port = await freePort();
  const base = {
    ...IMPATIENT,
    REDIS_URL: services.redis.url,
    SECRET_KEY: 'a key of this proof, which is long enough for everybody',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    HTTP_PORT: String(port),
    DIRECTORY_PATH: path.join(services.folder, 'objects'),
    UPLOAD_PATH: path.join(services.folder, 'uploads'),
    JIRA_URL: jira.url,
    JIRA_EMAIL: 'hub@example.com',
    JIRA_API_TOKEN: 'token-of-this-proof',
    JIRA_PROJECT: 'HW',
  };
  const db = connectDatabase(databaseUrl, 4);
  await migrate(db);
  const apiKey = await keyOfNewHub({ ...base, DATABASE_URL: databaseUrl });
  const logs = path.join(services.folder, 'hub');
  mkdirSync(logs, { recursive: true });
  const env = { ...base, DATABASE_URL: proxy.url };
  const web = await startHubProcess('web', env, path.join(logs, 'web.log'));
  const workers = await superviseWorkers(env, logs);

  return {
    ...{ db, jira, services, proxy, logs },
    hub: stubborn(hubClient(`http://127.0.0.1:${port}`, apiKey)),
    kill: workers.kill,
    async killHolder(ticketId, downMs) {
      const holders: { worker: string | null }[] =
        ticketId === undefined
          ? []
          : await db('jobs').where({ state: 'active', subject_type: 'ticket', subject_id: ticketId }).select('worker');
      const pids = holders.map(({ worker }) => Number(/-(\d+)-[^-]+$/.exec(worker ?? '')?.[1]));
      await workers.killPid(pids, downMs);
    },
    whole: workers.whole,
    async close() {
      await workers.stop();
      await web.kill();
      await jira.close();
      await db.destroy();
      await proxy.close();
      await services.stop();
    },
  };
}

async function keyOfNewHub(env: Record<string, string>): Promise<string> {
  const config = readConfig(env, adapterDefinitions);
  const hub = await composeHub(config, createLog('error'));
  const { text } = await createApiKey(hub.ctx, config.SECRET_KEY, { name: 'prove', scopes: ['*'], expiresAt: null });
  await hub.close();
  return text;
}

/** As systemd or Kubernetes would: whoever dies is started again. */
async function superviseWorkers(env: Record<string, string>, logs: string) {
  const running = new Map<number, HubProcess>();
  const restarts = new Set<Promise<void>>();
  let stopped = false;

  async function start(worker: number): Promise<void> {
    while (!stopped) {
      try {
        const file = path.join(logs, `worker-${worker}.log`);
        // Each has its port for metrics.
        const own = { ...env, METRICS_PORT: String(await freePort()) };
        running.set(worker, await startHubProcess('worker', own, file));
        return;
      } catch {
        // The database or Redis is away at this moment.
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }

  async function kill(worker: number, downMs: number): Promise<void> {
    const victim = running.get(worker);
    if (!victim || stopped) return;
    running.delete(worker);
    await victim.kill();
    const restart: Promise<void> = new Promise<void>((resolve) => setTimeout(resolve, downMs))
      .then(() => start(worker))
      .finally(() => restarts.delete(restart));
    restarts.add(restart);
  }

  for (let worker = 0; worker < WORKERS; worker += 1) await start(worker);
  return {
    kill,
    async killPid(pids: readonly number[], downMs: number): Promise<void> {
      const found = [...running].filter(([, { pid }]) => pids.includes(pid)).map(([worker]) => worker);
      for (const worker of found.length > 0 ? found : [...running.keys()].slice(0, 1)) await kill(worker, downMs);
    },
    async whole(): Promise<void> {
      while (restarts.size > 0) await Promise.all(restarts);
    },
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all(restarts);
      await Promise.all([...running.values()].map((process) => process.kill()));
    },
  };
}

const INSIST_MS = 60_000;

/** Whoever gets no answer asks again; the same request again must be harmless. */
function stubborn(hub: HubClient): HubClient {
  async function again<T>(call: () => Promise<T>): Promise<T> {
    const end = Date.now() + INSIST_MS;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const isFinal = error instanceof HubRefusal && error.status < 500 && error.status !== 409;
        if (isFinal || Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    }
  }
  return {
    get: (where) => again(() => hub.get(where)),
    post(where, body) {
      const key = { 'idempotency-key': crypto.randomUUID() };
      return again(() => hub.post(where, body, key));
    },
  };
}
