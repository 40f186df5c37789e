import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';

import { findProgram } from './find-program.mjs';

export const projectRoot = path.dirname(import.meta.dirname);
const binFolder = path.join(projectRoot, 'node_modules', '.bin');

// The programs of the packages start with `#!/usr/bin/env node`: our own Node has to be the first that is found.
const searchPath = [path.dirname(process.execPath), binFolder, process.env.PATH ?? ''].join(path.delimiter);

export type ChildResult = { code: number; output: string };

/**
 * Runs a program of node_modules/.bin (or one by its whole path) with Node 24. It gets our SIGTERM and SIGHUP, and the kernel sends it SIGTERM if
 * we die without a word. `output` is what it wrote, if that is collected; otherwise it writes to our own output.
 */
export function runChild(
  program: string,
  args: string[],
  options: { env?: Record<string, string>; collect?: boolean } = {},
): Promise<ChildResult> {
  const setpriv = findProgram('setpriv');
  const guard = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'TERM', '--'];
  const [command = '', ...rest] = [...guard, path.resolve(binFolder, program), ...args];
  const child = spawn(command, rest, {
    cwd: projectRoot,
    stdio: options.collect === true ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...options.env, PATH: searchPath },
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));

  const forward = (signal: NodeJS.Signals): void => {
    // Ctrl-C reaches the whole foreground group of a terminal, the child included.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output });
    });
  });
}
