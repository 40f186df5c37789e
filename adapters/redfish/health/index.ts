import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcHealth } from '../../../src/ports/bmc-health.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import type { Bmc } from '../client.ts';
import { readLogs } from '../logs/read-logs.ts';
import type { Settings } from '../settings.ts';
import { withBmc } from '../with-bmc.ts';
import { ofServer } from './of-server.ts';
import { readHealth } from './read-health.ts';

/** Health, sensors and logs of a server, from its own BMC. */
export function bmcHealth(settings: Settings, kit: Kit): BmcHealth {
  async function using<T extends object>(
    target: BmcTarget,
    signal: AbortSignal,
    work: (bmc: Bmc) => Promise<T>,
  ): Promise<T & { requests: number; fingerprint256: string | null }> {
    const { system } = kit;
    try {
      return await withBmc({ settings, kit }, target, signal, async (bmc) => {
        const done = await work(bmc);
        signal.throwIfAborted();
        return { ...done, requests: bmc.requests(), fingerprint256: bmc.fingerprint256() };
      });
    } catch (error) {
      if (error instanceof AdapterError) throw error;
      const [kind, why] = signal.aborted
        ? (['unreachable', 'was stopped'] as const)
        : (['malformed', 'went wrong'] as const);
      throw new AdapterError(kind, `${system}: polling ${target.url} ${why}`, { system, cause: error });
    }
  }
  return {
    readHealth: (target, signal) =>
      using(target, signal, (bmc) =>
        readHealth(ofServer(bmc, target.server), {
          now: kit.now(),
          wanted: target.server,
          pollRequests: settings.pollRequests,
        }),
      ),
    async readLogs(target, cursor, signal) {
      const { fingerprint256: _, ...read } = await using(target, signal, (bmc) => readLogs(bmc, cursor));
      return read;
    },
  };
}
