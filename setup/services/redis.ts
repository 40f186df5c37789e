import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import path from 'node:path';

import { findRedis } from '../find-program.mjs';
import { freePort } from './free-port.ts';
import type { ServerProgram } from './server-process.ts';

export type RedisAccess = { host: string; port: number; password: string; url: string };

type PrepareRedis = { folder: string; password: string; keepData: boolean; settings: Record<string, string> };

/** One AUTH and one PING. While the append-only file is read, the answer is `-LOADING`. */
async function pingRedis({ host, port, password }: RedisAccess): Promise<void> {
  const socket = createConnection({ host, port });
  try {
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
    await once(socket, 'connect');
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.endsWith('+PONG\r\n')) return;
      if (/^-/m.test(answer)) break;
    }
    throw new Error(answer.trim() || 'closed without an answer');
  } finally {
    socket.destroy();
  }
}

export async function prepareRedis(options: PrepareRedis): Promise<{
  access: RedisAccess;
  program: ServerProgram;
  removeData(): void;
}> {
  const { folder, password } = options;
  const found = findRedis();
  if (found === undefined) throw new Error('redis-server is missing; start through setup/prepare.mjs services');

  const data = path.join(folder, 'redis');
  const log = path.join(folder, 'redis.log');
  if (!options.keepData) rmSync(data, { recursive: true, force: true });
  rmSync(log, { force: true });
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    requirepass: password,
    dir: `"${data}"`,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '""',
    'maxmemory-policy': 'noeviction',
    ...options.settings,
  };
  const configFile = path.join(folder, 'redis.conf');
  rmSync(configFile, { force: true });
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o600 });

  const access: RedisAccess = { host: '127.0.0.1', port, password, url: `redis://:${password}@127.0.0.1:${port}` };
  return {
    access,
    program: {
      name: 'redis',
      command: found.server,
      args: [configFile],
      log,
      before: async () => void mkdirSync(data, { recursive: true }),
      ping: () => pingRedis(access),
    },
    removeData: () => rmSync(data, { recursive: true, force: true }),
  };
}
