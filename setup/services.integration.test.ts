import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { startServices, type Services, type StartServices } from './services.ts';
import { recordOf, waitForEnd } from './services/pid-record.ts';

let root = '';
const running: Services[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'reanimator-services-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((services) => services.stop()));
  rmSync(root, { recursive: true, force: true });
});

async function start(options: Partial<StartServices> = {}): Promise<Services> {
  const services = await startServices({ name: 'try', root, ...options });
  running.push(services);
  return services;
}

async function query(services: Services, database: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(services.databaseUrl(database));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

async function withRedis<T>(services: Services, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(services.redis.url, { maxRetriesPerRequest: 1 });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** By their arguments or, since Redis rewrites those, by the folder that they work in. */
function processesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (`${words} ${readlinkSync(`/proc/${name}/cwd`)}`.includes(folder)) found.push(`${name} ${words}`);
    } catch {
      // it ended in the meantime
    }
  }
  return found;
}

function pidsOf(services: Services): number[] {
  const { mariaDb, redis } = services.pids;
  if (mariaDb === undefined || redis === undefined) throw new Error('a server is down');
  return [mariaDb, redis];
}

test('two at once under the same name do not meet', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  expect(new Set([one.name, two.name])).toEqual(new Set(['try', 'try-2']));
  await one.createDatabase('same');
  await two.createDatabase('same');
  expect(new Set([...pidsOf(one), ...pidsOf(two)]).size).toBe(4);
});

test('durable, UTC, utf8mb4, reachable with the password only', async () => {
  const services = await start();
  await services.createDatabase('settings');
  const [row] = await query(
    services,
    'settings',
    `SELECT @@innodb_flush_log_at_trx_commit AS flush, @@innodb_snapshot_isolation AS snapshot, @@time_zone AS zone,
            @@collation_database AS collation, @@log_bin AS binlog`,
  );
  expect(row).toEqual({ flush: 1, snapshot: 1, zone: '+00:00', collation: services.mysql.collation, binlog: 0 });
  for (const user of ['root', services.mysql.user, '']) {
    for (const place of [{ host: '127.0.0.1', port: services.mysql.port }, { socketPath: services.mysql.socket }]) {
      await expect(createConnection({ user, password: '', ...place })).rejects.toThrow(/denied|not allowed/);
    }
  }
  const stranger = new Redis({ port: services.redis.port, lazyConnect: true });
  stranger.on('error', () => {});
  await expect(stranger.set('a', '1')).rejects.toThrow(/NOAUTH/);
  stranger.disconnect();
  for (const file of ['mariadb.password', 'redis.password', 'redis.conf', 'run/mariadb.cnf', 'run/accounts.sql']) {
    expect([file, statSync(path.join(services.folder, file)).mode & 0o777]).toEqual([file, 0o600]);
  }
});

test('MariaDB comes back after SIGKILL on the same port with what was committed', async () => {
  const services = await start();
  await services.createDatabase('kept');
  await query(services, 'kept', 'CREATE TABLE t (a INT PRIMARY KEY)');
  await query(services, 'kept', 'INSERT INTO t VALUES (1), (2)');
  await services.killMariaDb();
  expect(services.pids.mariaDb).toBeUndefined();
  await expect(query(services, 'kept', 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  await services.startMariaDb();
  expect(await query(services, 'kept', 'SELECT a FROM t ORDER BY a')).toEqual([{ a: 1 }, { a: 2 }]);
});

test('Redis comes back after SIGKILL with its data, or without', async () => {
  const services = await start();
  await withRedis(services, (redis) => redis.set('job', 'waiting'));
  await services.killRedis('SIGKILL');
  await services.startRedis();
  expect(await withRedis(services, (redis) => redis.get('job'))).toBe('waiting');
  await services.killRedis('SIGKILL', { loseData: true });
  await services.startRedis();
  expect(await withRedis(services, (redis) => redis.get('job'))).toBeNull();
  expect(await withRedis(services, (redis) => redis.config('GET', 'maxmemory-policy'))).toContain('noeviction');
});

test('keepData goes on where the last run ended; without it nothing is left', async () => {
  const first = await start({ keepData: true });
  await first.createDatabase('kept');
  await withRedis(first, (redis) => redis.set('key', 'kept'));
  await first.stop();
  const second = await start({ keepData: true });
  expect(second.mysql.password).toBe(first.mysql.password);
  expect(await query(second, 'kept', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await withRedis(second, (redis) => redis.get('key'))).toBe('kept');
  await second.stop();
  const third = await start();
  await expect(query(third, 'kept', 'SELECT 1')).rejects.toThrow(/Unknown database/);
});

test('a path too long for a socket is no obstacle', async () => {
  const services = await start({ root: path.join(root, 'a'.repeat(60), 'b'.repeat(60)) });
  expect(Buffer.byteLength(services.mysql.socket)).toBeLessThan(108);
  const { user, password, socket } = services.mysql;
  const connection = await createConnection({ user, password, socketPath: socket });
  await connection.query('SELECT 1');
  await connection.end();
  await services.stop();
  expect(existsSync(path.dirname(socket))).toBe(false);
});

test.each(['SIGKILL', 'SIGTERM'] as const)('nothing outlives a process that ends by %s', async (signal) => {
  const program = `
    import { startServices } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'services.ts')))};
    const { pids } = await startServices({ name: 'abandoned', root: ${JSON.stringify(root)} });
    console.log(JSON.stringify([pids.mariaDb, pids.redis]));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const pids: number[] = JSON.parse(String(line));
  const records = pids.map((pid) => recordOf(pid));
  // SIGTERM alone would not end a frozen one.
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  child.kill(signal);
  await once(child, 'exit');
  for (const record of records) {
    if (record === undefined) throw new Error('a server was not running');
    expect(await waitForEnd(record, 15_000)).toBe(true);
  }
  const again = await start({ name: 'abandoned' });
  expect(again.name).toBe('abandoned');
});

test('killed at any moment of the start, it leaves nothing behind', async () => {
  const program = `
    import { startServices } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'services.ts')))};
    console.log('go');
    await startServices({ name: 'killed', root: ${JSON.stringify(root)} });`;
  await (await start({ name: 'killed' })).stop();
  for (let delay = 0; delay < 250; delay += 25) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await sleep(delay);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await expect.poll(() => processesBelow(root), { timeout: 20_000 }).toEqual([]);
});
