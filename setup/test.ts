// `npm test [-- vitest arguments]`: a private MariaDB and Redis, all projects of vitest.config.ts against them.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { runChild } from './run-child.ts';
import { startServices } from './services.ts';

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (stopping = true));

const services = await startServices({ name: 'test' });
try {
  const { name, folder, mysql, redis, logs } = services;
  const file = path.join(folder, 'services.json');
  writeFileSync(file, JSON.stringify({ name, folder, mysql, redis, logs }, undefined, 2), { mode: 0o600 });
  const env = { TEST_DATABASE_SERVER_URL: mysql.url, TEST_REDIS_URL: redis.url, TEST_SERVICES_FILE: file };
  const { code } = stopping ? { code: 130 } : await runChild('vitest', ['run', ...process.argv.slice(2)], { env });
  process.exitCode = code;
  if (code !== 0) console.error(`logs of MariaDB and Redis: ${path.dirname(logs.mariaDb)}`);
} finally {
  await services.stop();
}
