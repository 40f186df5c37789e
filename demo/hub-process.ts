import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts');

export interface HubProcess {
  part: 'web' | 'worker';
  pid: number;
  /** Resolves when it has ended, to why. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL when it does not go within 15 seconds. */
  stop(): Promise<void>;
  /** SIGKILL: no chance to tidy up. */
  kill(): Promise<void>;
}

/** Starts web or worker as a process of its own and waits until it says that it is ready. @throws Error with the end of its log */
export async function startHubProcess(
  part: 'web' | 'worker',
  env: Record<string, string>,
  logFile: string,
): Promise<HubProcess> {
  const log = createWriteStream(logFile, { flags: 'a' });
  // The channel ends with this process: a hub whose starter was killed goes too.
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'start', part], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      tail = (tail + chunk.toString('utf8')).slice(-2000);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      log.end();
      resolve(signal ?? `exit ${code}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then((why) => reject(new Error(`${part} ended at its start (${why}):\n${tail}`)));
  });
  return {
    part,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(hard);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
