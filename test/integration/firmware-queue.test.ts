import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type BmcSimulator, type BmcSimulatorOptions, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { addFirmwareCommands } from '#src/firmware-commands.ts';
import { listUpdates, sentHop } from '#src/firmware/reads.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

// What iLO cannot install by itself: into its repository, then into its queue, which UEFI goes through at a boot.
let on: TestHub;
const bmcs: BmcSimulator[] = [];
beforeAll(async () => {
  on = await testHub({
    without: ['NETBOX', 'JIRA', 'AWX'],
    env: { FIRMWARE_QUIET_MS: '5000', FIRMWARE_DEADLINE_MS: '15000', HEALTH_POLL_MS: '0', LOG_POLL_MS: '0' },
  });
}, 180_000);
afterAll(() => on.close());
afterEach(async () => {
  for (const one of bmcs.splice(0)) await one.close();
});

let servers = 0;
async function server(
  updates: BmcSimulatorOptions['updates'],
  tasks: BmcSimulatorOptions['tasks'] = { durationMs: 50 },
) {
  servers += 1;
  const { env } = on.stage;
  const host = `127.89.${servers % 250}.${1 + (process.pid % 250)}`;
  const bmc = await startBmcSimulator({
    ...{ tree: simulatedTree('hpe'), host, port: Number(env['BMC_PORT']), tasks: tasks ?? {} },
    ...{ username: 'root', password: env['REDFISH_PASSWORD'] ?? '' },
    ...(updates === undefined ? {} : { updates }),
  });
  bmcs.push(bmc);
  const [id, now] = [newId(), toSql(new Date())];
  await on.hub.ctx.db('assets').insert({
    ...{ id, name: `fwq-${servers}`, lifecycle_state: 'HARDENED', bmc_address: host },
    ...{ state_since: now, created_at: now, updated_at: now },
  });
  return { id, bmc };
}

const FILE = '3_5.61.fwpkg';
const SERVICE = '/redfish/v1/UpdateService';
const QUEUE = `${SERVICE}/UpdateTaskQueue`;
const uefi = { queue: ['Uefi'] } as const;
const raid = {
  ...{ component: '3', version: '5.61' },
  image: { uri: `http://images.example/${FILE}`, sha256: '0'.repeat(64), size_bytes: 1 },
};
const ask = (id: string, more: object = { may_reset: true }) =>
  on.client.post(`/v1/assets/${id}/firmware-updates`, { components: [raid], reason: 'a test', ...more });
const count = (bmc: BmcSimulator, end: string) =>
  bmc.requests.filter(({ method, path }) => method === 'POST' && path.endsWith(end)).length;
const resets = (bmc: BmcSimulator) => count(bmc, 'ComputerSystem.Reset');
const queued = (bmc: BmcSimulator) => bmc.read(QUEUE)?.['Members'];
const stored = (bmc: BmcSimulator) => bmc.read(`${SERVICE}/ComponentRepository`)?.['Members'];

interface Shown {
  items: {
    state: string;
    error: string | null;
    steps: { state: string; why: string | null; withdrawable: boolean }[];
  }[];
}

async function ended(id: string): Promise<Shown['items'][number]> {
  return until('the end of the update', async () => {
    const { items } = await on.client.get<Shown>(`/v1/assets/${id}/firmware-updates`);
    return items[0] !== undefined && ['done', 'failed'].includes(items[0].state) ? items[0] : undefined;
  });
}

test('is taken in once, queued once and installed by one restart, also where nobody heard either answer', async () => {
  const { id, bmc } = await server(uefi);
  bmc.change(`${SERVICE}/FirmwareInventory/3`, { Updateable: false });
  bmc.addFault({ match: 'POST .*AddFromUri', kind: 'drop-answer', times: 1 });
  bmc.addFault({ match: 'POST .*UpdateTaskQueue', kind: 'drop-answer', times: 1 });
  await ask(id);
  expect(await ended(id)).toMatchObject({ state: 'done', error: null });
  expect([count(bmc, 'AddFromUri'), count(bmc, 'UpdateTaskQueue'), resets(bmc)]).toEqual([1, 1, 1]);
  expect([bmc.updates?.taken(), queued(bmc), stored(bmc)]).toEqual([[FILE], [], []]);
});

test('iLO 7 leaves the task pending for ever: the version decides, and the queue is empty for the next one', async () => {
  const { id, bmc } = await server({ ...uefi, staysPending: true });
  await ask(id);
  expect(await ended(id)).toMatchObject({ state: 'done', error: null });
  expect([resets(bmc), queued(bmc)]).toEqual([1, []]);
});

test('what iLO installs by itself needs no restart', async () => {
  const { id, bmc } = await server({ queue: ['Bmc'] });
  await ask(id, {});
  expect(await ended(id)).toMatchObject({ state: 'done', error: null });
  expect([resets(bmc), queued(bmc)]).toEqual([0, []]);
});

test('one that fails says with what, and does not stop the queue for others', async () => {
  const { id, bmc } = await server({ ...uefi, ends: 'fails' });
  await ask(id);
  expect(await ended(id)).toMatchObject({ state: 'failed', error: expect.stringMatching(/could not be applied/) });
  expect([queued(bmc), stored(bmc)]).toEqual([[], []]);
});

test('where no restart was allowed, it is taken off the queue in the end, and installed by no later boot', async () => {
  const { id, bmc } = await server(uefi);
  await ask(id, {});
  await until('a place in the queue', async () => (bmc.updates?.started() === 1 ? true : undefined));
  expect(await ended(id)).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/reset of the server, which was/),
  });
  expect([resets(bmc), queued(bmc)]).toEqual([0, []]);
}, 180_000);

test('a place in the queue that iLO does not give up is told', async () => {
  const { id, bmc } = await server({ ...uefi, ends: 'fails' });
  bmc.addFault({ match: 'DELETE .*UpdateTaskQueue', kind: 'status', status: 400 });
  await ask(id);
  expect((await ended(id)).error).toMatch(/could not be applied.*“Reanimator .*” is still in the BMC’s queue/);
});

test('an image that iLO does not delete is told with the step that is done', async () => {
  const { id, bmc } = await server({ queue: ['Bmc'] });
  bmc.addFault({ match: 'DELETE .*ComponentRepository', kind: 'status', status: 400 });
  await ask(id, {});
  expect(await ended(id)).toMatchObject({
    state: 'done',
    steps: [
      { state: 'done', why: expect.stringMatching(/its image 3_5.61.fwpkg is still in the BMC’s repository: .*400/) },
    ],
  });
});

test('an image that was there before stays there', async () => {
  const { id, bmc } = await server({ queue: ['Bmc'] });
  const link = `${SERVICE}/ComponentRepository/theirs`;
  bmc.change(link, { '@odata.id': link, Filename: FILE, SizeBytes: 1, UpdatableBy: ['Bmc'] });
  bmc.change(`${SERVICE}/ComponentRepository`, { Members: [{ '@odata.id': link }], 'Members@odata.count': 1 });
  await ask(id, {});
  expect(await ended(id)).toMatchObject({ state: 'done', steps: [{ state: 'done', why: null }] });
  expect([count(bmc, 'AddFromUri'), stored(bmc)]).toEqual([0, [{ '@odata.id': link }]]);
});

describe('cancelled', () => {
  const updateOf = async (id: string) =>
    (await listUpdates(on.hub.ctx, { assetId: id, before: undefined, limit: 1 }))[0];
  const cancel = async (id: string) =>
    on.client.post<{ jobs?: string; state?: string }>(`/v1/firmware-updates/${(await updateOf(id))?.id}/cancel`, {
      reason: 'wrong server',
    });
  const withdrawable = (id: string) =>
    until('a step that may be taken back', async () => {
      const { items } = await on.client.get<Shown>(`/v1/assets/${id}/firmware-updates`);
      return items[0]?.steps.some((one) => one.withdrawable) ? true : undefined;
    });
  const inQueue = async (id: string, bmc: BmcSimulator) => {
    await until('a place in the queue', async () => (bmc.updates?.started() === 1 ? true : undefined));
    return until('its task', async () => {
      const handle = (await sentHop(on.hub.ctx, id))?.handle;
      return handle?.staged === true ? undefined : (handle?.task ?? undefined);
    });
  };
  const outcome = (jobs: string | undefined) =>
    until('the outcome', async () => {
      const { items } = await on.client.get<{ items: { result: object | null }[] }>(jobs ?? '');
      return items[0]?.result ?? undefined;
    });

  test('what waits in iLO’s queue is taken out of it, and installed by no later boot', async () => {
    const { id, bmc } = await server(uefi);
    await ask(id, {});
    await inQueue(id, bmc);
    bmc.addFault({ match: 'DELETE .*UpdateTaskQueue', kind: 'drop-answer', times: 1 });
    const { jobs } = await cancel(id);
    expect(await outcome(jobs)).toMatchObject({ outcome: 'ended', state: 'failed' });
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/^cancelled by .*: wrong server \(.*; it shows 5\.32\)$/),
      steps: [{ state: 'failed' }],
    });
    expect([queued(bmc), stored(bmc), resets(bmc)]).toEqual([[], [], 0]);
    await expect(cancel(id)).rejects.toThrow(/The update is over/);
  });

  test('what iLO has begun goes on, and that is said', async () => {
    const { id, bmc } = await server(uefi);
    await ask(id, {});
    const task = await inQueue(id, bmc);
    bmc.change(task, { State: 'InProgress' });
    expect(await outcome((await cancel(id)).jobs)).toMatchObject({
      outcome: 'not cancelled',
      why: expect.stringMatching(/InProgress/),
    });
    bmc.change(`${SERVICE}/FirmwareInventory/3`, { Version: '5.61' });
    bmc.change(task, { State: 'Complete' });
    expect(await ended(id)).toMatchObject({ state: 'done', error: null });
    const { items } = await on.client.get<{ items: { sentence: string }[] }>(`/v1/assets/${id}/timeline?limit=50`);
    expect(items.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([expect.stringMatching(/was not cancelled, and goes on: InProgress/)]),
    );
  });

  test('what iLO is still taking in is never queued, and deleted there once it has come', async () => {
    const { id, bmc } = await server(uefi, { durationMs: 8_000 });
    await ask(id, {});
    await withdrawable(id);
    await outcome((await cancel(id)).jobs);
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/wrong server \(its BMC had taken the image, and was not told to install it\)/),
    });
    expect([bmc.updates?.taken(), bmc.updates?.started(), queued(bmc), stored(bmc)]).toEqual([[FILE], 0, [], []]);
    expect(
      bmc.requests.filter(({ method, path }) => method === 'DELETE' && /ComponentRepository/.test(path)),
    ).toHaveLength(1);
  });

  test('on the command line too, with what came of it', async () => {
    const { id, bmc } = await server(uefi);
    await ask(id, {});
    await inQueue(id, bmc);
    const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const told: string[] = [];
    for (const spy of spies) spy.mockImplementation((chunk) => told.push(String(chunk)) > 0);
    try {
      const program = new Command().exitOverride();
      addFirmwareCommands(program, (act) => act(on.hub));
      await program.parseAsync([
        'node',
        'reanimator',
        'firmware',
        'cancel',
        (await updateOf(id))?.id ?? '',
        '-r',
        'wrong server',
      ]);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect(told.join('')).toMatch(/ended: cancelled by .*wrong server/);
    expect([queued(bmc), stored(bmc)]).toEqual([[], []]);
  });
});

test('is not begun while something of somebody else is pending', async () => {
  const { id, bmc } = await server(uefi);
  const other = `${QUEUE}/other`;
  const type = { '@odata.id': other, '@odata.type': '#HpeComponentUpdateTask.v1_5_0.HpeComponentUpdateTask' };
  bmc.change(other, { ...type, Filename: 'x.rpm', State: 'Pending', UpdatableBy: ['RuntimeAgent'] });
  bmc.change(QUEUE, { Members: [{ '@odata.id': other }], 'Members@odata.count': 1 });
  await ask(id);
  const looks = () => bmc.requests.filter(({ path }) => path.startsWith(QUEUE)).length;
  await until('two looks at the queue', async () => (looks() > 4 ? true : undefined));
  expect([bmc.updates?.taken(), resets(bmc)]).toEqual([[], 0]);
  bmc.change(other, { State: 'Complete' });
  expect(await ended(id)).toMatchObject({ state: 'done', error: null });
  expect([resets(bmc), queued(bmc)]).toEqual([1, [{ '@odata.id': other }]]);
});
