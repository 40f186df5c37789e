import { findAsset } from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { tx } from '#src/core/tx.ts';
import { hurryPolls } from '#src/health/commands/hurry-polls.ts';
import { isPolled, sharingBmc } from '#src/health/poll-queue-store.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import type { JobCtx } from './job-ctx.ts';
import { targetOf } from './tasks/bmc-target.ts';

export interface ListenOptions extends Pick<JobCtx, 'seal' | 'settings'> {
  adapters: Adapters;
  /** Streams of one worker at a time. */
  most: number;
}

/** 'full': this worker listens to as many as it may. */
export type Listening = { state: 'open' | 'taken' | 'full' | 'unwanted' } | { state: 'unsupported'; why: string };

/** The BMCs that this worker listens to. What one tells makes the polls of its servers due, as an event that is pushed does. */
export interface Listener {
  /** Sees to it that this server's BMC is listened to. @throws AdapterError where that could not be found out */
  tend(assetId: string): Promise<Listening>;
  /** When all have ended, after the signal. */
  settled(): Promise<void>;
}

export function createListener(base: Ctx, options: ListenOptions, signal: AbortSignal): Listener {
  const ctx: Ctx = { ...base, actor: 'poll:events', signal };
  const places = new Map<string, Promise<unknown>>();

  async function hurryAll(assetId: string): Promise<void> {
    await tx(
      ctx,
      async (inside) => {
        // Several servers may stand behind one BMC, and there is one stream for all of them.
        for (const id of await sharingBmc(inside.db, assetId)) await hurryPolls(inside, { assetId: id });
      },
      { isolation: 'read committed' },
    );
  }

  async function open(assetId: string): Promise<Listening> {
    const wish = {
      async target() {
        const asset = await findAsset(ctx, assetId);
        if (!asset || !(await isPolled(ctx.db, assetId))) return null;
        return targetOf(options, asset);
      },
      heard: () => hurryAll(assetId),
    };
    const report = await options.adapters.use('bmcEvents').openStream(wish, signal);
    if (report.state !== 'open') return report;
    const over = report.ended.then(({ state, why }) => {
      places.delete(assetId);
      if (state !== 'stopped') ctx.log.info({ asset: assetId, state, why }, 'a BMC is not listened to any more');
    });
    places.set(assetId, over);
    return { state: 'open' };
  }

  return {
    async tend(assetId) {
      if (places.has(assetId)) return { state: 'open' };
      if (places.size >= options.most) return { state: 'full' };
      // Its place is taken from the start: many are opened at the same time.
      const opening = open(assetId);
      places.set(assetId, opening);
      try {
        const listening = await opening;
        if (listening.state !== 'open') places.delete(assetId);
        return listening;
      } catch (error) {
        places.delete(assetId);
        throw error;
      }
    },
    async settled() {
      await Promise.allSettled(places.values());
    },
  };
}
