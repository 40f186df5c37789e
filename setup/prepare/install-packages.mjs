import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { withName } from '../name-lock.mjs';
import { runLogged } from './run-logged.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Is what npm put into node_modules what package-lock.json asks for? npm keeps its own account in
 * node_modules/.package-lock.json, so a plain `npm install` by hand counts as well.
 */
export function isInstalled(root) {
  const lockFile = path.join(root, 'package-lock.json');
  const accountFile = path.join(root, 'node_modules', '.package-lock.json');
  const stampFile = path.join(root, 'node_modules', '.prepared');
  if (!existsSync(accountFile)) return false;
  const lock = readFileSync(lockFile, 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return true;

  const account = JSON.parse(readFileSync(accountFile, 'utf8')).packages;
  for (const [place, wanted] of Object.entries(JSON.parse(lock).packages)) {
    if (!place.includes('node_modules/') || wanted.optional || wanted.devOptional || wanted.peer) continue;
    const found = account[place];
    if (found === undefined || found.version !== wanted.version || found.link !== wanted.link) return false;
  }
  writeFileSync(stampFile, hash);
  return true;
}

function npmCommand() {
  const inside = process.env.npm_execpath;
  return inside?.endsWith('.js') ? [process.execPath, inside] : ['npm'];
}

/** `npm ci` when node_modules is missing or does not fit package-lock.json; two that start at once install once. */
export async function installPackages(root) {
  if (!existsSync(path.join(root, 'package-lock.json'))) throw new SetupError('package-lock.json is missing');
  if (isInstalled(root)) return;
  await withName(
    `${root}:packages`,
    async () => {
      if (isInstalled(root)) return;
      const log = path.join(root, 'var', 'setup', 'npm-ci.log');
      console.error(`setup: installing the packages of package-lock.json (npm ci; log in ${path.relative(root, log)})`);
      const [command, ...args] = npmCommand();
      // The variables that `npm run` sets would be read by the inner npm as its own settings (`--prefix`, `--workspace`).
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command|execpath)/.test(name)),
      );
      env.NODE_ENV = 'development';
      const { code, tail } = await runLogged(
        log,
        command,
        [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'],
        {
          cwd: root,
          env,
        },
      );
      if (code !== 0) {
        throw new SetupError(
          `npm ci failed (exit ${code}):\n\n${tail}\n\nIs the package registry reachable from here (\`npm ping\`)? Then run \`npm ci\` and look.`,
        );
      }
      if (!isInstalled(root)) throw new SetupError(`npm ci ended well but packages are missing; see ${log}`);
    },
    () => console.error('setup: waiting for another one that is installing'),
  );
}
