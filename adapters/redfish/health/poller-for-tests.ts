import { kitForTests, type KitForTests } from '../../../src/kit/kit-for-tests.ts';
import type { HealthReport, LogsSince } from '../../../src/ports/bmc-health.ts';
import type { WantedServer } from '../../../src/ports/hardware-inventory.ts';
import { closeBroker } from '../broker.ts';
import { targetOf } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from '../simulator.ts';
import { bmcHealth } from './index.ts';

export interface Poller {
  bmc: BmcSimulator;
  kit: KitForTests;
  /** A poll so many minutes after the one before, and which paths it asked for. */
  poll(minutesLater: number, server?: WantedServer): Promise<HealthReport & { asked: string[] }>;
  logs(cursor: string | null): Promise<LogsSince & { asked: string[] }>;
  close(): Promise<void>;
}

/** A simulated BMC, and the adapter with a clock of its own. */
export async function startPoller(options: BmcSimulatorOptions): Promise<Poller> {
  const bmc = await startBmcSimulator(options);
  const clock = { now: Date.now() };
  const kit = kitForTests('redfish', () => new Date(clock.now));
  const health = bmcHealth(Settings.parse({ timeoutMs: 5_000 }), kit);
  const target = targetOf(bmc);
  const { signal } = new AbortController();
  async function asking<T extends object>(work: () => Promise<T>): Promise<T & { asked: string[] }> {
    const before = bmc.requests.length;
    const done = await work();
    return { ...done, asked: bmc.requests.slice(before).map(({ path }) => path) };
  }
  return {
    bmc,
    kit,
    async poll(minutesLater, server) {
      clock.now += minutesLater * 60_000;
      return asking(() => health.readHealth({ ...target, server }, signal));
    },
    logs: (cursor) => asking(() => health.readLogs(target, cursor, signal)),
    async close() {
      await closeBroker(kit);
      await bmc.close();
    },
  };
}
