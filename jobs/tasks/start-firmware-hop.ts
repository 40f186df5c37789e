import { tx } from '#src/core/tx.ts';
import { announce, takeBack } from '#src/firmware/commands/advance-update.ts';
import { type FirmwareUpdate, type Hop, hopsOf } from '#src/firmware/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcFirmware, UpdateHandle } from '#src/ports/bmc-firmware.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';

export interface Updating {
  ctx: JobCtx;
  firmware: BmcFirmware;
  target: BmcTarget;
  update: FirmwareUpdate;
}

export function nameOf({ task, job }: UpdateHandle): string {
  return task ?? job ?? 'without a name';
}

type What = Parameters<typeof announce>[2];

/** Tells the BMC to begin a step: once, whatever becomes of this process. A start that nobody heard back from is looked for, not repeated. */
export async function startHop(updating: Updating, hop: Hop): Promise<UpdateHandle> {
  const { firmware, target, ctx } = updating;
  const { uri, sha256, size_bytes: sizeBytes } = hop.image;
  return once(updating, hop, 'start', {
    operation: 'start firmware update',
    act: (announced) =>
      firmware.startUpdate(
        target,
        { image: { uri, sha256, sizeBytes }, targets: [hop.component], applyTime: null },
        ctx.signal,
        announced,
      ),
  });
}

export async function goBack(updating: Updating, hop: Hop): Promise<UpdateHandle> {
  const { firmware, target, ctx } = updating;
  return once(updating, hop, 'back', {
    operation: 'roll firmware back',
    act: (announced) => firmware.rollBack(target, hop.component, ctx.signal, announced),
  });
}

async function once(
  { ctx, firmware, target, update }: Updating,
  hop: Hop,
  what: 'start' | 'back',
  { operation, act }: { operation: string; act(announced: () => Promise<void>): Promise<UpdateHandle> },
): Promise<UpdateHandle> {
  return ctx.effect<UpdateHandle>({
    key: `firmware-${update.id}-${hop.number}-${what}`,
    adapter: ctx.adapters.providerOf('bmcFirmware'),
    operation,
    class: 'probe-first',
    request: { assetId: update.assetId, component: hop.component, from: hop.from, to: hop.to, image: hop.image.uri },
    // Not announced: it certainly never went out, and may go now. Announced: it may be under way, and never goes out again.
    async probe() {
      const now = (await hopsOf(ctx, update.id)).find(({ number }) => number === hop.number);
      const announcedAt = what === 'start' ? now?.announcedAt : now?.backAnnouncedAt;
      if (announcedAt === null || announcedAt === undefined) return undefined;
      const running = await firmware.findRunning(target, ctx.signal);
      const ours = running.find((one) => !hop.knownTasks.includes(nameOf(one)));
      return ours ?? { method: 'simple-update', task: null, job: null, startedAt: announcedAt };
    },
    act: () => announcing({ ctx, hop, what }, act),
  });
}

/** What the BMC refused, or was certainly never asked for, may be asked for again. */
async function announcing<T>(
  { ctx, hop, what }: { ctx: Updating['ctx']; hop: Hop; what: What },
  act: (announced: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let announced = false;
  try {
    return await act(async () => {
      await tx(ctx, (inside) => announce(inside, hop, what));
      announced = true;
    });
  } catch (error) {
    if (announced && error instanceof AdapterError && wasRefused(error))
      await tx(ctx, (inside) => takeBack(inside, hop, what));
    throw error;
  }
}

function wasRefused({ kind, detail }: AdapterError): boolean {
  if (detail?.['sent'] === false) return true;
  return kind !== 'unreachable' && kind !== 'malformed';
}

/** Restarts what an image waits for; the server over the same capability that an operator uses. */
export async function resetFor(updating: Updating, hop: Hop, what: 'host-reset' | 'bmc-reset'): Promise<void> {
  const { ctx, firmware, target } = updating;
  if (hop.resetAnnouncedAt !== null) await tx(ctx, (inside) => takeBack(inside, hop, 'reset'));
  if (what === 'bmc-reset') {
    await announcing({ ctx, hop, what: 'reset' }, (announced) => firmware.resetBmc(target, ctx.signal, announced));
    return;
  }
  const control = ctx.adapters.use('bmcControl');
  const { state } = await control.readPower(target, ctx.signal);
  await announcing({ ctx, hop, what: 'reset' }, async (announced) => {
    await announced();
    // A server that is off applies it as it starts.
    await control.setPower(target, state === 'Off' ? 'on' : 'force-restart', ctx.signal);
  });
}
