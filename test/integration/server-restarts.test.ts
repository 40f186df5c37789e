import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type BmcSimulator, type BmcSimulatorOptions, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { claimRestart, restartUnderWay, settleRestart } from '#src/control/commands/claim-restart.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { type Erasure, listErasures } from '#src/erasure/reads.ts';
import { sentHop } from '#src/firmware/reads.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

// Several things of one server wait for a boot: two workers, each at its own job, and one restart.
let on: TestHub;
let second: { kill(): Promise<void> } | undefined;
const bmcs: BmcSimulator[] = [];
beforeAll(async () => {
  on = await testHub({
    without: ['NETBOX', 'JIRA', 'AWX'],
    env: { FIRMWARE_QUIET_MS: '60000', HEALTH_POLL_MS: '0', LOG_POLL_MS: '0' },
  });
  second = await on.startWorkerProcess();
}, 90_000);
afterAll(async () => {
  await second?.kill();
  await on.close();
});
afterEach(async () => {
  for (const one of bmcs.splice(0)) await one.close();
});

let servers = 0;
async function server(options: Partial<BmcSimulatorOptions>) {
  servers += 1;
  const { env } = on.stage;
  const host = `127.90.${servers % 250}.${1 + (process.pid % 250)}`;
  const bmc = await startBmcSimulator({
    ...{ tree: simulatedTree('dell'), host, port: Number(env['BMC_PORT']) },
    ...{ username: 'root', password: env['REDFISH_PASSWORD'] ?? '' },
    ...{ tasks: { named: 'job', durationMs: 600_000 }, erase: { staged: true }, ...options },
  });
  bmcs.push(bmc);
  const [id, now] = [newId(), toSql(new Date())];
  await on.hub.ctx.db('assets').insert({
    ...{ id, name: `boot-${servers}`, lifecycle_state: 'DECOMMISSIONING', bmc_address: host },
    ...{ state_since: now, created_at: now, updated_at: now },
  });
  return { id, bmc };
}

const bay = (n: number) => ({
  slot: `Disk.Bay.${n}:Enclosure.Internal.0-1:RAID.SL.3-1`,
  serial: `6CK0A01ST7B${n + 1}`,
});
const BIOS_ROW = '/redfish/v1/UpdateService/FirmwareInventory/Installed-159-1.15.2__BIOS.Setup.1-1';
const bios = {
  ...{ component: 'BIOS.Setup.1-1', version: '1.16.0' },
  image: { uri: 'http://images.example/BIOS_1.16.0.exe', sha256: '0'.repeat(64), size_bytes: 1 },
};
const scheduled = { JobState: 'Scheduled', Message: 'Task successfully scheduled.', MessageId: 'IDRAC.2.8.JCP001' };
const completed = { JobState: 'Completed', Message: 'Job completed successfully.', PercentComplete: 100 };

const erase = (id: string, n: number) => on.client.post(`/v1/assets/${id}/erasures`, { drives: [bay(n)] });
const update = (id: string) =>
  on.client.post(`/v1/assets/${id}/firmware-updates`, { components: [bios], reason: 'a test', may_reset: true });
const erasures = (id: string): Promise<Erasure[]> =>
  listErasures(on.hub.ctx, { assetId: id, before: undefined, limit: 10 });
const boots = ({ requests }: BmcSimulator) =>
  requests.flatMap(({ path, json }) => (path.endsWith('ComputerSystem.Reset') ? [json] : []));
const jobsOf = (id: string, count: number) =>
  until(`${count} erasures at the BMC`, async () => {
    const jobs = (await erasures(id)).flatMap(({ handle }) => handle?.task ?? []);
    return jobs.length === count ? jobs : undefined;
  });
const updateJobOf = (id: string) =>
  until('the update at the BMC', async () => (await sentHop(on.hub.ctx, id))?.handle?.job ?? undefined);
const saying = (id: string, words: RegExp) =>
  until(`all saying ${String(words)}`, async () =>
    (await erasures(id)).every(({ said }) => words.test(said ?? '')) ? true : undefined,
  );

test('several requests and an update that come to wait at the same instant get one restart, which is told to each', async () => {
  const { id, bmc } = await server({ updates: {} });
  for (const n of [0, 1, 2]) await erase(id, n);
  await update(id);
  const jobs = [...(await jobsOf(id, 3)), await updateJobOf(id)];
  // Whoever looks, looks for long: all of them have seen that nothing is in the way before the first has sent anything.
  bmc.addFault({ match: 'GET .*/Systems/System.Embedded.1$', kind: 'slow', ms: 400 });
  for (const job of jobs) bmc.change(job, scheduled);
  await saying(id, /the BMC took ForceRestart|the server was restarted for /);
  await until('the update told of it', async () => (await sentHop(on.hub.ctx, id))?.resetAnnouncedAt ?? undefined);
  bmc.clearFaults();
  for (const job of jobs) bmc.change(job, completed);
  bmc.change(BIOS_ROW, { Version: '1.16.0' });
  await until('the end of all', async () => {
    const open = (await erasures(id)).filter(({ endedAt }) => endedAt === null);
    return open.length === 0 && (await sentHop(on.hub.ctx, id)) === null ? true : undefined;
  });
  expect((await erasures(id)).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  expect(boots(bmc)).toEqual([{ ResetType: 'ForceRestart' }]);
  const { items } = await on.client.get<{ items: { type: string; sentence: string }[] }>(
    `/v1/assets/${id}/timeline?limit=200`,
  );
  const told = items.filter(({ type }) => type === 'asset.erase_restarted').map(({ sentence }) => sentence);
  expect(told).toHaveLength(3);
  for (const n of [0, 1, 2]) expect(told.filter((one) => one.includes(bay(n).serial)).length).toBeGreaterThan(0);
}, 90_000);

test('an update’s restart waits for an erasure that is under way, and says so', async () => {
  const { id, bmc } = await server({ updates: {} });
  await erase(id, 0);
  const [erasing = ''] = await jobsOf(id, 1);
  await update(id);
  const updating = await updateJobOf(id);
  bmc.change(updating, scheduled);
  await until('the update waits', async () =>
    (await sentHop(on.hub.ctx, id))?.said?.includes(`waits for drive ${bay(0).serial}, which is being erased`)
      ? true
      : undefined,
  );
  expect(boots(bmc)).toEqual([]);
  bmc.change(erasing, completed);
  await until('the restart', async () => (boots(bmc).length > 0 ? true : undefined));
  bmc.change(BIOS_ROW, { Version: '1.16.0' });
  bmc.change(updating, completed);
  await until('the end of the update', async () => ((await sentHop(on.hub.ctx, id)) === null ? true : undefined));
  expect(boots(bmc)).toEqual([{ ResetType: 'ForceRestart' }]);
}, 90_000);

test('an erasure’s restart waits for an image that is being written', async () => {
  const { id, bmc } = await server({ updates: {} });
  await update(id);
  const updating = await updateJobOf(id);
  await erase(id, 0);
  const [erasing = ''] = await jobsOf(id, 1);
  bmc.change(erasing, scheduled);
  await saying(id, /that waits for the update of BIOS 1\.15\.2 → 1\.16\.0: /);
  expect(boots(bmc)).toEqual([]);
  bmc.change(BIOS_ROW, { Version: '1.16.0' });
  bmc.change(updating, completed);
  await saying(id, /the BMC took ForceRestart/);
  bmc.change(erasing, completed);
  await until('the end', async () => ((await erasures(id))[0]?.state === 'done' ? true : undefined));
  expect(boots(bmc)).toEqual([{ ResetType: 'ForceRestart' }]);
}, 90_000);

test('a restart that the BMC refuses is taken back for all that waited for it, and asked for again', async () => {
  const { id, bmc } = await server({});
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'status', status: 400, times: 1 });
  for (const n of [0, 1]) await erase(id, n);
  const jobs = await jobsOf(id, 2);
  for (const job of jobs) bmc.change(job, scheduled);
  await saying(id, /the BMC took ForceRestart|the server was restarted for /);
  expect(boots(bmc)).toHaveLength(2);
  for (const job of jobs) bmc.change(job, completed);
  await until('the end', async () => ((await erasures(id)).every(({ state }) => state === 'done') ? true : undefined));
  expect(boots(bmc)).toHaveLength(2);
}, 90_000);

test('nothing that a restart would cut off is sent while one is being sent; one that nobody settles is over in the end', async () => {
  const { id, bmc } = await server({});
  const { ctx } = on.hub;
  await tx(ctx, async (inside) => {
    expect(await restartUnderWay(inside, id)).toBeNull();
    await claimRestart(inside, id, 'somebody');
  });
  await erase(id, 0);
  const refused = () =>
    on.hub.ctx.db('effects').where({ state: 'refused' }).where('error', 'like', '%restarted just now%');
  await until('a start that was held back', async () =>
    (await refused().select('effect_key')).length > 0 ? true : undefined,
  );
  expect(bmc.erase?.begun()).toBe(0);
  await tx(ctx, (inside) => settleRestart(inside, id, 'another'));
  expect(await tx(ctx, (inside) => restartUnderWay(inside, id))).toMatchObject({ claim: 'somebody' });
  const later = { ...ctx, now: () => new Date(Date.now() + 16 * 60_000) };
  expect(await tx(later, (inside) => restartUnderWay(inside, id))).toBeNull();
  await tx(ctx, (inside) => settleRestart(inside, id, 'somebody'));
  const [job = ''] = await jobsOf(id, 1);
  bmc.change(job, completed);
  await until('the end', async () => ((await erasures(id))[0]?.state === 'done' ? true : undefined));
  expect(bmc.erase?.begun()).toBe(1);
}, 90_000);
