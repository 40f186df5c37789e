import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import type { Order } from './worker.ts';

const FILE = path.join(import.meta.dirname, 'worker.ts');
/** Reading the code takes longer than anything that a worker does in a case: others stand by. */
const SPARE = 1;
const LONGEST_MS = 60_000;
/** A worker that cannot start is started again. */
const STARTS = 5;

/** Worker processes of a hub. Whoever is killed is followed by another one, as under systemd or Kubernetes. */
export interface Workers {
  begin(env: Record<string, string>, count: number): Promise<void>;
  /** SIGKILL, at once: no chance to tidy up. Which one: by a number in [0, 1). */
  kill(which: number): void;
  /** All that were killed have been followed. */
  whole(): Promise<void>;
  /** Ends the work of all; the processes stay for the next case. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export function createWorkers(logFile: string): Workers {
  const log = createWriteStream(logFile, { flags: 'a' });
  const idle: Promise<ChildProcess>[] = [];
  let working: ChildProcess[] = [];
  let follows = new Set<Promise<void>>();
  let settings: Record<string, string> = {};

  const stock = (): void => {
    while (idle.length < SPARE) idle.push(start(log));
  };

  async function putToWork(): Promise<void> {
    const worker = await (idle.shift() ?? start(log));
    for (let tries = 1; ; tries += 1) {
      try {
        await tell(worker, { do: 'begin', env: settings });
        break;
      } catch (error) {
        if (tries === STARTS) throw error;
        log.write(`${String(error)}; again\n`);
      }
    }
    working.push(worker);
  }

  return {
    async begin(env, count) {
      settings = env;
      await Promise.all(Array.from({ length: count }, putToWork));
      stock();
    },
    kill(which) {
      const victim = working[Math.floor(which * working.length)];
      if (!victim) return;
      working = working.filter((one) => one !== victim);
      victim.kill('SIGKILL');
      follows.add(putToWork().then(stock));
    },
    async whole() {
      await Promise.all(follows);
      follows = new Set();
    },
    async end() {
      await this.whole();
      await Promise.all(working.map((worker) => tell(worker, { do: 'end' })));
      idle.push(...working.map(async (worker) => worker));
      working = [];
    },
    async close() {
      for (const worker of [...working, ...(await Promise.all(idle))]) worker.kill('SIGKILL');
      log.end();
    },
  };
}

async function start(log: WriteStream): Promise<ChildProcess> {
  // The channel ends with this process: a worker whose starter was killed goes too.
  const child = spawn(process.execPath, [FILE], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(log, { end: false });
  await answerOf(child, 'ready');
  return child;
}

async function tell(child: ChildProcess, order: Order): Promise<void> {
  const answer = answerOf(child, 'done');
  child.send(order);
  await answer;
}

async function answerOf(child: ChildProcess, wanted: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => over(new Error(`a worker did not say ${wanted}`)), LONGEST_MS);
    const onMessage = (said: unknown): void =>
      over(said === wanted ? undefined : new Error(`a worker ${String(said)}`));
    const onExit = (): void => over(new Error('a worker ended'));
    function over(error: Error | undefined): void {
      clearTimeout(late);
      child.off('message', onMessage);
      child.off('exit', onExit);
      if (error) reject(error);
      else resolve();
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
