import { type Asset, findAsset } from '#src/assets/reads.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import {
  completeUpdate,
  failUpdate,
  finishHop,
  keepPlan,
  noteProgress,
  prepareHop,
} from '#src/firmware/commands/advance-update.ts';
import { judgeHop } from '#src/firmware/judge-hop.ts';
import { kindOf, planUpdate } from '#src/firmware/plan-update.ts';
import { isVersion } from '#src/firmware/model.ts';
import { findUpdate, type FirmwareUpdate, type Hop, hopsOf } from '#src/firmware/reads.ts';
import { Later } from '#src/journal/effect.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { InstalledFirmware, UpdateHandle, UpdateProgress } from '#src/ports/bmc-firmware.ts';
import { updateFirmwareJob } from '../catalogue.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';
import { foundAs, goBack, isOurs, nameOf, startHop, startStaged, type Updating } from './start-firmware-hop.ts';
import { restartForFirmware, settleRestartOf } from './restart-for-firmware.ts';
import { tidyUp } from './tidy-firmware.ts';

/**
 * Brings one server's firmware where it shall be, one step after the other. Each run looks once and does at most one thing; between runs
 * everything stands in the database, so that any worker goes on from there.
 */
export const updateFirmwareTask = handle(updateFirmwareJob, async (ctx, { assetId, updateId }) => {
  const [asset, update] = [await findAsset(ctx, assetId), await findUpdate(ctx, updateId)];
  if (update === undefined) throw new HubError('not-found', `there is no firmware update ${updateId}`);
  if (update.finishedAt !== null) return resultOf(update);
  if (asset === undefined || asset.bmcAddress === null) return fail(ctx, update, null, 'its BMC has no known address');
  const target = targetOf(ctx, asset);
  const updating: Updating = { ctx, update, asset, target, firmware: ctx.adapters.use('bmcFirmware') };
  if (update.state === 'requested') await failing(ctx, update, () => plan(updating, asset));
  const hop = (await hopsOf(ctx, updateId)).find(({ state }) => state !== 'done');
  const current = (await findUpdate(ctx, updateId)) ?? update;
  if (current.finishedAt !== null) return resultOf(current);
  if (hop === undefined) {
    await tx(ctx, (inside) => completeUpdate(inside, updateId));
    return { outcome: 'done', steps: (await hopsOf(ctx, updateId)).length };
  }
  return advance(updating, hop);
});

function resultOf({ state, error }: FirmwareUpdate): JobResult {
  return { outcome: state, ...(error === null ? {} : { why: error }) };
}

async function fail(ctx: JobCtx, update: FirmwareUpdate, hop: Hop | null, why: string): Promise<JobResult> {
  await tx(ctx, (inside) => failUpdate(inside, update.id, hop, why));
  return { outcome: 'failed', why };
}

async function failTidily(updating: Updating, hop: Hop, why: string): Promise<JobResult> {
  const left = await tidyUp(updating, hop);
  return fail(updating.ctx, updating.update, hop, left === null ? why : `${why}; ${left}`);
}

/** Nothing was sent yet: what the BMC cannot or will not say ends the update. */
async function failing<T>(ctx: JobCtx, update: FirmwareUpdate, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!isFinal(error)) throw error;
    await fail(ctx, update, null, error.message);
    return null;
  }
}

/** By the firmware policy. What cannot be done to its end is not begun. */
async function plan(updating: Updating, { manufacturer, model }: Asset): Promise<void> {
  const { ctx, firmware, target, update } = updating;
  await ctx.progress({ step: 'planning' });
  const rows = await firmware.readFirmware(target, ctx.signal);
  const wish = update.wanted.length === 0 ? 'baseline' : update.wanted;
  const planned = planUpdate(ctx.settings.firmware.policy, { vendor: manufacturer, model, rows }, wish);
  if ('why' in planned) await fail(ctx, update, null, planned.why);
  else await tx(ctx, (inside) => keepPlan(inside, update.id, planned.steps));
}

async function advance(updating: Updating, hop: Hop): Promise<JobResult> {
  const { ctx, firmware, target, update } = updating;
  if (hop.state === 'planned') {
    await letBmcSettle(updating, hop);
    const running = await failing(ctx, update, () => firmware.findRunning(target, ctx.signal));
    if (running === null) return { outcome: 'failed' };
    // Another update under way, by whomever: two at once have left servers without a BIOS.
    if (running.length > 0)
      throw later(ctx, hop, `the BMC is busy with another update (${running.map(nameOf).join(', ')})`);
    await tx(ctx, (inside) => prepareHop(inside, hop, running.map(nameOf)));
    return go(updating, hop);
  }
  if (hop.state === 'starting') return go(updating, hop);
  return look(updating, hop);
}

/** After an update of its own a BMC answers 404, 503 and garbage for a while, and would refuse what it takes a minute later. */
async function letBmcSettle({ ctx, update }: Updating, hop: Hop): Promise<void> {
  const before = (await hopsOf(ctx, update.id)).findLast(({ number }) => number < hop.number);
  if (before === undefined || before.endedAt === null) return;
  const kind = kindOf(ctx.settings.firmware.policy, { id: before.component, name: before.name });
  if (kind !== 'bmc' && kind !== 'hgx-bmc') return;
  const left = Date.parse(before.endedAt) + ctx.settings.settleMs - ctx.now().getTime();
  if (left > 0) throw new Later(left, `${before.name} was updated: it gets a minute to come back`);
}

async function go(updating: Updating, hop: Hop): Promise<JobResult> {
  const { ctx, update } = updating;
  let started: UpdateHandle;
  try {
    started = await startHop(updating, hop);
  } catch (error) {
    if (!isFinal(error)) throw error;
    return fail(ctx, update, hop, error.message);
  }
  await tx(ctx, (inside) => noteProgress(inside, hop, { state: 'following', handle: started }));
  throw later(ctx, hop, 'the BMC has taken the image');
}

async function look(updating: Updating, hop: Hop): Promise<JobResult> {
  const { ctx, update } = updating;
  await settleRestartOf(updating, hop);
  const seen = await lookAt(updating, hop);
  const { progress, row } = seen;
  const verdict = judgeHop({
    hop: seen.hop,
    progress,
    version: row?.version ?? (row === undefined ? undefined : null),
    mayReset: update.mayReset,
    now: ctx.now(),
    patience: ctx.settings.firmware,
  });
  if (verdict.do === 'finish' && hop.state === 'going-back')
    return fail(ctx, update, hop, `${hop.why ?? 'it failed'}; it went back to ${row?.version ?? 'the version before'}`);
  const left = verdict.do === 'finish' || verdict.do === 'fail' ? await tidyUp(updating, seen.hop) : null;
  if (verdict.do === 'finish') {
    await tx(ctx, (inside) => finishHop(inside, hop, left));
    throw new Later(0, `${hop.name} is at ${hop.to}`);
  }
  if (verdict.do === 'fail') {
    const why = left === null ? verdict.why : `${verdict.why}; ${left}`;
    if (hop.state === 'following') return giveUp(updating, seen.hop, why, row);
    return fail(ctx, update, hop, `${hop.why ?? 'it failed'}; going back failed too: ${why}`);
  }
  if (verdict.do === 'start') return begin(updating, seen.hop, seen.handle);
  if (verdict.do === 'reset') {
    let waits: string | null;
    try {
      waits = await restartForFirmware(updating, seen.hop, verdict.what);
    } catch (error) {
      if (!isFinal(error)) throw error;
      return failTidily(updating, seen.hop, `the image waits for a reset, and that failed: ${error.message}`);
    }
    const said = waits === null ? `restarted: ${verdict.what}` : `it waits for a restart; ${waits}`;
    await tx(ctx, (inside) => noteProgress(inside, hop, { said }));
    throw later(ctx, hop, said);
  }
  const { quietSince } = verdict;
  const said = progress?.said ?? 'the BMC does not answer';
  await tx(ctx, (inside) => noteProgress(inside, hop, { said, percent: progress?.percent ?? null, quietSince }));
  throw later(ctx, hop, said);
}

/** The image is there and was checked: the second half of the step. */
async function begin(updating: Updating, hop: Hop, handle: UpdateHandle): Promise<JobResult> {
  const { ctx } = updating;
  let started: UpdateHandle;
  try {
    started = await startStaged(updating, hop, handle);
  } catch (error) {
    if (!isFinal(error)) throw error;
    const why = `the BMC has taken and checked the image, and starting it failed: ${error.message}`;
    return failTidily(updating, { ...hop, handle }, why);
  }
  await tx(ctx, (inside) => noteProgress(inside, hop, { handle: started, said: 'started', quietSince: null }));
  throw later(ctx, hop, 'the BMC was told to install the image');
}

interface Seen {
  /** With what is aimed at now: on the way back, the version before. */
  hop: Hop;
  handle: UpdateHandle;
  progress: UpdateProgress | null;
  row: InstalledFirmware | undefined;
}

/** A BMC that updates itself is away for minutes: no answer is no answer, and the deadline goes on. */
async function lookAt(updating: Updating, hop: Hop): Promise<Seen> {
  const { ctx, firmware, target } = updating;
  const known = hop.handle ?? {
    method: 'simple-update' as const,
    task: null,
    job: null,
    startedAt: hop.announcedAt ?? '',
  };
  const aim = hop.state === 'going-back' ? { ...hop, to: hop.from ?? '', announcedAt: hop.backAnnouncedAt } : hop;
  try {
    const adopted = await adopt(updating, hop, known);
    const progress = await firmware.followUpdate(target, adopted, ctx.signal);
    const rows = await firmware.readFirmware(target, ctx.signal);
    return {
      hop: { ...aim, handle: adopted },
      handle: adopted,
      progress,
      row: rows.find(({ id }) => id === hop.component),
    };
  } catch (error) {
    // Also what says no: half awake, BMCs answer 404 and 501. It was sent, so that only time ends it.
    if (!(error instanceof AdapterError) || error.kind === 'unauthorized' || ctx.signal.aborted) throw error;
    return { hop: { ...aim, handle: known }, handle: known, progress: null, row: undefined };
  }
}

/** The start's answer was lost, and its task shows later. */
async function adopt({ ctx, firmware, target }: Updating, hop: Hop, known: UpdateHandle): Promise<UpdateHandle> {
  if (known.task !== null || known.job !== null) return known;
  const running = await firmware.findRunning(target, ctx.signal);
  const ours = running.find((one) => one.task !== null && isOurs(hop, one));
  if (ours === undefined) return known;
  const handle = foundAs(known, ours);
  await tx(ctx, (inside) => noteProgress(inside, hop, { handle }));
  return handle;
}

/** Goes back where the component is neither at the old version nor at the new one, and the BMC has kept an older image. */
async function giveUp(
  updating: Updating,
  hop: Hop,
  why: string,
  row: InstalledFirmware | undefined,
): Promise<JobResult> {
  const { ctx, update } = updating;
  const version = row?.version ?? null;
  if (row === undefined || hop.from === null || isVersion(version, hop.from)) return fail(ctx, update, hop, why);
  const stored = isVersion(row.previous, hop.from);
  if (!stored)
    return fail(
      ctx,
      update,
      hop,
      `${why}; it shows ${version ?? 'no version'} now, and the BMC has not kept ${hop.from}: install that image again`,
    );
  try {
    const back = await goBack(updating, hop);
    await tx(ctx, (inside) => noteProgress(inside, hop, { state: 'going-back', handle: back, why, quietSince: null }));
  } catch (error) {
    if (!isFinal(error)) throw error;
    return fail(ctx, update, hop, `${why}; going back failed too: ${error.message}`);
  }
  throw later(ctx, hop, `going back to ${hop.from}`);
}

/** The BMC said no, and will again. Wrong credentials wait for a person to set the right ones. */
function isFinal(error: unknown): error is AdapterError {
  return error instanceof AdapterError && error.retry === 'never' && error.kind !== 'unauthorized';
}

function later(ctx: JobCtx, hop: Hop, why: string): Later {
  return new Later(ctx.settings.followMs, `${hop.name}: ${why}`, {
    step: hop.state,
    component: hop.name,
    to: hop.to,
    why,
  });
}
