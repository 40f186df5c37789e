import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Runs a command with its output in a log file. Answers with its exit code and the last lines. Never throws. */
export async function runLogged(log, command, args, options = {}) {
  mkdirSync(path.dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', output, output] });
    child.on('error', () => resolve(127));
    child.on('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  closeSync(output);
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  return { code, tail };
}
