import type { Asset } from '#src/assets/reads.ts';
import { claimRestart, restartUnderWay, settleRestart } from '#src/control/commands/claim-restart.ts';
import { findRestart } from '#src/control/reads.ts';
import type { TxCtx } from '#src/core/ctx.ts';
import { tx } from '#src/core/tx.ts';
import { announceRestart, takeBackRestart } from '#src/erasure/commands/restart-for-erase.ts';
import { whyNoRestart } from '#src/erasure/model.ts';
import { type Erasure, sentErasures } from '#src/erasure/reads.ts';
import { announceReset, takeBack } from '#src/firmware/commands/advance-update.ts';
import { stepText } from '#src/firmware/hop-moves.ts';
import { type Hop, sentHop } from '#src/firmware/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';

/** What begins, or takes effect, at the next boot of a server. */
export interface AtBoot {
  erasures: readonly Erasure[];
  hop: Hop | null;
}

interface Server {
  ctx: JobCtx;
  asset: Asset;
  target: BmcTarget;
}

/**
 * One boot begins all that wait for it, and would cut off what is under way: it waits for whatever was sent to this server.
 * @param own what is known to wait for it; of the rest the BMC is asked
 * @returns why it may not be restarted now, for a person; else all that a restart is for
 */
export async function whatWaits(
  { ctx, asset, target }: Server,
  own: { erasures?: readonly Erasure[]; hop?: Hop },
): Promise<AtBoot | { why: string }> {
  const tenants = whyNoRestart(asset);
  if (tenants !== null) return { why: tenants };
  const erasures: Erasure[] = [];
  for (const one of await sentErasures(ctx, asset.id)) {
    const { serial, handle } = one;
    if (handle === null) return { why: `that waits for drive ${serial}, whose erasure is being sent` };
    if (own.erasures?.some(({ id }) => id === one.id) !== true) {
      const { needs, said } = await ctx.adapters.use('driveErase').followErase(target, handle, ctx.signal);
      if (needs === null) return { why: `that waits for drive ${serial}, which is being erased: ${said}` };
    }
    // Whether that boot came or not, its erasure may begin at any moment.
    if (handle.restartAnnouncedAt !== undefined) return { why: `the server was restarted for drive ${serial}` };
    erasures.push(one);
  }
  const hop = await sentHop(ctx, asset.id);
  if (hop === null || isSame(hop, own.hop ?? null)) return { erasures, hop };
  const step = stepText(hop);
  if (hop.handle === null) return { why: `that waits for the update of ${step}, which is being sent` };
  const progress = await ctx.adapters.use('bmcFirmware').followUpdate(target, hop.handle, ctx.signal);
  if (progress.needs === 'host-reset' && progress.state !== 'failed') return { erasures, hop };
  return { why: `that waits for the update of ${step}: ${progress.said}` };
}

export interface Claim {
  /** The same for every try of one restart, and of no other. */
  claim: string;
  /** Of the BMC alone: nothing begins by that, and what is under way would be cut off all the same. */
  ofBmc: boolean;
  /** The request that it is sent for; what else waits is told for whom it came. */
  requestId: string | null;
  sentFor: string;
}

/**
 * Right before a restart goes out: nobody else sends one, and nobody begins anything that it would cut off, until it is settled.
 * @throws AdapterError throttled where something came between; nothing may be sent then
 */
export async function announceBoot(
  ctx: JobCtx,
  assetId: string,
  { claim, ofBmc, requestId, sentFor }: Claim,
  atBoot: AtBoot,
): Promise<void> {
  await tx(ctx, async (inside) => {
    await mustStayUp(ctx, inside, assetId);
    const sent = { erasures: await sentErasures(inside, assetId), hop: await sentHop(inside, assetId) };
    if (!isAsSeen(sent, atBoot)) throw busy(ctx, 'something else was sent to this server meanwhile, or has ended');
    await claimRestart(inside, assetId, claim);
    for (const one of ofBmc ? [] : atBoot.erasures)
      await announceRestart(inside, one, one.requestId === requestId ? null : sentFor);
    if (atBoot.hop !== null) await announceReset(inside, atBoot.hop);
  });
}

/** The BMC refused, or was certainly never asked: all is as it was before. */
export async function takeBackBoot(
  ctx: JobCtx,
  assetId: string,
  { claim }: Claim,
  { erasures, hop }: AtBoot,
): Promise<void> {
  await tx(ctx, async (inside) => {
    await settleRestart(inside, assetId, claim);
    await takeBackRestart(inside, erasures);
    if (hop !== null) await takeBack(inside, hop, 'reset');
  });
}

/** It was answered. */
export async function settleBoot(ctx: JobCtx, assetId: string, claim: string): Promise<void> {
  await tx(ctx, (inside) => settleRestart(inside, assetId, claim));
}

/** What an earlier run has announced and left: once it cannot take effect any more, others may go on. */
export async function settleOldBoot(ctx: JobCtx, assetId: string, claim: string): Promise<void> {
  const restart = await findRestart(ctx, assetId);
  if (restart?.claim !== claim) return;
  if (ctx.now().getTime() - Date.parse(restart.announcedAt) > ctx.settings.settleMs)
    await settleBoot(ctx, assetId, claim);
}

/**
 * In the transaction that announces something which a restart would cut off.
 * @throws AdapterError throttled while a restart of the server is being sent
 */
export async function mustStayUp(ctx: JobCtx, inside: TxCtx, assetId: string): Promise<void> {
  if ((await restartUnderWay(inside, assetId)) !== null) throw busy(ctx, 'the server is being restarted just now');
}

function busy(ctx: JobCtx, why: string): AdapterError {
  const detail = { sent: false };
  return new AdapterError('throttled', `${why}; nothing was sent`, {
    system: ctx.adapters.providerOf('bmcControl'),
    retryAfterMs: ctx.settings.followMs,
    detail,
  });
}

function isSame(a: Hop | null, b: Hop | null): boolean {
  if (a === null || b === null) return a === b;
  return a.updateId === b.updateId && a.number === b.number;
}

function isAsSeen(now: AtBoot, seen: AtBoot): boolean {
  if (!isSame(now.hop, seen.hop) || now.erasures.length !== seen.erasures.length) return false;
  if (now.hop !== null && now.hop.resetAnnouncedAt !== (seen.hop?.resetAnnouncedAt ?? null)) return false;
  return now.erasures.every(
    ({ id, handle }) => handle?.restartAnnouncedAt === undefined && seen.erasures.some((one) => one.id === id),
  );
}
