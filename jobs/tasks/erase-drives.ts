import { type Asset, findAsset } from '#src/assets/reads.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import {
  announceErase,
  chooseMethod,
  endErase,
  noteErase,
  takeBackErase,
} from '#src/erasure/commands/advance-erase.ts';
import { chooseMethods, erasesOthers } from '#src/erasure/model.ts';
import { type Erasure, erasuresOf } from '#src/erasure/reads.ts';
import { writeReport } from '#src/formats/agent/write-report.ts';
import { Later } from '#src/journal/effect.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { emptyReading } from '#src/ports/bundle-format.ts';
import type { DriveErase, ErasableDrives, EraseHandle, EraseProgress } from '#src/ports/drive-erase.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import { eraseDrivesJob } from '../catalogue.ts';
import { handle, type JobCtx } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';
import { restartForErase, settleRestart } from './restart-for-erase.ts';
import { mustStayUp } from './restart-server.ts';
import { wasRefused } from './was-refused.ts';

interface Erasing {
  ctx: JobCtx;
  asset: Asset;
  erase: DriveErase;
  target: BmcTarget;
}

/** Brings each drive of a request one step on; between runs everything stands in the database. An end without a proof is none. */
export const eraseDrivesTask = handle(eraseDrivesJob, async (ctx, { assetId, requestId }) => {
  const asset = await findAsset(ctx, assetId);
  if (asset === undefined) throw new HubError('not-found', `there is no asset ${assetId}`);
  const erasing = { ctx, asset, erase: ctx.adapters.use('driveErase'), target: targetOf(ctx, asset) };
  const open = async (): Promise<Erasure[]> =>
    (await erasuresOf(ctx, requestId)).filter(({ endedAt }) => endedAt === null);
  await choose(erasing, await open());
  for (const one of await open()) if (one.state === 'starting') await begin(erasing, one, await open());
  const waiting: Erasure[] = [];
  await settleRestart(erasing, await open());
  for (const one of await open())
    if (one.state === 'following' && (await follow(erasing, one)) === 'host-reset') waiting.push(one);
  if (waiting.length > 0) await restart(erasing, waiting, await open());
  const left = await open();
  const all = await erasuresOf(ctx, requestId);
  const drives = all.map(({ slot, serial, state, why }) => ({ slot, serial, state, ...(why === null ? {} : { why }) }));
  if (left.length === 0) return { outcome: 'ended', drives };
  const step = { step: 'erasing', drives: left.map(({ slot, percent, said }) => ({ slot, percent, said })) };
  throw new Later(ctx.settings.followMs, `${left.length} of ${all.length} drives are not done`, step);
});

async function end(ctx: JobCtx, erasure: Erasure, state: 'failed' | 'unknown', why: string): Promise<void> {
  await tx(ctx, (inside) => endErase(inside, erasure, { state, why, evidence: erasure.evidence }));
}

async function choose({ ctx, erase, target }: Erasing, open: readonly Erasure[]): Promise<void> {
  const requested = open.filter(({ state }) => state === 'requested');
  if (requested.length === 0) return;
  let found: ErasableDrives;
  try {
    found = await erase.listErasable(target, ctx.signal);
  } catch (error) {
    if (!isFinal(error)) throw error;
    for (const one of requested) await end(ctx, one, 'failed', error.message);
    return;
  }
  const chosen = chooseMethods(open, found, requested[0]?.method ?? null);
  for (const one of requested) {
    const choice = chosen.get(one.serial);
    if (choice === undefined || 'why' in choice) await end(ctx, one, 'failed', choice?.why ?? 'no method was found');
    else await tx(ctx, (inside) => chooseMethod(inside, one, choice.method));
  }
}

/** What erases all drives is begun by the first of them, for all; only where none of them had to be left out. */
async function begin(erasing: Erasing, one: Erasure, open: readonly Erasure[]): Promise<void> {
  const { ctx } = erasing;
  const method = one.method ?? 'drive-secure-erase';
  const together = erasesOthers(method) ? await sameMethod(ctx, one) : [one];
  if (together === null) return end(ctx, one, 'failed', `${method} erases all drives, and one of them was left out`);
  const [first] = together;
  if (first === undefined) return;
  const lead = open.find(({ id }) => id === first.id) ?? first;
  let begun: EraseHandle;
  try {
    begun = lead.handle ?? (await start(erasing, lead, together));
  } catch (error) {
    if (!isFinal(error)) throw error;
    for (const each of together) await end(ctx, each, 'failed', error.message);
    return;
  }
  for (const each of together)
    await tx(ctx, (inside) => noteErase(inside, each, { state: 'following', handle: { ...begun, slot: each.slot } }));
}

async function sameMethod(ctx: JobCtx, one: Erasure): Promise<Erasure[] | null> {
  const all = await erasuresOf(ctx, one.requestId);
  const same = all.filter(({ method, state }) => method === one.method && state !== 'failed');
  return same.length === all.length ? all : null;
}

async function start(erasing: Erasing, lead: Erasure, together: readonly Erasure[]): Promise<EraseHandle> {
  const { ctx, erase, target, asset } = erasing;
  const { slot, serial } = lead;
  const method = lead.method ?? 'drive-secure-erase';
  return ctx.effect<EraseHandle>({
    key: `erase-${lead.id}`,
    adapter: ctx.adapters.providerOf('driveErase'),
    operation: `erase: ${method}`,
    class: 'probe-first',
    request: { assetId: asset.id, method, drives: together.map((one) => ({ slot: one.slot, serial: one.serial })) },
    // Not announced: it certainly never went out, and may go now. Announced: it may be under way; following finds out.
    async probe() {
      const now = (await erasuresOf(ctx, lead.requestId)).find(({ id }) => id === lead.id);
      const startedAt = now?.announcedAt ?? null;
      return startedAt === null ? undefined : { method, slot, task: null, startedAt };
    },
    async act() {
      let announced = false;
      try {
        return await erase.startErase(target, { slot, serial, method }, ctx.signal, async () => {
          announced = await tx(ctx, async (inside) => {
            await mustStayUp(ctx, inside, asset.id);
            return announceErase(inside, together);
          });
          if (!announced) throw cancelled(ctx, together);
        });
      } catch (error) {
        if (announced && error instanceof AdapterError && wasRefused(error))
          await tx(ctx, (inside) => takeBackErase(inside, together));
        throw error;
      }
    },
  });
}

/** For the others where one of several is: the method erases all of them or none. */
function cancelled(ctx: JobCtx, together: readonly Erasure[]): AdapterError {
  const what = together.length === 1 ? 'it was cancelled' : 'one of the drives that it would erase was cancelled';
  const system = ctx.adapters.providerOf('driveErase');
  return new AdapterError('rejected', `${what} before anything was sent`, { system, detail: { sent: false } });
}

/** The BMC said no, and will again. Wrong credentials wait for a person to set the right ones. */
function isFinal(error: unknown): error is AdapterError {
  return error instanceof AdapterError && error.retry === 'never' && error.kind !== 'unauthorized';
}

/** @returns what it waits for, where nobody else sees to that */
async function follow(erasing: Erasing, one: Erasure): Promise<EraseProgress['needs']> {
  const { ctx, erase, target } = erasing;
  const { deadlineMs, quietMs } = ctx.settings.erase;
  const now = ctx.now();
  const isLate = now.getTime() - Date.parse(one.announcedAt ?? one.requestedAt) > deadlineMs;
  let progress: EraseProgress;
  try {
    if (one.handle === null) throw new HubError('internal', `erasure ${one.id} is followed without a handle`);
    progress = await erase.followErase(target, one.handle, ctx.signal);
  } catch (error) {
    // Also what says no: it was sent, so that only time ends it.
    if (!(error instanceof AdapterError) || error.kind === 'unauthorized' || ctx.signal.aborted) throw error;
    if (isLate) await end(ctx, one, 'unknown', `the BMC does not answer: ${error.message}`);
    else await tx(ctx, (inside) => noteErase(inside, one, { said: error.message }));
    return null;
  }
  const { state, said, percent, evidence, needs } = progress;
  if (state === 'done') {
    await prove(erasing, one, progress);
    return null;
  }
  if (state === 'failed') {
    await tx(ctx, (inside) => endErase(inside, one, { state, why: said, evidence }));
    return null;
  }
  const quietSince = state === 'unknown' ? (one.quietSince ?? now.toISOString()) : null;
  const isQuiet = quietSince !== null && now.getTime() - Date.parse(quietSince) > quietMs;
  if (isLate || isQuiet) {
    const why = needs === null ? said : (one.said ?? said);
    await tx(ctx, (inside) => endErase(inside, one, { state: 'unknown', why, evidence }));
    return null;
  }
  const seen = { percent, evidence, quietSince };
  await tx(ctx, (inside) => noteErase(inside, one, needs === null ? { ...seen, said } : seen));
  return needs;
}

/** The erasures are sent and may begin whoever restarts the server: what goes wrong here is said, and they are followed on. */
async function restart(erasing: Erasing, waiting: readonly Erasure[], open: readonly Erasure[]): Promise<void> {
  const { ctx } = erasing;
  let how: string;
  try {
    how = await restartForErase(erasing, { waiting, open });
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind === 'unauthorized' || ctx.signal.aborted) throw error;
    how = `the restart that it waits for: ${error.message}`;
  }
  const said = `it begins at the next boot of the server; ${how}`;
  for (const one of waiting) await tx(ctx, (inside) => noteErase(inside, one, { said }));
}

/** The proof is kept for ever, as a document of the server's history, before anybody is told. */
async function prove({ ctx, asset }: Erasing, one: Erasure, { evidence }: EraseProgress): Promise<void> {
  const endedAt = ctx.now().toISOString();
  const empty = emptyReading('redfish');
  const line = (message: string) => ({ at: endedAt, severity: 'OK', message, source: 'erase' });
  const { slot, serial, method } = one;
  const document = writeReport({
    ...empty,
    // Not the BMC's source: what that said last, its parts and firmware, would be hidden by a document that lists none.
    source: 'tools',
    collectedAt: endedAt,
    host: {
      ...empty.host,
      assetId: asset.id,
      productSerial: asset.serial,
      manufacturer: asset.manufacturer,
      model: asset.model,
    },
    logEntries: [
      line(`drive ${serial} in ${slot} was erased by ${method ?? '?'}, asked for by ${one.requestedBy}: ${one.reason}`),
      line(`told at ${one.announcedAt ?? '?'}, done at ${endedAt}`),
      ...Object.entries(evidence).map(([name, value]) => line(`${name} = ${value}`)),
    ],
  });
  const { sha256 } = await ctx.bundles.takeDocument(ctx, document);
  await tx(ctx, (inside) => endErase(inside, one, { state: 'done', document: sha256, endedAt, evidence }));
}
