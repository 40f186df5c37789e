import { tx } from '#src/core/tx.ts';
import { announceRestart, takeBackRestart, tellRestart } from '#src/erasure/commands/restart-for-erase.ts';
import type { Asset } from '#src/assets/reads.ts';
import { whyNoRestart } from '#src/erasure/model.ts';
import { type Erasure, erasuresOf, openElsewhere } from '#src/erasure/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcControl, PowerAction } from '#src/ports/bmc-control.ts';
import type { DriveErase } from '#src/ports/drive-erase.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';
import { wasRefused } from './was-refused.ts';

/** 'already': somebody else had switched it on. 'unknown': it was sent, and nobody heard back. */
interface Restart {
  outcome: 'accepted' | 'already' | 'unknown';
  resetType: string | null;
}

/**
 * Brings about the boot at which the erasures begin: once for all of one request, whatever becomes of this process. A restart that nobody
 * heard back from is never sent again: it could cut off an erasure that has begun. Switching on what is off can do no such harm.
 * @returns how that stands, for a person
 */
export async function restartForErase(
  ctx: JobCtx,
  target: BmcTarget,
  { requestId, waiting }: { requestId: string; waiting: readonly Erasure[] },
): Promise<string> {
  const control = ctx.adapters.use('bmcControl');
  const { state } = await control.readPower(target, ctx.signal);
  if (state === 'PoweringOn' || state === 'PoweringOff') return `the server is ${state}`;
  const action = state === 'Off' ? 'on' : 'force-restart';
  const { outcome, resetType } = await restartOnce(ctx, { control, target, action }, { requestId, waiting });
  if (state === 'Off' && outcome === 'unknown') return switchOn(ctx, { control, target, requestId });
  if (state === 'Off') return 'the server is off: switch it on where it stays so';
  if (outcome === 'accepted') return `the BMC took ${resetType ?? action}`;
  if (outcome === 'already') return 'the server was switched on by somebody else';
  return 'whether the BMC heard the restart is not known, and it is not sent again: where nothing begins, restart the server';
}

/**
 * One boot begins all that wait for it, and would cut off what is under way: it waits for all drives of the request, and for what other requests
 * have under way. Where one of those was restarted for, that boot is this one's too.
 * @returns null: nothing is in its way
 */
export async function whyNotYet(
  { ctx, asset, erase, target }: { ctx: JobCtx; asset: Asset; erase: DriveErase; target: BmcTarget },
  { waiting, open }: { waiting: readonly Erasure[]; open: readonly Erasure[] },
): Promise<string | null> {
  const why = whyNoRestart(asset);
  if (why !== null) return why;
  const [first] = waiting;
  // What was sent is settled, whoever is under way by now.
  if (first === undefined || first.handle?.restartAnnouncedAt !== undefined) return null;
  const busy = open.find(({ id }) => !waiting.some((one) => one.id === id));
  if (busy !== undefined) return `that waits for drive ${busy.serial}, whose erasure is not that far`;
  for (const one of await openElsewhere(ctx, first)) {
    if (one.handle === null) return `that waits for drive ${one.serial}, whose erasure is being sent`;
    const { needs, said } = await erase.followErase(target, one.handle, ctx.signal);
    if (needs === null) return `that waits for drive ${one.serial}, which is being erased: ${said}`;
    if (one.handle.restartAnnouncedAt !== undefined) return `the server was restarted for drive ${one.serial}`;
  }
  return null;
}

/** What became of a restart that was announced: the next thing that shows may be that the erasure has begun, or has ended. */
export async function settleRestart(ctx: JobCtx, target: BmcTarget, following: readonly Erasure[]): Promise<void> {
  const announced = following.filter(({ handle }) => handle?.restartAnnouncedAt !== undefined);
  const [first] = announced;
  if (first === undefined) return;
  const control = ctx.adapters.use('bmcControl');
  const given = { requestId: first.requestId, waiting: announced };
  const { resetType } = await restartOnce(ctx, { control, target, action: 'force-restart' }, given);
  await tx(ctx, (inside) => tellRestart(inside, announced, resetType));
}

async function restartOnce(
  ctx: JobCtx,
  { control, target, action }: { control: BmcControl; target: BmcTarget; action: PowerAction },
  { requestId, waiting }: { requestId: string; waiting: readonly Erasure[] },
): Promise<Restart> {
  return ctx.effect<Restart>({
    key: `erase-restart-${requestId}`,
    adapter: ctx.adapters.providerOf('bmcControl'),
    operation: `power: ${action}`,
    class: 'probe-first',
    request: { requestId, action, drives: waiting.map(({ slot, serial }) => ({ slot, serial })) },
    // Not announced: it certainly never went out, and may go now.
    async probe() {
      const now = await erasuresOf(ctx, requestId);
      const isAnnounced = now.some(({ handle }) => handle?.restartAnnouncedAt !== undefined);
      return isAnnounced ? { outcome: 'unknown', resetType: null } : undefined;
    },
    async act() {
      let announced = false;
      try {
        const { outcome, resetType } = await control.setPower(target, action, ctx.signal, async () => {
          await tx(ctx, (inside) => announceRestart(inside, waiting));
          announced = true;
        });
        return { outcome, resetType };
      } catch (error) {
        if (announced && error instanceof AdapterError && wasRefused(error))
          await tx(ctx, (inside) => takeBackRestart(inside, waiting));
        throw error;
      }
    },
  });
}

/** Off, and whether it was told to boot is not known. */
async function switchOn(
  ctx: JobCtx,
  { control, target, requestId }: { control: BmcControl; target: BmcTarget; requestId: string },
): Promise<string> {
  await ctx.effect({
    key: `erase-on-${requestId}`,
    adapter: ctx.adapters.providerOf('bmcControl'),
    operation: 'power: on',
    class: 'idempotent',
    request: { requestId },
    act: () => control.setPower(target, 'on', ctx.signal),
  });
  return 'it was switched on';
}
