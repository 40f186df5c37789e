import { randomInt } from 'node:crypto';
import { applyByItself } from '../../demo/apply-by-itself.ts';
import { castOf, type Actor } from '../../demo/cast.ts';
import { hubClient, type HubClient } from '../../demo/hub-client.ts';
import { type HubProcess, startHubProcess } from '../../demo/hub-process.ts';
import { setStage, type Stage } from '../../demo/stage.ts';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { bootstrapRecords } from '#src/bootstrap-records.ts';
import { adapterDefinitions, composeHub, createLog, type Hub } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import { newId } from '#src/core/id.ts';
import { testDatabase, type TestDatabase } from './test-database.ts';
import { testRedisUrl } from './test-redis.ts';

export interface TestHubOptions {
  /** How many machines the stage has. Default 1. */
  machines?: number;
  /** What runs from the start. Default both. */
  parts?: readonly ('web' | 'worker')[];
  /** Settings over the stage's; undefined takes one away. */
  env?: Record<string, string | undefined>;
  /** Adapters that the hub does without, by their settings' prefix. */
  without?: readonly string[];
  /** BMCs are asked to tell of events. Default not. */
  events?: boolean;
  /** BMCs speak TLS, with certificates of their own. Default: plain HTTP. */
  bmcTls?: boolean;
  /** Jira's project is a service desk, which promises times. Default not. */
  serviceDesk?: boolean;
  /** How long an AWX job takes, in milliseconds. Default 100. */
  runMs?: number;
  /** What the hub reaches its database through: takes the database's URL and gives another. */
  through?: (databaseUrl: string) => Promise<string>;
  /** Whether what differs in NetBox is written there by itself. Default apply. */
  mode?: 'apply' | 'dry-run';
  /** Prepare NetBox for the hub. Default: where the hub has NetBox. */
  bootstrap?: boolean;
}

export interface TestHub {
  hub: Hub;
  stage: Stage;
  cast: Actor[];
  database: TestDatabase;
  redisUrl: string;
  /** Where the API answers. */
  url: string;
  /** A key with all scopes. */
  apiKey: string;
  client: HubClient;
  /** Makes another key. */
  keyFor(scopes: string[], expiresAt?: string): Promise<string>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** One more worker, as a process of its own. Whoever starts it stops it. */
  startWorkerProcess(): Promise<HubProcess>;
  close(): Promise<void>;
}

/** A whole hub in this process, web and worker, on its own database and Redis number, with a stage of simulators around it. */
export async function testHub(options: TestHubOptions = {}): Promise<TestHub> {
  const parts = options.parts ?? ['web', 'worker'];
  const cast = castOf({ recorded: false, only: options.machines ?? 1 });
  const network = `127.${randomInt(64, 250)}.${randomInt(1, 250)}`;
  const [database, redisUrl] = [await testDatabase(), await testRedisUrl()];
  const stage = await setStage({
    cast,
    via: 'http',
    network,
    bmcTls: options.bmcTls ?? false,
    runMs: options.runMs ?? 100,
    serviceDesk: options.serviceDesk ?? false,
  });
  const databaseUrl = (await options.through?.(database.url)) ?? database.url;
  const env: Record<string, string | undefined> = {
    ...stage.env,
    LOG_LEVEL: 'silent',
    FOLLOW_MS: '100',
    RECONCILE_FOLLOW_MS: '0',
    FEEDS_READ_MS: '0',
    HEALTH_POLL_MS: '0',
    LOG_POLL_MS: '0',
    ...(options.events === true ? { BMC_EVENT_URL: stage.hubUrl } : {}),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    ...options.env,
  };
  for (const prefix of options.without ?? [])
    for (const name of Object.keys(env)) if (name.startsWith(`${prefix}_`)) delete env[name];
  const config = readConfig(env, adapterDefinitions);
  const hub = await composeHub(config, createLog(config.LOG_LEVEL));
  const running: { web?: { stop(): Promise<void> }; worker?: { stop(): Promise<void> } } = {};

  const keyFor = async (scopes: string[], expiresAt?: string): Promise<string> => {
    const { text } = await createApiKey(hub.ctx, config.SECRET_KEY, {
      name: `test-${newId().slice(-12)}`,
      scopes,
      expiresAt: expiresAt ?? null,
    });
    return text;
  };
  const apiKey = await keyFor(['*']);
  if (options.bootstrap ?? env['NETBOX_URL'] !== undefined) await bootstrapRecords(hub, false);
  if (options.mode !== 'dry-run') await applyByItself(hub);
  if (parts.includes('web')) running.web = await hub.startWeb();
  if (parts.includes('worker')) running.worker = await hub.startWorker();

  return {
    ...{
      hub,
      stage,
      cast,
      database,
      redisUrl,
      url: stage.hubUrl,
      apiKey,
      client: hubClient(stage.hubUrl, apiKey),
      keyFor,
    },
    async startWorker() {
      running.worker ??= await hub.startWorker();
    },
    async stopWorker() {
      await running.worker?.stop();
      delete running.worker;
    },
    async startWorkerProcess() {
      const said = Object.entries(env).filter((one): one is [string, string] => one[1] !== undefined);
      return startHubProcess('worker', Object.fromEntries(said), '/dev/null');
    },
    async close() {
      await Promise.all([running.web?.stop(), running.worker?.stop()]);
      await hub.close();
      await stage.close();
      await database.close();
    },
  };
}
