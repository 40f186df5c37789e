import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type BmcSimulator, type BmcSimulatorOptions, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

// What iLO cannot install by itself: into its repository, then into its queue, which UEFI goes through at a boot.
let on: TestHub;
const bmcs: BmcSimulator[] = [];
beforeAll(async () => {
  on = await testHub({
    without: ['NETBOX', 'JIRA', 'AWX'],
    env: { FIRMWARE_QUIET_MS: '500', FIRMWARE_DEADLINE_MS: '15000', HEALTH_POLL_MS: '0', LOG_POLL_MS: '0' },
  });
}, 180_000);
afterAll(() => on.close());
afterEach(async () => {
  for (const one of bmcs.splice(0)) await one.close();
});

let servers = 0;
async function server(updates: BmcSimulatorOptions['updates']) {
  servers += 1;
  const { env } = on.stage;
  const host = `127.89.${servers % 250}.${1 + (process.pid % 250)}`;
  const bmc = await startBmcSimulator({
    ...{ tree: simulatedTree('hpe'), host, port: Number(env['BMC_PORT']), tasks: { durationMs: 50 } },
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

async function ended(id: string): Promise<{ state: string; error: string | null }> {
  return until('the end of the update', async () => {
    const { items } = await on.client.get<{ items: { state: string; error: string | null }[] }>(
      `/v1/assets/${id}/firmware-updates`,
    );
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
  expect([bmc.updates?.taken(), queued(bmc)]).toEqual([[FILE], []]);
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
  expect(queued(bmc)).toEqual([]);
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
