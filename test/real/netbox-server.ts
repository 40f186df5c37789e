import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { takeName } from '#setup/name-lock.mjs';
import { freePort } from '#setup/services/free-port.ts';
import { stopRecorded } from '#setup/services/pid-record.ts';
import { runAsFor, type RunAs } from '#setup/services/run-as.ts';
import { serverProcess, type ServerProcess, type ServerProgram } from '#setup/services/server-process.ts';
import { startWatchdog, type Watchdog } from '#setup/services/watchdog.ts';
import { TOKEN_V1, TOKEN_V2, writeConfiguration, type Ports } from './netbox/configuration.ts';
import { installNetbox, NETBOX_VERSION, seconds, type Installed } from './netbox/install.ts';
import { NotHere } from './netbox/not-here.ts';
import { runCommand } from './netbox/run-command.ts';
import { asNetbox, backUp, ensureTemplate, sql } from './netbox/schema.ts';

export { NotHere } from './netbox/not-here.ts';

export interface RealNetbox {
  url: string;
  /** Version 2 token of the administrator; `tokenV1` is the same user's old one. */
  token: string;
  tokenV1: string;
  version: string;
  /** Back to an empty NetBox in under a second; the servers go on. */
  clean(): Promise<void>;
  /** Its database as it is now; the function puts it back, once. */
  backUp(): Promise<() => Promise<void>>;
  /** The command for `psql` in its database. */
  psql: readonly string[];
  /** Ends all four servers, by their ids. May be called twice. */
  stop(): Promise<void>;
}

export interface StartRealNetbox {
  log(line: string): void;
  /** The checkout; the default is the one that this file is in. */
  root?: string;
}

const projectRoot = path.dirname(path.dirname(import.meta.dirname));

/**
 * A real NetBox with a PostgreSQL and a Redis of its own under `var/real/netbox`, reachable from this machine only; its webhooks reach
 * loopback. Installed on the first run, reused afterwards, empty at each start. Everything ends with `stop()` or with this process.
 * @throws NotHere where this machine cannot run it, with the reason
 */
export async function startRealNetbox({ log, root = projectRoot }: StartRealNetbox): Promise<RealNetbox> {
  const begun = Date.now();
  const folder = path.join(root, 'var', 'real', 'netbox');
  mkdirSync(folder, { recursive: true });
  const held = await takeName(`real-netbox:${folder}`);
  if (held === undefined) throw new NotHere(`another run uses ${folder}`);
  const watchdog = startWatchdog();
  const started: ServerProcess[] = [];
  async function stop(): Promise<void> {
    // The last one first. SIGINT is PostgreSQL's fast way to end; its way with SIGTERM waits for every client.
    for (const server of started.toReversed()) await server.end(server === started[0] ? 'SIGINT' : 'SIGTERM');
    started.length = 0;
    watchdog.release();
    await held?.release();
  }
  try {
    await stopRecorded(folder);
    const installed = await installNetbox({ root, folder, log });
    const ports: Ports = { web: await freePort(), postgres: await freePort(), redis: await freePort() };
    writeConfiguration(folder, ports);
    const env = { NETBOX_ROOT: folder, PYTHONWARNINGS: 'ignore' };
    const setting: Setting = { folder, installed, ports, env, watchdog };

    async function start(program: ServerProgram): Promise<void> {
      const since = Date.now();
      const server = serverProcess({ ...program, folder, watchdog });
      started.push(server);
      await server.start();
      log(`${program.name} answers after ${seconds(since)}`);
    }
    await start(await postgres(setting));
    await start(redis(setting));
    await ensureTemplate({ folder, installed, port: ports.postgres, env, log });
    const database = { installed, port: ports.postgres };
    const clean = async (): Promise<void> => {
      await sql(
        database,
        'drop database if exists netbox with (force)',
        'create database netbox template netbox_tpl owner netbox',
      );
      await emptyRedis(ports.redis);
    };
    await clean();
    await Promise.all([start(web(setting)), start(worker(setting))]);
    const url = `http://127.0.0.1:${ports.web}`;
    log(`NetBox ${NETBOX_VERSION} runs at ${url}, ready after ${seconds(begun)}`);
    return {
      ...{ url, token: TOKEN_V2, tokenV1: TOKEN_V1, version: NETBOX_VERSION, clean, stop },
      backUp: () => backUp(database),
      psql: asNetbox(database, 'psql'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Setting {
  folder: string;
  installed: Installed;
  ports: Ports;
  env: Record<string, string>;
  watchdog: Watchdog;
}

/** PostgreSQL refuses to run as root: then as `postgres`, or whoever owns nothing here, in a folder that this user can enter. */
async function postgres({ folder, installed, ports, watchdog }: Setting): Promise<ServerProgram> {
  const { data, runAs } = dataFolder(folder, watchdog);
  const asRoot = process.getuid?.() === 0;
  if (asRoot && runAs === undefined)
    throw new NotHere('PostgreSQL does not run as root, and there is no user "postgres" to run it as');
  const bin = installed.postgresBin;
  if (!existsSync(path.join(data, 'PG_VERSION'))) {
    const command = [
      path.join(bin, 'initdb'),
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ];
    const made = await runCommand(command, { runAs });
    if (made.code !== 0) throw new Error(`initdb failed:\n${made.tail}`);
  }
  const safe = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'shared_buffers=256MB',
    'max_connections=50',
  ];
  const settings = [...safe, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  return {
    name: 'postgres',
    command: path.join(bin, 'postgres'),
    args: ['-D', data, '-p', String(ports.postgres), ...settings.flatMap((one) => ['-c', one])],
    log: path.join(folder, 'postgres.log'),
    ...(runAs ? { runAs } : {}),
    before: async () => rmSync(path.join(data, 'postmaster.pid'), { force: true }),
    ping: async () => void (await sql({ installed, port: ports.postgres }, 'select 1')),
  };
}

function dataFolder(folder: string, watchdog: Watchdog): { data: string; runAs: RunAs | undefined } {
  const data = path.join(folder, 'postgres');
  mkdirSync(data, { recursive: true });
  const runAs = runAsFor('postgres', data);
  if (runAs !== undefined || process.getuid?.() !== 0) {
    chmodSync(data, 0o700);
    return { data, runAs };
  }
  // A checkout that only root can enter: the data goes where others can, and is gone with this process.
  const elsewhere = mkdtempSync('/var/tmp/reanimator-netbox-');
  watchdog.guardFolder(elsewhere);
  chmodSync(elsewhere, 0o700);
  return { data: elsewhere, runAs: runAsFor('postgres', elsewhere) };
}

function redis({ folder, installed, ports }: Setting): ServerProgram {
  return {
    name: 'redis',
    command: installed.redisServer,
    args: ['--port', String(ports.redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    log: path.join(folder, 'redis.log'),
    before: async () => {},
    ping: () => withRedis(ports.redis, async (client) => void (await client.ping())),
  };
}

function web({ folder, installed, ports, env }: Setting): ServerProgram {
  const gunicorn = path.join(installed.bin, 'gunicorn');
  const options = [
    '-c',
    path.join(folder, 'conf', 'gunicorn.py'),
    '--bind',
    `127.0.0.1:${ports.web}`,
    '--workers',
    '2',
    '--threads',
    '2',
    '--timeout',
    '120',
    '--no-control-socket',
  ];
  return {
    name: 'netbox',
    ...withEnv(env, [
      gunicorn,
      ...options,
      ...(existsSync('/dev/shm') ? ['--worker-tmp-dir', '/dev/shm'] : []),
      'netbox.wsgi',
    ]),
    log: path.join(folder, 'web.log'),
    before: async () => {},
    ping: async () => void (await status(ports.web)),
  };
}

function worker({ folder, installed, ports, env }: Setting): ServerProgram {
  return {
    name: 'rqworker',
    ...withEnv(env, [path.join(installed.bin, 'netbox'), 'rqworker', 'high', 'default', 'low']),
    log: path.join(folder, 'rqworker.log'),
    before: async () => {},
    async ping() {
      const found = (await status(ports.web)) as { 'rq-workers-running'?: number };
      if (!found['rq-workers-running']) throw new Error('no worker yet');
    },
  };
}

/** Through env(1), which becomes the program: the process id stays the one that is recorded. */
function withEnv(env: Record<string, string>, command: string[]): { command: string; args: string[] } {
  return {
    command: '/usr/bin/env',
    args: [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...command],
  };
}

async function status(port: number): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/status/`, {
    headers: { authorization: `Bearer ${TOKEN_V2}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`/api/status/ answered ${answer.status}`);
  return answer.json();
}

/** The cache, and the jobs that wait; not the worker's own registration. */
async function emptyRedis(port: number): Promise<void> {
  await withRedis(port, async (client) => {
    await client.del('rq:queue:high', 'rq:queue:default', 'rq:queue:low');
    await client.select(1);
    await client.flushdb();
  });
}

async function withRedis(port: number, work: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {}); // the call that failed says it
  try {
    await client.connect();
    await work(client);
  } finally {
    client.disconnect();
  }
}
