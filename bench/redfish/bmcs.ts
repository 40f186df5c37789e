import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { FleetCounts } from './bmcs-process.ts';

/** The BMCs in a process of their own, so that what they cost is not the hub's. */
export interface Bmcs {
  port: number;
  pid: number;
  counts(): Promise<FleetCounts>;
  stop(): Promise<void>;
}

export async function startBmcs(count: number, scheme: 'https' | 'http'): Promise<Bmcs> {
  const child = fork(path.resolve(import.meta.dirname, 'bmcs-process.ts'), [String(count), scheme], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const { port } = (await hear(child)) as { port: number };
  return {
    port,
    pid: child.pid ?? 0,
    async counts() {
      const heard = hear(child);
      child.send('counts');
      return (await heard) as FleetCounts;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

function hear(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the BMCs ended (${code})`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
