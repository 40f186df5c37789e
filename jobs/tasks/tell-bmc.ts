import { findAsset } from '#src/assets/reads.ts';
import { noteBoot, noteLight, noteLook, noteMedia, notePower } from '#src/control/commands/note-control.ts';
import { mayRepeat, mustBeControllable, powerGoal, type Wanted } from '#src/control/model.ts';
import { tx } from '#src/core/tx.ts';
import { Later } from '#src/journal/effect.ts';
import { findJob, listJobs } from '#src/journal/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcControl, BootState, PowerAction, PowerResult, PowerState } from '#src/ports/bmc-control.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import { tellBmcJob } from '../catalogue.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';

interface Request {
  assetId: string;
  /** Of the event that asked for it; later ones are greater. */
  requestId: string;
  goodUntil: string;
  wanted: Wanted;
}

interface Telling extends Request {
  ctx: JobCtx;
  control: BmcControl;
  target: BmcTarget;
}

/** Tells a BMC what somebody asked for: in the order of asking, as long as it is wanted, and never twice what may not be. */
export const tellBmcTask = handle(tellBmcJob, async (ctx, request) => {
  const asset = await findAsset(ctx, request.assetId);
  mustBeControllable(asset, request.assetId);
  if (asset === undefined) return { outcome: 'nothing to tell' };
  await letEarlierGoFirst(ctx, request);
  const telling = { ...request, ctx, control: ctx.adapters.use('bmcControl'), target: targetOf(ctx, asset) };
  const { wanted } = request;
  switch (wanted.what) {
    case 'power':
      return tellPower(telling, wanted.action);
    case 'boot':
      return tellBoot(telling, wanted);
    case 'insert': {
      const { image, type } = wanted;
      const drive = await once(telling, () => telling.control.insertMedia(telling.target, { image, type }, ctx.signal));
      await tx(ctx, (inside) => noteMedia(inside, { ...request, drives: [drive] }));
      return { outcome: 'inserted', drive: drive.id, image: drive.image };
    }
    case 'eject': {
      const drives = await once(telling, () => telling.control.ejectMedia(telling.target, ctx.signal));
      await tx(ctx, (inside) => noteMedia(inside, { ...request, drives }));
      return { outcome: 'ejected', drives: drives.length };
    }
    case 'light': {
      const lit = await once(telling, () => telling.control.identify(telling.target, wanted.lit, ctx.signal));
      await tx(ctx, (inside) => noteLight(inside, { ...request, lit }));
      return {
        outcome: lit === null ? 'asked for; the BMC does not say how it is' : `the light is ${lit ? 'on' : 'off'}`,
      };
    }
    case 'look':
      return look(telling);
  }
});

async function tellPower(telling: Telling, action: PowerAction): Promise<JobResult> {
  const { ctx, control, target } = telling;
  const done = await once(telling, () => control.setPower(target, action, ctx.signal));
  const followed = await followPower(telling, action, done);
  // What was read here may be older than what the later request has read and noted.
  if (followed === 'superseded') return { outcome: done.outcome, reset_type: done.resetType, superseded: true };
  const { state } = followed;
  await tx(ctx, (inside) => notePower(inside, { ...telling, action, done, state }));
  return { outcome: done.outcome, reset_type: done.resetType, before: done.before, state };
}

/** A shutdown waits for the operating system, which may take minutes or never happen. Until somebody asks for something else. */
async function followPower(
  telling: Telling,
  action: PowerAction,
  done: PowerResult,
): Promise<{ state: PowerState | null } | 'superseded'> {
  const { ctx, control, target, goodUntil } = telling;
  const goal = powerGoal(action);
  if (goal === null || done.outcome === 'already' || done.after === goal) return { state: done.after };
  if (await isSuperseded(telling)) return 'superseded';
  const { state } = await control.readPower(target, ctx.signal);
  if (state === goal) return { state };
  if (ctx.now().toISOString() < goodUntil) {
    const step = { step: 'following', reset_type: done.resetType, state };
    throw new Later(
      ctx.settings.followMs,
      `${done.resetType ?? action} was taken; the server is ${state ?? 'in an unknown state'}`,
      step,
    );
  }
  const remedy = action === 'off' ? ': its operating system may not listen; ask for "force-off"' : '';
  const system = ctx.adapters.providerOf('bmcControl');
  const message = `${system}: the BMC took ${done.resetType ?? action}, but the server is still ${state ?? 'in an unknown state'}${remedy}`;
  throw new AdapterError('rejected', message, { system });
}

async function tellBoot(telling: Telling, wanted: Extract<Wanted, { what: 'boot' }>): Promise<JobResult> {
  const { ctx, control, target } = telling;
  const { mode, httpUri } = wanted;
  const wish = { target: wanted.target, mode, ...(httpUri === null ? {} : { httpUri }) };
  const { before, boot } = await once(telling, async () => ({
    before: await control.readBoot(target, ctx.signal),
    boot: await control.bootOnce(target, wish, ctx.signal),
  }));
  const isSame = (['target', 'enabled', 'mode'] as const).every((key) => before[key] === boot[key]);
  await tx(ctx, (inside) => noteBoot(inside, { ...telling, boot, changed: !isSame }));
  return { outcome: isSame ? 'already' : 'set', target: boot.target, enabled: boot.enabled, mode: boot.mode };
}

async function look({ ctx, control, target, assetId, goodUntil }: Telling): Promise<JobResult> {
  if (ctx.now().toISOString() > goodUntil) throw await tooLate(ctx, goodUntil);
  const power = await control.readPower(target, ctx.signal);
  const boot = await bootIfAny(control, target, ctx.signal);
  await tx(ctx, (inside) => noteLook(inside, { assetId, power, boot }));
  return { outcome: 'looked', power: power.state, boot: boot?.target ?? null };
}

/** A BMC without a boot override still has a power state. */
async function bootIfAny(control: BmcControl, target: BmcTarget, signal: AbortSignal): Promise<BootState | null> {
  try {
    return await control.readBoot(target, signal);
  } catch (error) {
    if (error instanceof AdapterError && (error.kind === 'unsupported' || error.kind === 'rejected')) return null;
    throw error;
  }
}

async function once<T>({ ctx, requestId, goodUntil, wanted, assetId }: Telling, tell: () => Promise<T>): Promise<T> {
  return ctx.effect({
    key: `control-${requestId}`,
    adapter: ctx.adapters.providerOf('bmcControl'),
    operation: wanted.what === 'power' ? `power: ${wanted.action}` : wanted.what,
    class: mayRepeat(wanted) ? 'idempotent' : 'manual',
    request: { ...wanted, assetId },
    async act() {
      if (ctx.now().toISOString() > goodUntil) throw await tooLate(ctx, goodUntil);
      return tell();
    },
  });
}

async function tooLate(ctx: JobCtx, goodUntil: string): Promise<AdapterError> {
  const system = ctx.adapters.providerOf('bmcControl');
  const last = (await findJob(ctx, ctx.job.id))?.error?.['message'];
  const why = typeof last === 'string' ? ` (${last})` : '';
  const message = `${system}: not done: it was wanted until ${goodUntil}, and the BMC could not be told before${why}; ask again`;
  return new AdapterError('rejected', message, { system });
}

/** @throws Later while something that was asked for before is not done. What only waits for the operating system holds nobody up. */
async function letEarlierGoFirst(ctx: JobCtx, { assetId, requestId }: Request): Promise<void> {
  for (const state of ['waiting', 'active'] as const) {
    const open = await listJobs(ctx, { name: tellBmcJob.name, subject: assetId, state, limit: 100 });
    const first = open.find(
      ({ input, progress }) => String(input['requestId']) < requestId && progress?.['step'] !== 'following',
    );
    if (first !== undefined) throw new Later(500, `what was asked for before comes first: job ${first.id}`);
  }
}

async function isSuperseded({ ctx, assetId, requestId }: Telling): Promise<boolean> {
  const jobs = await listJobs(ctx, { name: tellBmcJob.name, subject: assetId, limit: 100 });
  return jobs.some(
    ({ input }) => String(input['requestId']) > requestId && (input['wanted'] as Wanted | undefined)?.what === 'power',
  );
}
