import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { takeName, type HeldName } from './name-lock.mjs';
import { createDatabase, databaseUrl, dropDatabase, type MySqlAccess } from './services/databases.ts';
import { prepareMariaDb } from './services/mariadb.ts';
import { prepareRedis, type RedisAccess } from './services/redis.ts';
import { serverProcess } from './services/server-process.ts';
import { stopRecorded } from './services/pid-record.ts';
import { startWatchdog } from './services/watchdog.ts';

export { freePort } from './services/free-port.ts';

const projectRoot = path.dirname(import.meta.dirname);

export type StartServices = {
  /** The folder under var/. If a living process uses it already, `name-2` and so on is taken: read `Services.name`. */
  name: string;
  /** The checkout; the default is the one that this file is in. */
  root?: string;
  /** Go on with the data of the last run of this name instead of starting empty; `stop()` then leaves it there. */
  keepData?: boolean;
  /** More lines for the `[mariadbd]` section, such as `{ innodb_buffer_pool_size: '1G' }`. */
  mariaDbSettings?: Record<string, string>;
  /** More lines for redis.conf, such as `{ appendfsync: 'always' }`. */
  redisSettings?: Record<string, string>;
};

export type Services = {
  name: string;
  folder: string;
  mysql: MySqlAccess;
  redis: RedisAccess;
  logs: { mariaDb: string; redis: string };
  /** Of the servers that run now; `undefined` for one that is down. */
  readonly pids: { mariaDb: number | undefined; redis: number | undefined };
  databaseUrl(database: string): string;
  /** Creates an empty database (utf8mb4) and answers with its URL. An error if it exists. */
  createDatabase(database: string): Promise<string>;
  /** No error if there is none. */
  dropDatabase(database: string): Promise<void>;
  /** Starts it again on the same port and data and waits until it answers; nothing happens if it runs. */
  startMariaDb(): Promise<void>;
  /** Sends the signal (default SIGKILL) and waits for the end; SIGSTOP and SIGCONT only freeze and thaw. */
  killMariaDb(signal?: NodeJS.Signals): Promise<void>;
  startRedis(): Promise<void>;
  /** As killMariaDb; `loseData` also removes the append-only file, so that it comes back empty. */
  killRedis(signal?: NodeJS.Signals, options?: { loseData?: boolean }): Promise<void>;
  /** Stops both cleanly and removes the data (unless `keepData`). May be called twice. */
  stop(): Promise<void>;
};

async function claimFolder(root: string, wanted: string): Promise<{ name: string; folder: string; held: HeldName }> {
  for (let attempt = 1; attempt < 100; attempt += 1) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    const folder = path.join(root, 'var', name);
    const held = await takeName(`services:${folder}`);
    if (held !== undefined) return { name, folder, held };
  }
  throw new Error(`all of ${wanted}, ${wanted}-2 … ${wanted}-99 are in use`);
}

function passwordIn(file: string, keep: boolean): string {
  if (keep) {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      // the first run of this name
    }
  }
  const password = randomBytes(18).toString('base64url');
  rmSync(file, { force: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

/**
 * Starts a private MariaDB and a private Redis under `var/<name>/`, reachable from this machine only. They end with
 * `stop()`, or when this process ends, however it ends.
 */
export async function startServices(options: StartServices): Promise<Services> {
  const root = options.root ?? projectRoot;
  const keep = options.keepData ?? false;
  const { name, folder, held } = await claimFolder(root, options.name);
  mkdirSync(folder, { recursive: true });
  await stopRecorded(folder);

  const watchdog = startWatchdog();
  try {
    const [mariaDb, redis] = await Promise.all([
      prepareMariaDb({
        varFolder: path.join(root, 'var'),
        folder,
        password: passwordIn(path.join(folder, 'mariadb.password'), keep),
        keepData: keep,
        settings: options.mariaDbSettings ?? {},
        watchdog,
      }),
      prepareRedis({
        folder,
        password: passwordIn(path.join(folder, 'redis.password'), keep),
        keepData: keep,
        settings: options.redisSettings ?? {},
      }),
    ]);
    const mariaDbProcess = serverProcess({ ...mariaDb.program, folder, watchdog });
    const redisProcess = serverProcess({ ...redis.program, folder, watchdog });
    const { mysql } = mariaDb;

    const stop = async (): Promise<void> => {
      await Promise.all([mariaDbProcess.end('SIGTERM'), redisProcess.end('SIGTERM')]);
      if (!keep) {
        mariaDb.removeData();
        redis.removeData();
      }
      mariaDb.removeSocketFolder();
      watchdog.release();
      await held.release();
    };
    const started = await Promise.allSettled([mariaDbProcess.start(), redisProcess.start()]);
    const failure = started.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      await stop();
      throw failure.reason;
    }

    return {
      name,
      folder,
      mysql,
      redis: redis.access,
      logs: { mariaDb: mariaDb.program.log, redis: redis.program.log },
      get pids() {
        return { mariaDb: mariaDbProcess.pid(), redis: redisProcess.pid() };
      },
      databaseUrl: (database) => databaseUrl(mysql, database),
      createDatabase: (database) => createDatabase(mysql, database),
      dropDatabase: (database) => dropDatabase(mysql, database),
      startMariaDb: () => mariaDbProcess.start(),
      killMariaDb: (signal = 'SIGKILL') => mariaDbProcess.end(signal),
      startRedis: () => redisProcess.start(),
      killRedis: async (signal = 'SIGKILL', { loseData = false } = {}) => {
        await redisProcess.end(signal);
        if (loseData) redis.removeData();
      },
      stop,
    };
  } catch (error) {
    watchdog.release();
    await held.release();
    throw error;
  }
}
