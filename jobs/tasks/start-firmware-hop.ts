import { tx } from '#src/core/tx.ts';
import type { Asset } from '#src/assets/reads.ts';
import { announce, takeBack } from '#src/firmware/commands/advance-update.ts';
import { announceStagedStart, takeBackStagedStart } from '#src/firmware/commands/start-staged.ts';
import { type FirmwareUpdate, type Hop, hopsOf } from '#src/firmware/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { fileNameOf } from '#src/kit/file-name-of.ts';
import type { Announce, BmcFirmware, FirmwareImage, UpdateHandle } from '#src/ports/bmc-firmware.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';
import { mustStayUp } from './restart-server.ts';
import { wasRefused } from './was-refused.ts';

export interface Updating {
  ctx: JobCtx;
  firmware: BmcFirmware;
  target: BmcTarget;
  asset: Asset;
  update: FirmwareUpdate;
}

export function nameOf({ task, job }: UpdateHandle): string {
  return task ?? job ?? 'without a name';
}

/** Among what the BMC is busy with: not there before this step, and not of another image where the BMC says of which. */
export function isOurs(hop: Hop, one: UpdateHandle): boolean {
  if (hop.knownTasks.includes(nameOf(one))) return false;
  return one.queued === undefined || one.queued.file.toLowerCase() === fileNameOf(hop.image.uri).toLowerCase();
}

/** What is found says where it stands now; what was announced, by what else it is known. */
export function foundAs(kept: UpdateHandle | null, one: UpdateHandle): UpdateHandle {
  if (kept?.queued === undefined) return one;
  if (one.queued !== undefined) return { ...one, queued: kept.queued };
  return { ...kept, task: one.task, job: one.job };
}

/** Tells the BMC to begin a step: once, whatever becomes of this process. A start that nobody heard back from is looked for, not repeated. */
export async function startHop(updating: Updating, hop: Hop): Promise<UpdateHandle> {
  const { firmware, target, ctx } = updating;
  return once(updating, hop, 'start', {
    operation: 'start firmware update',
    act: (announced) =>
      firmware.startUpdate(
        target,
        { image: imageOf(hop), targets: [hop.component], applyTime: null },
        ctx.signal,
        announced,
      ),
  });
}

/** The second half of a start: what the BMC has taken in and checked. Announced and looked for as the first. */
export async function startStaged(updating: Updating, hop: Hop, kept: UpdateHandle): Promise<UpdateHandle> {
  const { ctx, firmware, target, update } = updating;
  const key = `${update.id}-${hop.number}`;
  const start = { image: imageOf(hop), targets: [hop.component], handle: kept, key };
  return ctx.effect<UpdateHandle>({
    key: `firmware-${key}-staged`,
    adapter: ctx.adapters.providerOf('bmcFirmware'),
    operation: 'start uploaded firmware',
    class: 'probe-first',
    request: { assetId: update.assetId, component: hop.component, from: hop.from, to: hop.to },
    async probe() {
      const now = (await hopsOf(ctx, update.id)).find(({ number }) => number === hop.number);
      if (now?.handle?.startAnnouncedAt === undefined) return undefined;
      const { staged: _, startAnnouncedAt, ...announced } = now.handle;
      const running = await firmware.findRunning(target, ctx.signal);
      const ours = running.find((one) => one.staged !== true && isOurs(hop, one));
      if (ours !== undefined) return foundAs(announced, ours);
      return { ...announced, task: null, job: null, startedAt: startAnnouncedAt };
    },
    async act() {
      let announced = false;
      try {
        return await firmware.startStaged(target, start, ctx.signal, async (as) => {
          await tx(ctx, async (inside) => {
            await mustStayUp(ctx, inside, update.assetId);
            await announceStagedStart(inside, hop, as);
          });
          announced = true;
        });
      } catch (error) {
        if (announced && error instanceof AdapterError && wasRefused(error))
          await tx(ctx, (inside) => takeBackStagedStart(inside, hop));
        throw error;
      }
    },
  });
}

export function imageOf({ image }: Hop): FirmwareImage {
  return { uri: image.uri, sha256: image.sha256, sizeBytes: image.size_bytes };
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
  { operation, act }: { operation: string; act(announced: Announce): Promise<UpdateHandle> },
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
      const ours = running.find((one) => isOurs(hop, one));
      const kept = what === 'start' ? (now?.handle ?? null) : null;
      if (ours !== undefined) return foundAs(kept, ours);
      return kept ?? { method: 'simple-update', task: null, job: null, startedAt: announcedAt };
    },
    act: () => announcing({ ctx, update, hop, what }, act),
  });
}

/** What the BMC refused, or was certainly never asked for, may be asked for again. */
async function announcing<T>(
  { ctx, update, hop, what }: Pick<Updating, 'ctx' | 'update'> & { hop: Hop; what: 'start' | 'back' },
  act: (announced: Announce) => Promise<T>,
): Promise<T> {
  let announced = false;
  try {
    return await act(async (as) => {
      await tx(ctx, async (inside) => {
        await mustStayUp(ctx, inside, update.assetId);
        await announce(inside, hop, { what, as });
      });
      announced = true;
    });
  } catch (error) {
    if (announced && error instanceof AdapterError && wasRefused(error))
      await tx(ctx, (inside) => takeBack(inside, hop, what));
    throw error;
  }
}
