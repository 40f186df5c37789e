import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { findMariaDb, findProgram, findRedis, MARIADB_MINIMUM, REDIS_MINIMUM } from '../find-program.mjs';
import { withName } from '../name-lock.mjs';
import { runLogged } from './run-logged.mjs';
import { SetupError } from './setup-error.mjs';

const script = fileURLToPath(new URL('install-debian.sh', import.meta.url));

/** The Debian packages that are missing, after a look at what is there. Too old is an error: it is not ours to replace. */
function missingPackages() {
  const missing = [];
  const mariaDb = findMariaDb();
  if (mariaDb === undefined) missing.push('mariadb-server');
  else if (!mariaDb.newEnough) {
    throw new SetupError(`MariaDB ${MARIADB_MINIMUM} or newer is needed; ${mariaDb.server} is ${mariaDb.version}`);
  }
  const redis = findRedis();
  if (redis === undefined) missing.push('redis-server');
  else if (!redis.newEnough) {
    throw new SetupError(`Redis or Valkey ${REDIS_MINIMUM} or newer is needed; ${redis.server} is ${redis.version}`);
  }
  return missing;
}

function asRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (sudo !== undefined && spawnSync(sudo, ['-n', 'true']).status === 0) return [sudo, '-n'];
  return undefined;
}

/** Makes sure that the programs `mariadbd` and `redis-server` (or `valkey-server`) exist. No system service is started. */
export async function installServers(root) {
  if (missingPackages().length === 0) return;
  await withName(
    `${root}:servers`,
    async () => {
      const packages = missingPackages();
      if (packages.length === 0) return;
      const byHand = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
      const prefix = asRoot();
      if (findProgram('apt-get') === undefined) {
        throw new SetupError(
          `MariaDB ${MARIADB_MINIMUM}+ and Redis or Valkey ${REDIS_MINIMUM}+ are needed (the programs only, in PATH or /usr/sbin; no service).\n` +
            'This machine has no apt-get, so please install them by its own means.',
        );
      }
      if (prefix === undefined) {
        throw new SetupError(
          `${packages.join(' and ')} must be installed, which needs root and there is no password-free sudo. Please run\n\n` +
            `  sudo apt-get update && sudo ${byHand}\n\nand start again. The services need not run: private ones are started under var/.`,
        );
      }
      const log = path.join(root, 'var', 'setup', 'apt.log');
      const how = prefix.length === 0 ? '' : ' through sudo';
      console.error(
        `setup: installing Debian packages${how}: ${byHand} (no service is started; log in ${path.relative(root, log)})`,
      );
      const command = [...prefix, 'sh', script, ...packages];
      const { code, tail } = await runLogged(log, command[0], command.slice(1));
      if (code !== 0) {
        throw new SetupError(
          `installing failed (exit ${code}):\n\n${tail}\n\nRemedy the cause, or run as root: ${byHand}`,
        );
      }
      const still = missingPackages();
      if (still.length > 0) throw new SetupError(`installed, yet the programs of ${still.join(', ')} are not found`);
    },
    () => console.error('setup: waiting for another one that is installing'),
  );
}
