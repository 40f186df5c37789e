import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export const MARIADB_MINIMUM = '10.11';
export const REDIS_MINIMUM = '7';

/** The full path of a program in PATH or in the folders of system programs (a plain user's PATH lacks them on Debian). */
export function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of [...folders, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin']) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

function versionOf(program, pattern) {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return pattern.exec(stdout ?? '')?.[1] ?? '0';
}

function isAtLeast(version, minimum) {
  const found = version.split('.').map(Number);
  for (const [place, wanted] of minimum.split('.').map(Number).entries()) {
    const difference = (found[place] ?? 0) - wanted;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export function findMariaDb() {
  const server = findProgram('mariadbd');
  const installer = findProgram('mariadb-install-db');
  if (server === undefined || installer === undefined) return undefined;
  const version = versionOf(server, /Ver (\d+\.\d+\.\d+)/);
  return { server, installer, version, newEnough: isAtLeast(version, MARIADB_MINIMUM) };
}

export function findRedis() {
  const server = findProgram('redis-server') ?? findProgram('valkey-server');
  if (server === undefined) return undefined;
  const version = versionOf(server, /v=(\d+\.\d+\.\d+)/);
  return { server, version, newEnough: isAtLeast(version, REDIS_MINIMUM) };
}
