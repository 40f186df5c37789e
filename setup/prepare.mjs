// Every npm script starts here: it gets the machine ready, then hands over to a .ts file.
//
//   node setup/prepare.mjs <packages|services> -- <entry.ts> [arguments]
//
// Plain JavaScript without dependencies, because it runs before `npm ci` and on the Node that is at hand (20 or newer).

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { findProgram } from './find-program.mjs';
import { findNode24 } from './prepare/find-node-24.mjs';
import { installPackages } from './prepare/install-packages.mjs';
import { installServers } from './prepare/install-servers.mjs';
import { SetupError } from './prepare/setup-error.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const usage = 'usage: node setup/prepare.mjs <packages|services> -- <entry.ts> [arguments]';

function readArguments() {
  const [need, separator, entry, ...rest] = process.argv.slice(2);
  if ((need !== 'packages' && need !== 'services') || separator !== '--' || entry === undefined) {
    throw new SetupError(usage);
  }
  const file = path.resolve(root, entry);
  if (!existsSync(file)) throw new SetupError(`there is no ${entry} in this checkout\n${usage}`);
  return { need, file, rest };
}

/** The parent and its parent: npm, or the shell that npm started and npm. */
function readAncestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return String(process.ppid);
  }
}

/**
 * Runs the entry and ends the way it ended. The entry dies with this process: `setpriv --pdeathsig` (util-linux) has the
 * kernel send it SIGTERM even when this process was killed with SIGKILL.
 */
function handOver(node, file, rest) {
  const setpriv = findProgram('setpriv');
  const command = setpriv === undefined ? [node] : [setpriv, '--pdeathsig', 'TERM', '--', node];
  // The programs of the packages start with `#!/usr/bin/env node`: this Node has to be the first that is found.
  const folders = [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env.PATH ?? ''];
  const env = { ...process.env, PATH: folders.join(path.delimiter) };
  const child = spawn(command[0], [...command.slice(1), file, ...rest], { stdio: 'inherit', env });

  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  let interruptedAt = 0;
  process.on('SIGINT', () => {
    // A terminal sends Ctrl-C to the whole foreground group: the child has it already, and a second one means "at once".
    if (process.stdin.isTTY || Date.now() - interruptedAt < 1000) return;
    interruptedAt = Date.now();
    child.kill('SIGINT');
  });

  // npm killed with SIGKILL (a time limit, say) forwards nothing: its death shows as new ancestors.
  const ancestors = readAncestors();
  const watch = setInterval(() => {
    if (readAncestors() === ancestors) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 1000);
  if (process.env.npm_lifecycle_event === undefined) clearInterval(watch);

  child.on('error', (error) => {
    console.error(`setup: ${node} does not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

try {
  const { need, file, rest } = readArguments();
  await installPackages(root);
  const node = findNode24(root);
  if (need === 'services') await installServers(root);
  handOver(node, file, rest);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exit(1);
}
