import path from 'node:path';
import { startChild } from '../child.ts';
import type { FleetCounts } from './bmcs-process.ts';

/** The BMCs in a process of their own, so that what they cost is not the hub's. */
export interface Bmcs {
  port: number;
  pid: number;
  counts(): Promise<FleetCounts>;
  stop(): Promise<void>;
}

export async function startBmcs(count: number, scheme: 'https' | 'http'): Promise<Bmcs> {
  const file = path.resolve(import.meta.dirname, 'bmcs-process.ts');
  const child = await startChild('the BMCs', file, [String(count), scheme]);
  return {
    port: (child.ready as { port: number }).port,
    pid: child.pid,
    counts: async () => (await child.ask('counts')) as FleetCounts,
    stop: child.stop,
  };
}
