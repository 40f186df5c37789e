import type { Asset } from '#src/assets/reads.ts';
import { findRestart } from '#src/control/reads.ts';
import { tx } from '#src/core/tx.ts';
import { tellRestart } from '#src/erasure/commands/restart-for-erase.ts';
import { type Erasure, erasuresOf } from '#src/erasure/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { PowerAction } from '#src/ports/bmc-control.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';
import {
  announceBoot,
  type AtBoot,
  type Claim,
  settleBoot,
  settleOldBoot,
  takeBackBoot,
  whatWaits,
} from './restart-server.ts';
import { wasRefused } from './was-refused.ts';

/** 'already': somebody else had switched it on. 'unknown': it was sent, and nobody heard back. */
interface Restart {
  outcome: 'accepted' | 'already' | 'unknown';
  resetType: string | null;
}

interface Restarting {
  ctx: JobCtx;
  asset: Asset;
  target: BmcTarget;
}

const claimOf = (requestId: string): string => `erase-restart-${requestId}`;
const isOwn = ({ handle }: Erasure): boolean =>
  handle?.restartAnnouncedAt !== undefined && handle.restartedFor === undefined;

/**
 * Brings about the boot at which the erasures begin: once for all that wait for one on that server, whatever becomes of this process. It waits for all
 * drives of the request first, and for whatever else is under way there.
 * @returns how that stands, for a person
 */
export async function restartForErase(
  restarting: Restarting,
  { waiting, open }: { waiting: readonly Erasure[]; open: readonly Erasure[] },
): Promise<string> {
  const [first] = waiting;
  if (first === undefined) return 'nothing waits for it';
  const { requestId, serial } = first;
  // What was sent is settled, whoever is under way by now.
  if (waiting.some(isOwn)) return boot(restarting, requestId, { erasures: waiting, hop: null }, serial);
  const other = waiting.find(({ handle }) => handle?.restartedFor !== undefined)?.handle?.restartedFor;
  if (other !== undefined) return `the server was restarted for ${other}: where nothing begins, restart it`;
  const busy = open.find(({ id }) => !waiting.some((one) => one.id === id));
  if (busy !== undefined) return `that waits for drive ${busy.serial}, whose erasure is not that far`;
  const found = await whatWaits(restarting, { erasures: waiting });
  return 'why' in found ? found.why : boot(restarting, requestId, found, serial);
}

/** A restart that nobody heard back from is never sent again: it could cut off an erasure that has begun. Switching on what is off can do no such harm. */
async function boot(restarting: Restarting, requestId: string, atBoot: AtBoot, serial: string): Promise<string> {
  const { ctx, target } = restarting;
  const { state } = await ctx.adapters.use('bmcControl').readPower(target, ctx.signal);
  if (state === 'PoweringOn' || state === 'PoweringOff') return `the server is ${state}`;
  const action = state === 'Off' ? 'on' : 'force-restart';
  const { outcome, resetType } = await restartOnce(
    restarting,
    { requestId, action, sentFor: `drive ${serial}` },
    atBoot,
  );
  if (state === 'Off' && outcome === 'unknown') return switchOn(restarting, requestId);
  if (state === 'Off') return 'the server is off: switch it on where it stays so';
  if (outcome === 'accepted') return `the BMC took ${resetType ?? action}`;
  if (outcome === 'already') return 'the server was switched on by somebody else';
  return 'whether the BMC heard the restart is not known, and it is not sent again: where nothing begins, restart the server';
}

/** What became of a restart that was announced: the next thing that shows may be that the erasure has begun, or has ended. */
export async function settleRestart(restarting: Restarting, following: readonly Erasure[]): Promise<void> {
  const { ctx, asset } = restarting;
  const own = following.filter(isOwn);
  const [first] = own;
  if (first !== undefined) {
    const given = { requestId: first.requestId, action: 'force-restart', sentFor: `drive ${first.serial}` } as const;
    const { resetType } = await restartOnce(restarting, given, { erasures: own, hop: null });
    await tx(ctx, (inside) => tellRestart(inside, own, { resetType, sentFor: null }));
    await settleOldBoot(ctx, asset.id, claimOf(first.requestId));
  }
  const others = following.filter(({ handle }) => handle?.restartedFor !== undefined);
  const sentFor = others[0]?.handle?.restartedFor ?? null;
  // While it is being sent it may still be refused.
  if (sentFor === null || (await findRestart(ctx, asset.id)) !== null) return;
  await tx(ctx, (inside) => tellRestart(inside, others, { resetType: null, sentFor }));
}

async function restartOnce(
  { ctx, asset, target }: Restarting,
  { requestId, action, sentFor }: { requestId: string; action: PowerAction; sentFor: string },
  atBoot: AtBoot,
): Promise<Restart> {
  const claim: Claim = { claim: claimOf(requestId), ofBmc: false, requestId, sentFor };
  const { erasures, hop } = atBoot;
  return ctx.effect<Restart>({
    key: claim.claim,
    adapter: ctx.adapters.providerOf('bmcControl'),
    operation: `power: ${action}`,
    class: 'probe-first',
    request: { requestId, action, drives: erasures.map(({ slot, serial }) => ({ slot, serial })), firmware: hop?.name },
    // Not announced: it certainly never went out, and may go now.
    async probe() {
      const isAnnounced = (await erasuresOf(ctx, requestId)).some(isOwn);
      return isAnnounced ? { outcome: 'unknown', resetType: null } : undefined;
    },
    async act() {
      let announced = false;
      const control = ctx.adapters.use('bmcControl');
      try {
        const { outcome, resetType } = await control.setPower(target, action, ctx.signal, async () => {
          await announceBoot(ctx, asset.id, claim, atBoot);
          announced = true;
        });
        if (announced) await settleBoot(ctx, asset.id, claim.claim);
        return { outcome, resetType };
      } catch (error) {
        if (announced && error instanceof AdapterError && wasRefused(error))
          await takeBackBoot(ctx, asset.id, claim, atBoot);
        throw error;
      }
    },
  });
}

/** Off, and whether it was told to boot is not known. */
async function switchOn({ ctx, target }: Restarting, requestId: string): Promise<string> {
  await ctx.effect({
    key: `erase-on-${requestId}`,
    adapter: ctx.adapters.providerOf('bmcControl'),
    operation: 'power: on',
    class: 'idempotent',
    request: { requestId },
    act: () => ctx.adapters.use('bmcControl').setPower(target, 'on', ctx.signal),
  });
  return 'it was switched on';
}
