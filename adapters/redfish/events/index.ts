import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcEvents } from '../../../src/ports/bmc-events.ts';
import { openBmc } from '../client.ts';
import type { Settings } from '../settings.ts';
import { contextOf, markOf } from './door.ts';
import { ensureSubscription } from './ensure-subscription.ts';
import { readSse, type StreamTimes } from './read-sse.ts';

/** That BMCs tell the hub when something happens. */
export function bmcEvents(settings: Settings, kit: Kit, times: Partial<StreamTimes> = {}): BmcEvents {
  return {
    async ensureSubscription(target, { destination, subject }, signal) {
      const { system } = kit;
      try {
        const bmc = await openBmc(target, settings, kit, signal);
        try {
          const wish = { destination, context: contextOf(kit, subject), mark: markOf(subject) };
          return { ...(await ensureSubscription(bmc, wish)), requests: bmc.requests() };
        } finally {
          for (const problem of await bmc.close())
            kit.log.warn({ url: target.url, problem }, 'BMC session may be left open');
        }
      } catch (error) {
        if (error instanceof AdapterError) throw error;
        const message = `${system}: asking ${target.url} for events went wrong`;
        throw new AdapterError('malformed', message, { system, cause: error });
      }
    },
    openStream: (wish, signal) => readSse({ wish, settings, kit, signal, times }),
  };
}
