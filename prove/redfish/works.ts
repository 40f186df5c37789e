import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BmcSimulator, BmcSimulatorOptions } from '#adapters/redfish/simulator.ts';
import type { SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';
import { findAsset } from '#src/assets/reads.ts';
import { requestRotation } from '#src/bmc-access/commands/request-rotation.ts';
import type { Ctx } from '#src/core/ctx.ts';
import type { Seal } from '#src/core/seal.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { requestErase } from '#src/erasure/commands/request-erase.ts';
import { erasuresOf } from '#src/erasure/reads.ts';
import { cancelUpdate } from '#src/firmware/commands/cancel-update.ts';
import { requestUpdate } from '#src/firmware/commands/request-update.ts';
import { canWithdraw, isOnlyStored } from '#src/firmware/hop-moves.ts';
import { findUpdate, hopsOf } from '#src/firmware/reads.ts';
import { listJobs } from '#src/journal/reads.ts';
import type { EraseMethod } from '#src/ports/drive-erase.ts';

/** Something that must not be begun twice, and whose outcome must be known in the end. */
export interface Work {
  name: string;
  tree: SimulatedTreeName;
  bmc: Partial<BmcSimulatorOptions>;
  /** @returns its id */
  ask(ctx: Ctx, assetId: string): Promise<string>;
  hasEnded(ctx: Ctx, id: string): Promise<boolean>;
  /** What is wrong once it has ended. */
  broken(ctx: Ctx, id: string, bmc: BmcSimulator, seal: Seal): Promise<string[]>;
}

const VERSION = '01.03.07';

/** For as long as this process lives. */
async function servedImage(name: string): Promise<{ uri: string; sha256: string; size_bytes: number }> {
  const content = Buffer.from(`${name}\n`);
  const server = createServer((_request, answer) => void answer.end(content));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { uri: `http://127.0.0.1:${port}/${name}`, sha256, size_bytes: content.length };
}

interface Updating {
  tree: SimulatedTreeName;
  component: string;
  extension: string;
  mayReset?: boolean;
}

const BMC: Updating = { tree: 'supermicro', component: 'BMC', extension: 'bin' };
const RAID: Updating = { tree: 'hpe', component: '3', extension: 'fwpkg' };

function update(
  name: string,
  bmc: Partial<BmcSimulatorOptions>,
  { tree, component, extension, mayReset = true }: Updating = BMC,
): Work {
  const file = `${component}_${VERSION}.${extension}`;
  const hasTwoHalves = bmc.updates?.staged === true || bmc.updates?.queue !== undefined;
  return {
    ...{ name: `update, ${name}`, tree },
    bmc: { ...bmc, updates: bmc.updates ?? {} },
    async ask(ctx, assetId) {
      const named = { uri: `http://images.example/${file}`, sha256: '0'.repeat(64), size_bytes: 1 };
      const image = bmc.updates?.staged ? await servedImage(file) : named;
      const wanted = [{ component, version: VERSION, image }];
      const { updateId } = await tx(ctx, (inside) =>
        requestUpdate(inside, { assetId, wanted, mayReset, reason: 'a proof' }),
      );
      return updateId;
    },
    hasEnded: async (ctx, id) => (await findUpdate(ctx, id))?.finishedAt !== null,
    async broken(ctx, id, { updates, read }) {
      const [found, [hop]] = [await findUpdate(ctx, id), await hopsOf(ctx, id)];
      const taken = updates?.taken().length ?? 0;
      const started = hasTwoHalves ? (updates?.started() ?? 0) : taken;
      const version = read(`/redfish/v1/UpdateService/FirmwareInventory/${component}`)?.['Version'];
      const isThere = version === VERSION;
      const wrong: string[] = [];
      if (taken > 1) wrong.push(`the BMC took ${taken} updates`);
      if (started > 1) wrong.push(`the BMC started ${started} updates`);
      if (isThere && found?.state !== 'done')
        wrong.push(`it is at ${VERSION}, and the hub says ${found?.state}: ${found?.error}`);
      if (!isThere && found?.state === 'done') wrong.push(`it shows ${String(version)}, and the hub says done`);
      // Only where the worker died in the instant between its note and the request may it never have gone out; and then that is said.
      if (taken === 0 && !/not known/.test(found?.error ?? ''))
        wrong.push(`never sent, and the hub says ${found?.state}: ${found?.error}`);
      // Uploaded, and whether it was started is not known: then nothing is installed, and that is said.
      if (started === 0 && taken === 1 && found?.state !== 'failed')
        wrong.push(`not started, and it is ${found?.state}`);
      const isTakenBack = /^cancelled by/.test(found?.error ?? '');
      if (started === 1 && !isThere && !isTakenBack) wrong.push(`taken, and it shows ${String(version)}`);
      if (hop === undefined) wrong.push('no step was kept');
      for (const list of ['UpdateTaskQueue', 'ComponentRepository']) {
        const members = read(`/redfish/v1/UpdateService/${list}`)?.['Members'];
        if (Array.isArray(members) && members.length > 0) wrong.push(`${members.length} were left in the ${list}`);
      }
      const ends = await ctx
        .db('events')
        .whereIn('type', ['firmware.update_completed', 'firmware.update_failed'])
        .where({ subject_id: found?.assetId ?? '' });
      if (ends.length !== 1) wrong.push(`${ends.length} ends were told, not 1`);
      return wrong;
    },
  };
}

/** Asked for as soon as its BMC may let go of it, by somebody who asks again until that, or the update, has come to its end. */
function cancelled(work: Work): Work {
  return {
    ...work,
    name: `${work.name}, cancelled`,
    async ask(ctx, assetId) {
      const id = await work.ask(ctx, assetId);
      void cancelOnce(ctx, id);
      return id;
    },
    // Its job tidies up when the update has ended.
    async hasEnded(ctx, id) {
      const subject = (await findUpdate(ctx, id))?.assetId;
      const jobs = await listJobs(ctx, { name: 'cancel-update', subject, limit: 10 });
      return (await work.hasEnded(ctx, id)) && jobs.every(({ state }) => state === 'done' || state === 'dead');
    },
    async broken(ctx, id, bmc, seal) {
      const [found, [hop]] = [await findUpdate(ctx, id), await hopsOf(ctx, id)];
      const wrong = await work.broken(ctx, id, bmc, seal);
      const wasTakenBack = /^cancelled by/.test(found?.error ?? '');
      if (hop?.state === 'done' && wasTakenBack) wrong.push(`done, and the hub says ${found?.error}`);
      const isTold = /^cancelled by|not known|is gone|is not in/.test(found?.error ?? '');
      if (found?.state === 'failed' && !isTold) wrong.push(`failed without a reason of its cancelling: ${found.error}`);
      return wrong;
    },
  };
}

async function cancelOnce(ctx: Ctx, updateId: string): Promise<void> {
  for (;;) {
    const [update, [hop]] = [await findUpdate(ctx, updateId), await hopsOf(ctx, updateId)];
    if (update === undefined || update.finishedAt !== null) return;
    if (hop !== undefined && canWithdraw(hop) && !isOnlyStored(hop)) {
      // Whoever is later than its end is told so, and leaves it.
      await tx(ctx, (inside) => cancelUpdate(inside, { updateId, reason: 'a proof' })).catch((error: unknown) => {
        if (!(error instanceof HubError) || error.kind !== 'conflict') throw error;
      });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Erasing {
  tree: SimulatedTreeName;
  drives: { slot: string; serial: string }[];
  method: EraseMethod | null;
  bmc: Partial<BmcSimulatorOptions>;
}

const oneDrive = (bmc: Partial<BmcSimulatorOptions>): Erasing => ({
  ...{ tree: 'openbmc', method: null, bmc },
  drives: [{ slot: 'NVMe Slot 0', serial: 'PHAX0A01003P8' }],
});

function erase(name: string, { tree, drives, method, bmc }: Erasing): Work {
  return {
    name: `erase, ${name}`,
    tree,
    bmc: { ...bmc, erase: bmc.erase ?? {} },
    async ask(ctx, assetId) {
      const want = { assetId, drives, method, reason: 'a proof' };
      return (await tx(ctx, (inside) => requestErase(inside, want))).requestId;
    },
    hasEnded: async (ctx, id) => (await erasuresOf(ctx, id)).every(({ endedAt }) => endedAt !== null),
    async broken(ctx, id, { erase: done, requests }) {
      const wrong: string[] = [];
      // A request that the BMC never got is counted here too: it was sent, and is not sent again.
      const boots = requests.filter(({ method: verb, path }) => verb === 'POST' && /System\.Reset$/.test(path));
      for (const found of await erasuresOf(ctx, id)) {
        const begun = done?.begun(found.serial) ?? 0;
        if (begun > 1) wrong.push(`it was begun ${begun} times`);
        const [from, to] = [Date.parse(found.announcedAt ?? ''), Date.parse(found.endedAt ?? '')];
        const own = boots.filter(({ at }) => at > from && at < to).length;
        if (own > 1) wrong.push(`the server was restarted ${own} times under the erasure of ${found.serial}`);
        const isErased = done?.erased().includes(found.serial) ?? false;
        const says = `the hub says ${found.state}: ${found.why}`;
        if (isErased !== (found.state === 'done')) wrong.push(`${isErased ? 'erased' : 'not erased'}, and ${says}`);
        if (begun === 0 && found.state !== 'unknown') wrong.push(`never sent, and ${says}`);
        if (found.state === 'done' && (found.document === null || Object.keys(found.evidence).length === 0))
          wrong.push('done without a proof');
        const told = await ctx
          .db('events')
          .where('type', 'like', 'asset.drive_erase%')
          .where({ subject_id: found.assetId })
          .where('data', 'like', `%${found.id}%`);
        if (told.length !== 1) wrong.push(`${told.length} ends of ${found.serial} were told, not 1`);
      }
      return wrong;
    },
  };
}

/** Several requests for one server at once: one boot is for all of them. */
function together(name: string, works: readonly [Work, ...Work[]]): Work {
  const each = (id: string): [Work, string][] => id.split('+').map((one, at) => [works[at] as Work, one]);
  return {
    ...works[0],
    name: `together, ${name}`,
    bmc: Object.assign({}, ...works.map(({ bmc }) => bmc)),
    ask: async (ctx, assetId) => (await Promise.all(works.map((work) => work.ask(ctx, assetId)))).join('+'),
    hasEnded: async (ctx, id) =>
      (await Promise.all(each(id).map(([work, one]) => work.hasEnded(ctx, one)))).every(Boolean),
    broken: async (ctx, id, bmc, seal) =>
      (await Promise.all(each(id).map(([work, one]) => work.broken(ctx, one, bmc, seal)))).flat(),
  };
}

const scheduled = (n: number): Work =>
  erase(`scheduled by iDRAC until the server starts, drive ${n}`, {
    ...{ tree: 'dell', method: null },
    drives: [{ slot: `Disk.Bay.${n}:Enclosure.Internal.0-1:RAID.SL.3-1`, serial: `6CK0A01ST7B${n + 1}` }],
    bmc: { tasks: { named: 'job', durationMs: 100 }, erase: { staged: true } },
  });

/** Beside what its own tests show of it: a process that is gone, with what it had in its hands. */
const rotation: Work = {
  name: 'a new password',
  tree: 'dell',
  bmc: { lockoutAfter: 3 },
  ask: (ctx, assetId) =>
    tx(ctx, async (inside) => {
      await requestRotation(inside, { assetId, userName: null, disableOld: false, reason: 'a proof' });
      return assetId;
    }),
  async hasEnded(ctx, id) {
    const jobs = await listJobs(ctx, { name: 'rotate-bmc-password', subject: id, limit: 10 });
    return jobs.length > 0 && jobs.every(({ state }) => state === 'done' || state === 'dead');
  },
  async broken(ctx, id, bmc, seal) {
    const [job] = await listJobs(ctx, { name: 'rotate-bmc-password', subject: id, limit: 1 });
    const asset = await findAsset(ctx, id);
    const account = bmc.accounts().find(({ userName }) => userName === asset?.bmcUsername);
    const known = asset?.bmcPasswordSealed ? seal.open(asset.bmcPasswordSealed) : null;
    const wrong: string[] = [];
    if (job?.state !== 'done') wrong.push(`the job is ${job?.state}: ${JSON.stringify(job?.error)}`);
    if (known === null || account?.password !== known) wrong.push('the hub does not know the password that holds');
    if (account?.password === bmc.password) wrong.push('the old password holds');
    if (bmc.locked()) wrong.push('the account is locked');
    if (bmc.counters().refusedLogins > 2) wrong.push(`${bmc.counters().refusedLogins} logins were refused`);
    return wrong;
  },
};

export const WORKS: readonly Work[] = [
  update('a task that stays', { tasks: { durationMs: 200 } }),
  update('no task at all', { tasks: { named: 'nowhere', durationMs: 200, vanishAfterMs: 1 } }),
  update('after a restart of the server', { tasks: { durationMs: 100 }, updates: { applies: 'host-reset' } }),
  erase('a task that stays', oneDrive({ tasks: { durationMs: 200 } })),
  erase(
    'a drive that shows it',
    oneDrive({ tasks: { named: 'nowhere', durationMs: 300 }, erase: { showsOperations: true } }),
  ),
  rotation,
  update('uploaded, checked and started', {
    tasks: { durationMs: 200, named: 'accepted' },
    updates: { ways: ['multipart'], staged: true },
  }),
  update('through iLO’s repository and queue', { tasks: { durationMs: 100 }, updates: { queue: ['Uefi'] } }, RAID),
  erase('at the next boot of the server', {
    ...{ tree: 'hpe', method: 'hpe-secure-system-erase' },
    drives: ['1', '2'].flatMap((bay) => [
      { slot: `Box 2:Bay ${bay}`, serial: `S6EXNE0T4A010${bay}` },
      { slot: `Slot 2 1I:3:${bay}`, serial: `WFK0A01${bay}` },
    ]),
    bmc: { erase: { ways: ['hpe-system'], systemMs: 300 } },
  }),
  scheduled(0),
  cancelled(
    update(
      'in iLO’s queue until a boot',
      { tasks: { durationMs: 100 }, updates: { queue: ['Uefi'] } },
      { ...RAID, mayReset: false },
    ),
  ),
  cancelled(update('as iLO begins', { tasks: { durationMs: 100 }, updates: { queue: ['Bmc'], queueMs: 300 } }, RAID)),
  together('two erasures that wait for a boot', [scheduled(0), scheduled(1)]),
];
