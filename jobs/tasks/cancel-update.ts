import { findAsset } from '#src/assets/reads.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { type Cancel, endBetweenSteps, endCancelled, refuseCancel } from '#src/firmware/commands/cancel-update.ts';
import { canWithdraw, isOnlyStored, isUnderWay } from '#src/firmware/hop-moves.ts';
import { isVersion } from '#src/firmware/model.ts';
import { findUpdate, type Hop, hopsOf } from '#src/firmware/reads.ts';
import { Later } from '#src/journal/effect.ts';
import { cancelUpdateJob } from '../catalogue.ts';
import { handle, type JobResult } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';
import type { Updating } from './start-firmware-hop.ts';
import { tidyUp } from './tidy-firmware.ts';

interface Cancelling extends Updating {
  cancel: Cancel;
}

/**
 * Has a BMC let go of a step that stands in its queue. What was begun there goes on, and that is said. The job of the update looks on meanwhile: whoever
 * is first to say how the update ends, says it.
 */
export const cancelUpdateTask = handle(cancelUpdateJob, async (ctx, { assetId, updateId, by, reason }) => {
  const [asset, update] = [await findAsset(ctx, assetId), await findUpdate(ctx, updateId)];
  if (update === undefined) throw new HubError('not-found', `there is no firmware update ${updateId}`);
  if (asset === undefined) throw new HubError('not-found', `there is no asset ${assetId}`);
  const firmware = ctx.adapters.use('bmcFirmware');
  const cancelling: Cancelling = {
    ...{ ctx, asset, update, firmware, target: targetOf(ctx, asset) },
    cancel: { by, reason, jobId: ctx.job.id },
  };
  const hops = await hopsOf(ctx, updateId);
  // An earlier run may have ended the update, and not have tidied up after it.
  if (update.finishedAt !== null)
    return ended(
      cancelling,
      hops.findLast(({ handle: kept }) => kept !== null),
    );
  const hop = hops.find(isUnderWay);
  if (hop === undefined) return betweenSteps(cancelling);
  if (!canWithdraw(hop)) return goesOn(cancelling, hop, 'its BMC lets go of no image that it has taken');
  return isOnlyStored(hop) ? keepFromQueue(cancelling, hop) : takeFromQueue(cancelling, hop);
});

/** The step that was under way has ended meanwhile, and nothing of the next one was sent. */
async function betweenSteps(cancelling: Cancelling): Promise<JobResult> {
  const { ctx, update, cancel } = cancelling;
  await tx(ctx, (inside) => endBetweenSteps(inside, update.id, cancel));
  throw new Later(ctx.settings.followMs, 'the step that was under way has ended meanwhile');
}

/** Nothing was asked for that would install it; and from here on nothing is. */
async function keepFromQueue(cancelling: Cancelling, hop: Hop): Promise<JobResult> {
  const { ctx, cancel } = cancelling;
  const said = 'its BMC had taken the image, and was not told to install it';
  if (!(await tx(ctx, (inside) => endCancelled(inside, hop, { cancel, said, isSame: isOnlyStored }))))
    throw new Later(ctx.settings.followMs, 'the step went on meanwhile');
  return ended(cancelling, hop);
}

async function takeFromQueue(cancelling: Cancelling, hop: Hop): Promise<JobResult> {
  const { ctx, firmware, target, cancel } = cancelling;
  const kept = hop.handle;
  if (kept === null)
    throw new HubError('internal', `step ${hop.number} of ${hop.updateId} is withdrawn without a handle`);
  const { is, said } = await firmware.withdraw(target, kept, ctx.signal);
  // Where nobody heard whether it was put there, it may still get there for a while. There is one at most: once seen, it does not come again.
  const isHeard = kept.task !== null && kept.staged !== true;
  const sentAt = Date.parse(kept.startAnnouncedAt ?? kept.startedAt);
  if (is === 'gone' && !isHeard && ctx.now().getTime() - sentAt < ctx.settings.settleMs)
    throw new Later(ctx.settings.followMs, 'whether it gets into the BMC’s queue is not known yet');
  if (is === 'begun') return goesOn(cancelling, hop, said);
  const rows = await firmware.readFirmware(target, ctx.signal);
  const row = rows.find(({ id }) => id === hop.component);
  if (row === undefined) throw new Later(ctx.settings.followMs, `${said}; the version of ${hop.name} cannot be read`);
  if (isVersion(row.version, hop.to)) return goesOn(cancelling, hop, `it shows ${row.version ?? '?'} already`);
  const shows = `${said}; it shows ${row.version ?? 'no version'}`;
  await tx(ctx, (inside) => endCancelled(inside, hop, { cancel, said: shows, isSame: canWithdraw }));
  return ended(cancelling, hop);
}

async function goesOn({ ctx, update, cancel }: Cancelling, hop: Hop, why: string): Promise<JobResult> {
  await tx(ctx, (inside) => refuseCancel(inside, update, hop, { cancel, why }));
  return { outcome: 'not cancelled', why: `${hop.name}: ${why}` };
}

/** Also where the job of the update was quicker. */
async function ended(cancelling: Cancelling, hop: Hop | undefined): Promise<JobResult> {
  const { ctx, firmware, target, update } = cancelling;
  const { state, error } = (await findUpdate(ctx, update.id)) ?? update;
  const result = { outcome: state === 'done' ? 'not cancelled' : 'ended', state, why: error ?? 'it was done before' };
  if (hop?.handle?.queued === undefined) return result;
  const upload = isOnlyStored(hop) ? await firmware.followUpdate(target, hop.handle, ctx.signal) : null;
  const isComing = upload !== null && upload.needs === null && ['waiting', 'running'].includes(upload.state);
  const isLate = ctx.now().getTime() - Date.parse(hop.handle.startedAt) > ctx.settings.firmware.deadlineMs;
  if (isComing && !isLate)
    throw new Later(ctx.settings.followMs, `the BMC is still taking the image in: ${upload.said}`);
  const left = await tidyUp(cancelling, hop);
  return left === null ? result : { ...result, left };
}
