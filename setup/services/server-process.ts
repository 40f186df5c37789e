import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findProgram } from '../find-program.mjs';
import { endProcess, isAlive, recordOf, sendSignal, waitForEnd, writeRecord, type PidRecord } from './pid-record.ts';
import type { Watchdog } from './watchdog.ts';

export type ServerProgram = {
  name: string;
  command: string;
  args: string[];
  log: string;
  /** Numeric user to run as, where that is not our own. */
  runAs?: { uid: number; gid: number };
  /** Right before each start: the folders that it needs. */
  before(): Promise<void>;
  /** Throws as long as it does not answer. */
  ping(): Promise<void>;
};

export type ServerProcess = {
  start(): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
  pid(): number | undefined;
};

function tailOf(log: string): string {
  if (!existsSync(log)) return '';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}

/**
 * The watchdog learns of the server only after it was started, and we may be killed in between. So the kernel sends it
 * SIGTERM when we die, and it does not even begin if we are dead already. Every step is an exec: the pid stays.
 */
function tiedToUs(command: [string, ...string[]]): [string, ...string[]] {
  const setpriv = findProgram('setpriv');
  if (setpriv === undefined) return command;
  const script = `[ "$PPID" = ${process.pid} ] && exec "$@"`;
  return [setpriv, '--pdeathsig', 'TERM', '--', 'sh', '-c', script, 'sh', ...command];
}

export function serverProcess(program: ServerProgram & { folder: string; watchdog: Watchdog }): ServerProcess {
  const pidFile = path.join(program.folder, `${program.name}.pid`);
  let current: PidRecord | undefined;

  function launch(): PidRecord {
    const output = openSync(program.log, 'a');
    const [command, ...args] = tiedToUs([program.command, ...program.args]);
    const child = spawn(command, args, {
      stdio: ['ignore', output, output],
      cwd: '/',
      // A session of its own: Ctrl-C in the terminal reaches us, and we stop it in order.
      detached: true,
      ...program.runAs,
    });
    closeSync(output);
    child.on('error', () => {});
    child.unref();
    const record = child.pid === undefined ? undefined : recordOf(child.pid);
    if (record === undefined) throw new Error(`${program.command} did not start`);
    writeRecord(pidFile, record);
    program.watchdog.guard(record);
    return record;
  }

  async function waitUntilReady(record: PidRecord): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        await program.ping();
        return;
      } catch (error) {
        const dead = !isAlive(record);
        if (dead || Date.now() > deadline) {
          const what = dead ? 'ended while starting' : 'does not answer';
          throw new Error(`${program.name} ${what}; the end of ${program.log}:\n${tailOf(program.log)}`, {
            cause: error,
          });
        }
      }
      await sleep(25);
    }
  }

  return {
    pid: () => (current !== undefined && isAlive(current) ? current.pid : undefined),
    start: async () => {
      if (current !== undefined && isAlive(current)) return;
      await program.before();
      current = launch();
      await waitUntilReady(current);
    },
    end: async (signal) => {
      if (current === undefined) return;
      if (signal === 'SIGTERM') await endProcess(current);
      else sendSignal(current, signal);
      if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
      if (!(await waitForEnd(current, 30_000))) throw new Error(`${program.name} survived ${signal}`);
      rmSync(pidFile, { force: true });
    },
  };
}
