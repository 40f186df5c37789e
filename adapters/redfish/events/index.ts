import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcEvents } from '../../../src/ports/bmc-events.ts';
import type { Settings } from '../settings.ts';
import { withBmc } from '../with-bmc.ts';
import { contextOf, markOf } from './door.ts';
import { ensureSubscription, removeSubscriptions } from './ensure-subscription.ts';
import { readSse, type StreamTimes } from './read-sse.ts';

/** That BMCs tell the hub when something happens. */
export function bmcEvents(settings: Settings, kit: Kit, times: Partial<StreamTimes> = {}): BmcEvents {
  const { system } = kit;
  const asAdapterError = (error: unknown, what: string): AdapterError =>
    error instanceof AdapterError
      ? error
      : new AdapterError('malformed', `${system}: ${what} went wrong`, { system, cause: error });
  return {
    async ensureSubscription(target, { destination, subject }, signal) {
      try {
        const wish = { destination, context: contextOf(kit, subject), mark: markOf(subject) };
        return await withBmc({ settings, kit }, target, signal, async (bmc) => ({
          ...(await ensureSubscription(bmc, wish)),
          requests: bmc.requests(),
        }));
      } catch (error) {
        throw asAdapterError(error, `asking ${target.url} for events`);
      }
    },
    async removeSubscriptions(target, { subject }, signal) {
      try {
        const mark = markOf(subject);
        return await withBmc({ settings, kit }, target, signal, (bmc) => removeSubscriptions(bmc, { mark }));
      } catch (error) {
        throw asAdapterError(error, `asking ${target.url} for no more events`);
      }
    },
    openStream: (wish, signal) => readSse({ wish, settings, kit, signal, times }),
  };
}
