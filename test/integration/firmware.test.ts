import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { servedImage } from '#adapters/redfish/firmware/lab-for-tests.ts';
import { type BmcSimulator, type BmcSimulatorOptions, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { announceErase, chooseMethod } from '#src/erasure/commands/advance-erase.ts';
import { requestErase } from '#src/erasure/commands/request-erase.ts';
import { erasuresOf, listErasures } from '#src/erasure/reads.ts';
import { announce, keepPlan, prepareHop } from '#src/firmware/commands/advance-update.ts';
import { requestUpdate } from '#src/firmware/commands/request-update.ts';
import { type Hop, hopsOf } from '#src/firmware/reads.ts';
import { toSql } from '#src/core/time.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

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
async function server(tree: SimulatedTreeName, options: Partial<BmcSimulatorOptions>, state = 'HARDENED') {
  servers += 1;
  const { env } = on.stage;
  const host = `127.88.${servers % 250}.${1 + (process.pid % 250)}`;
  const bmc = await startBmcSimulator({
    ...{ tree: simulatedTree(tree), host, port: Number(env['BMC_PORT']), tasks: { durationMs: 50 } },
    ...{ username: 'root', password: env['REDFISH_PASSWORD'] ?? '' },
    ...options,
  });
  bmcs.push(bmc);
  const [id, now] = [newId(), toSql(new Date())];
  const times = { state_since: now, created_at: now, updated_at: now };
  await on.hub.ctx
    .db('assets')
    .insert({ id, name: `fw-${servers}`, lifecycle_state: state, bmc_address: host, ...times });
  return { id, bmc };
}

const image = (name: string) => ({ uri: `http://images.example/${name}`, sha256: '0'.repeat(64), size_bytes: 1 });
const reason = 'a test';
const bios = { component: 'BIOS.Setup.1-1', version: '1.16.0', image: image('BIOS_1.16.0.exe') };

interface Shown {
  items: { state: string; error: string | null; steps: { name: string; state: string; from: string; to: string }[] }[];
}
async function ended(id: string) {
  return until('the end of the update', async () => {
    const { items } = await on.client.get<Shown>(`/v1/assets/${id}/firmware-updates`);
    return items[0] !== undefined && ['done', 'failed'].includes(items[0].state) ? items[0] : undefined;
  });
}
async function sentences(id: string): Promise<string[]> {
  const { items } = await on.client.get<{ items: { sentence: string }[] }>(`/v1/assets/${id}/timeline?limit=200`);
  return items.map(({ sentence }) => sentence);
}

test('one step after the other, in the order of the policy; what is there already is left out', async () => {
  const { id, bmc } = await server('dell', { updates: {} });
  const components = [
    { component: 'RAID.SL.3-1', version: '52.26.0-5179', image: image('RAID_52.26.0-5179.exe') },
    bios,
    { component: 'iDRAC.Embedded.1-1', version: '7.20.10.00', image: image('iDRAC_7.20.10.00.exe') },
  ];
  await on.client.post(`/v1/assets/${id}/firmware-updates`, { components, reason });
  await expect(on.client.post(`/v1/assets/${id}/firmware-updates`, { components, reason })).rejects.toThrow(
    /open already/,
  );
  const update = await ended(id);
  expect(update).toMatchObject({ state: 'done', error: null });
  expect(update.steps.map(({ name, from, to, state }) => [name, from, to, state])).toEqual([
    ['BIOS', '1.15.2', '1.16.0', 'done'],
    ['Integrated Dell Remote Access Controller', '7.10.50.00', '7.20.10.00', 'done'],
  ]);
  expect(bmc.updates?.taken()).toEqual(['BIOS_1.16.0.exe', 'iDRAC_7.20.10.00.exe']);
  expect(await sentences(id)).toEqual(expect.arrayContaining(['Updated: BIOS 1.15.2 → 1.16.0']));
});

test('an image that breaks its component: it goes back to what iDRAC has kept, and what follows is not begun', async () => {
  const { id, bmc } = await server('dell', { updates: { ends: 'breaks' } });
  const idrac = { component: 'iDRAC.Embedded.1-1', version: '7.20.10.00', image: image('iDRAC_7.20.10.00.exe') };
  await on.client.post(`/v1/assets/${id}/firmware-updates`, { components: [bios, idrac], reason });
  const update = await ended(id);
  expect(update).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/could not be applied.*went back to 1.15.2/),
  });
  expect(bmc.updates?.taken()).toEqual(['BIOS_1.16.0.exe', 'back to 1.15.2']);
  expect(update.steps.map(({ state }) => state)).toEqual(['failed', 'planned']);
});

test('a BMC that says all went well, and shows the old version', async () => {
  const { id } = await server('supermicro', { updates: { ends: 'stays' } });
  const components = [{ component: 'BMC', version: '01.03.01', image: image('BMC_01.03.01.bin') }];
  await on.client.post(`/v1/assets/${id}/firmware-updates`, { components, reason });
  expect((await ended(id)).error).toMatch(/says that it went well .*but it shows 01.02.14, not 01.03.01/);
});

test('what the BMC does not have, or refuses, is told before or at the start', async () => {
  const { id, bmc } = await server('supermicro', { updates: {} });
  const post = (component: string, name: string) =>
    on.client.post(`/v1/assets/${id}/firmware-updates`, {
      components: [{ component, version: '9', image: image(name) }],
      reason,
    });
  await post('GPU9', 'GPU9_9.bin');
  expect((await ended(id)).error).toMatch(/lists no GPU9; it lists BIOS, BMC, NIC1/);
  bmc.addFault({
    match: 'POST .*SimpleUpdate',
    kind: 'status',
    status: 400,
    body: {
      error: {
        '@Message.ExtendedInfo': [{ MessageId: 'Update.1.0.VerificationFailed', Message: 'The image is not signed.' }],
      },
    },
  });
  await post('BIOS', 'BIOS_9.bin');
  await until(
    'the second',
    async () => (await on.client.get<Shown>(`/v1/assets/${id}/firmware-updates`)).items.length === 2,
  );
  expect((await ended(id)).error).toMatch(/not signed/);
  expect(bmc.updates?.taken()).toEqual([]);
});

test('a BMC without an update service: said, and the next request is not blocked', async () => {
  const { id, bmc } = await server('openbmc', {});
  bmc.change('/redfish/v1', { UpdateService: null });
  for (const count of [1, 2]) {
    await on.client.post(`/v1/assets/${id}/firmware-updates`, { components: [bios], reason });
    const { error } = await ended(id);
    expect(error).toMatch(/has no update service/);
    expect((await on.client.get<Shown>(`/v1/assets/${id}/firmware-updates`)).items).toHaveLength(count);
  }
});

test('a BMC that cannot just now is asked again; one whose answer is lost is not', async () => {
  const { id, bmc } = await server('supermicro', { updates: {}, tasks: { durationMs: 400 } });
  const components = [{ component: 'BMC', version: '01.03.01', image: image('BMC_01.03.01.bin') }];
  const busy = {
    match: 'POST .*SimpleUpdate',
    kind: 'status',
    status: 503,
    headers: { 'retry-after': '1' },
    times: 1,
  } as const;
  bmc.addFault(busy);
  bmc.addFault({ match: 'POST .*SimpleUpdate', kind: 'drop-answer', times: 1 });
  await on.client.post(`/v1/assets/${id}/firmware-updates`, { components, reason });
  expect(await ended(id)).toMatchObject({ state: 'done' });
  expect(bmc.requests.filter(({ path }) => path.endsWith('SimpleUpdate'))).toHaveLength(2);
  expect(bmc.updates?.taken()).toHaveLength(1);
});

test('to the baseline, where the policy has none: said, and nothing sent', async () => {
  const { id, bmc } = await server('dell', { updates: {} });
  await on.client.post(`/v1/assets/${id}/firmware-updates`, { reason });
  expect((await ended(id)).error).toMatch(/has no baseline for/);
  await on.client.post(`/v1/assets/${id}/firmware-updates`, {
    components: [{ component: 'BIOS.Setup.1-1', version: '1.16.0' }],
    reason,
  });
  await until(
    'the second',
    async () => (await on.client.get<Shown>(`/v1/assets/${id}/firmware-updates`)).items.length === 2,
  );
  expect((await ended(id)).error).toMatch(
    /BIOS: there is no way from 1.15.2 to 1.16.0; no image can be installed on it/,
  );
  expect(bmc.updates?.taken()).toEqual([]);
});

test('an image that waits for a restart: of the server, where that is allowed', async () => {
  const { id, bmc } = await server('dell', {
    updates: { applies: 'host-reset' },
    tasks: { durationMs: 20, named: 'job' },
  });
  await on.client.post(`/v1/assets/${id}/firmware-updates`, { components: [bios], reason, may_reset: true });
  expect(await ended(id)).toMatchObject({ state: 'done' });
  expect(bmc.requests.filter(({ path }) => path.endsWith('ComputerSystem.Reset'))).toHaveLength(1);
});

describe('an upload that is checked, and installed once it is told to start (Supermicro from X12 on)', () => {
  const bmcImage = async () => {
    const { uri, sha256, sizeBytes } = await servedImage('BMC_01.03.01.bin');
    return [{ component: 'BMC', version: '01.03.01', image: { uri, sha256, size_bytes: sizeBytes } }];
  };
  const updates = { ways: ['multipart'], staged: true } as const;

  test('is started once, also where nobody heard the answer', async () => {
    const { id, bmc } = await server('supermicro', { updates, tasks: { named: 'accepted', durationMs: 300 } });
    bmc.addFault({ match: 'POST .*StartUpdate', kind: 'drop-answer', times: 1 });
    await on.client.post(`/v1/assets/${id}/firmware-updates`, { components: await bmcImage(), reason });
    expect(await ended(id)).toMatchObject({ state: 'done', error: null });
    expect([bmc.updates?.taken(), bmc.updates?.started()]).toEqual([['BMC_01.03.01.bin'], 1]);
    expect(bmc.requests.filter(({ path }) => path.endsWith('StartUpdate'))).toHaveLength(1);
  });

  test('is not started where the check fails; what the BMC refuses is said', async () => {
    const failing = await server('supermicro', { updates: { ...updates, ends: 'fails' } });
    await on.client.post(`/v1/assets/${failing.id}/firmware-updates`, { components: await bmcImage(), reason });
    expect((await ended(failing.id)).error).toMatch(/not signed/);
    expect(failing.bmc.updates?.started()).toBe(0);

    const refusing = await server('supermicro', { updates });
    refusing.bmc.addFault({ match: 'POST .*StartUpdate', kind: 'status', status: 400 });
    await on.client.post(`/v1/assets/${refusing.id}/firmware-updates`, { components: await bmcImage(), reason });
    expect((await ended(refusing.id)).error).toMatch(/has taken and checked the image, and starting it failed/);
  });
});

test('a tenant’s server, and addresses with a password, are refused', async () => {
  const { id } = await server('dell', { updates: {} }, 'IN_SERVICE');
  const post = (body: object) => on.client.post(`/v1/assets/${id}/firmware-updates`, { reason, ...body });
  await expect(post({ components: [bios] })).rejects.toThrow(/begin its maintenance first/);
  const secret = { ...bios, image: { ...bios.image, uri: 'http://joe:pass@images.example/a' } };
  await expect(post({ components: [secret] })).rejects.toThrow(/must not carry a user name/);
  await expect(post({ components: [bios, bios] })).rejects.toThrow(/each component once/);
});

interface Erasures {
  items: {
    slot: string;
    serial: string;
    state: string;
    why: string | null;
    document: string | null;
    evidence: object;
  }[];
}
async function erased(id: string, count: number): Promise<Erasures['items']> {
  return until('the end of the erasures', async () => {
    const { items } = await on.client.get<Erasures>(`/v1/assets/${id}/erasures`);
    return items.length === count && items.every(({ state }) => ['done', 'failed', 'unknown'].includes(state))
      ? items
      : undefined;
  });
}
const nvme = (n: number) => ({ slot: `NVMe Slot ${n}`, serial: `PHAX0A010${n}3P8` });

test('drives are erased, each with its proof; a wrong serial is left alone', async () => {
  const { id, bmc } = await server('openbmc', { erase: { showsOperations: true } });
  const drives = [nvme(0), { slot: 'NVMe Slot 1', serial: 'WRONG' }];
  await expect(on.client.post(`/v1/assets/${id}/erasures`, { drives })).rejects.toThrow(/reason is required/);
  await on.client.post(`/v1/assets/${id}/erasures`, { drives, reason });
  const items = await erased(id, 2);
  expect(items.find(({ slot }) => slot === 'NVMe Slot 0')).toMatchObject({
    state: 'done',
    document: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(items.find(({ slot }) => slot === 'NVMe Slot 1')).toMatchObject({
    state: 'failed',
    why: 'the drive in NVMe Slot 1 is PHAX0A01013P8, not WRONG',
  });
  expect(bmc.erase?.erased()).toEqual([nvme(0).serial]);
  const document = items.find(({ state }) => state === 'done')?.document ?? '';
  const kept = await on.client.get<{ sha256: string }>(`/v1/bundles/${document}`);
  expect(kept.sha256).toBe(document);
  expect(await sentences(id)).toEqual(
    expect.arrayContaining(['Drive PHAX0A01003P8 in NVMe Slot 0 was erased (drive-secure-erase)']),
  );
});

test('a drive that is listed and cannot be read is not said to be gone, and is left alone', async () => {
  const { id, bmc } = await server('openbmc', { erase: {} }, 'DECOMMISSIONING');
  bmc.addFault({ match: 'GET .*/Drives/[^/]*1$', kind: 'status', status: 500 });
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: [nvme(1)] });
  expect(await erased(id, 1)).toMatchObject([
    {
      state: 'failed',
      why: expect.stringMatching(/in NVMe Slot 1 is not known: \/redfish\S+ is listed and cannot be read \(/),
    },
  ]);
  expect(bmc.erase?.begun()).toBe(0);
});

test('a task that is gone is no proof', async () => {
  const { id, bmc } = await server(
    'openbmc',
    { erase: {}, tasks: { durationMs: 20, vanishAfterMs: 0 } },
    'DECOMMISSIONING',
  );
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: [nvme(0)] });
  expect(await erased(id, 1)).toMatchObject([
    { state: 'unknown', why: expect.stringMatching(/is gone/), document: null },
  ]);
  expect(bmc.erase?.begun()).toBe(1);
});

test('what erases a whole server is begun once, for all its drives', async () => {
  const { id, bmc } = await server('dell', { erase: { ways: ['dell-system'] } }, 'DECOMMISSIONING');
  const drives = [0, 1, 2, 3].map((n) => ({
    slot: `Disk.Bay.${n}:Enclosure.Internal.0-1:RAID.SL.3-1`,
    serial: `6CK0A01ST7B${n + 1}`,
  }));
  const post = (some: typeof drives) =>
    on.client.post(`/v1/assets/${id}/erasures`, { drives: some, method: 'dell-system-erase' });
  await post(drives.slice(0, 3));
  expect((await erased(id, 3)).every(({ state, why }) => state === 'failed' && /were not named/.test(why ?? ''))).toBe(
    true,
  );
  expect(bmc.erase?.begun()).toBe(0);
  await post(drives);
  const items = await erased(id, 7);
  expect(items.filter(({ state }) => state === 'done')).toHaveLength(4);
  expect(bmc.erase?.begun()).toBe(1);
});

const hpeDrives = [1, 2].flatMap((n) => [
  { slot: `Box 2:Bay ${n}`, serial: `S6EXNE0T4A010${n}` },
  { slot: `Slot 2 1I:3:${n}`, serial: `WFK0A01${n}` },
]);
const allDone = hpeDrives.map(() => 'done');
const boots = ({ requests }: BmcSimulator) =>
  requests.flatMap(({ path, json }) => (path.endsWith('ComputerSystem.Reset') ? [json] : []));

test('HPE’s erase begins at a boot: the server is restarted for it once, also where nobody heard the answer', async () => {
  const { id, bmc } = await server('hpe', { erase: { ways: ['hpe-system'], systemMs: 300 } }, 'DECOMMISSIONING');
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'drop-answer', times: 1 });
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: hpeDrives, method: 'hpe-secure-system-erase' });
  const items = await erased(id, 4);
  expect(items.map(({ state }) => state)).toEqual(allDone);
  expect(bmc.erase?.begun()).toBe(1);
  expect(boots(bmc)).toEqual([{ ResetType: 'ForceRestart' }]);
  expect(await sentences(id)).toEqual(
    expect.arrayContaining([expect.stringMatching(/so that the erasure of .*S6EXNE0T4A0101.* begins/)]),
  );
});

test('HPE’s erase: a server that is off is switched on for it', async () => {
  const { id, bmc } = await server('hpe', { erase: { ways: ['hpe-system'], systemMs: 2_000 } }, 'DECOMMISSIONING');
  bmc.change('/redfish/v1/Systems/1', { PowerState: 'Off' });
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: hpeDrives, method: 'hpe-secure-system-erase' });
  expect((await erased(id, 4)).map(({ state }) => state)).toEqual(allDone);
  expect(boots(bmc)).toEqual([{ ResetType: 'On' }]);
});

test('HPE’s erase: a restart that the BMC refuses is asked for again, and the erasure is followed meanwhile', async () => {
  const { id, bmc } = await server('hpe', { erase: { ways: ['hpe-system'] } }, 'DECOMMISSIONING');
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'status', status: 400, times: 1 });
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: hpeDrives, method: 'hpe-secure-system-erase' });
  expect((await erased(id, 4)).map(({ state }) => state)).toEqual(allDone);
  expect(boots(bmc)).toHaveLength(2);
});

const bay = (n: number) => ({
  slot: `Disk.Bay.${n}:Enclosure.Internal.0-1:RAID.SL.3-1`,
  serial: `6CK0A01ST7B${n + 1}`,
});
const staged = { erase: { staged: true }, tasks: { named: 'job', durationMs: 100 } } as const;

test('Dell’s scheduled jobs get one restart for all drives of a request, once the last of them waits', async () => {
  const { id, bmc } = await server('dell', staged, 'DECOMMISSIONING');
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'drop-answer', times: 1 });
  const busy = { kind: 'status', status: 503, headers: { 'retry-after': '1' }, times: 1 } as const;
  bmc.addFault({ match: 'POST .*Disk.Bay.1.*SecureErase', ...busy });
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: [bay(0), bay(1)] });
  expect((await erased(id, 2)).map(({ state }) => state)).toEqual(['done', 'done']);
  expect(boots(bmc)).toEqual([{ ResetType: 'ForceRestart' }]);
  expect(bmc.erase?.begun()).toBe(2);
  expect(await sentences(id)).toEqual(
    expect.arrayContaining([expect.stringMatching(/so that the erasure of .*6CK0A01ST7B1.*6CK0A01ST7B2.* begins/)]),
  );
});

test('a scheduled job gets no restart under another request’s erasure, nor under a tenant', async () => {
  const { id, bmc } = await server('dell', { erase: { staged: true }, tasks: { named: 'job', durationMs: 600_000 } });
  const of = async (n: number) =>
    (await listErasures(on.hub.ctx, { assetId: id, before: undefined, limit: 10 })).find(
      ({ serial }) => serial === bay(n).serial,
    );
  const jobOf = (n: number) => until(`a job for drive ${n}`, async () => (await of(n))?.handle?.task ?? undefined);
  const says = (n: number, words: string) =>
    until(words, async () => ((await of(n))?.said?.includes(words) ? true : undefined));
  const lives = (lifecycle_state: string) => on.hub.ctx.db('assets').where({ id }).update({ lifecycle_state });
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: [bay(0)], reason });
  const first = await jobOf(0);
  await on.client.post(`/v1/assets/${id}/erasures`, { drives: [bay(1)], reason });
  const second = await jobOf(1);
  bmc.change(second, { JobState: 'Scheduled', Message: 'Task successfully scheduled.' });
  await says(1, `waits for drive ${bay(0).serial}, which is being erased`);
  await lives('IN_SERVICE');
  bmc.change(first, { JobState: 'Failed', Message: 'Failed.' });
  await says(1, 'the server is IN_SERVICE');
  expect(boots(bmc)).toEqual([]);
  await lives('HARDENED');
  await says(1, 'the BMC took ForceRestart');
  bmc.change(second, { JobState: 'Completed', Message: 'Job completed successfully.' });
  expect((await erased(id, 2)).map(({ state }) => state).toSorted()).toEqual(['done', 'failed']);
  expect(boots(bmc)).toHaveLength(1);
});

test('what was not sent yet can be cancelled, and is not sent after that; what was sent cannot', async () => {
  const { id, bmc } = await server('dell', {});
  await bmc.close(); // so that the worker gets nowhere, and each step is taken here
  const { ctx } = on.hub;
  const begin = async (): Promise<Hop> => {
    const updateId = (
      await tx(ctx, (inside) => requestUpdate(inside, { assetId: id, wanted: [], mayReset: false, reason }))
    ).updateId;
    const step = { component: bios.component, name: 'BIOS', from: '1.0', to: bios.version, image: bios.image };
    await tx(ctx, (inside) => keepPlan(inside, updateId, [step]));
    const [hop] = await hopsOf(ctx, updateId);
    if (hop === undefined) throw new Error('the plan was not kept');
    return hop;
  };
  const cancel = (hop: Hop) =>
    on.client.post(`/v1/firmware-updates/${hop.updateId}/cancel`, { reason: 'wrong server' });

  const unsent = await begin();
  await tx(ctx, (inside) => prepareHop(inside, unsent, []));
  expect(await cancel(unsent)).toMatchObject({ state: 'failed', error: expect.stringContaining('wrong server') });
  await expect(tx(ctx, (inside) => announce(inside, unsent, { what: 'start' }))).rejects.toThrow(
    /nothing more is sent/,
  );
  await expect(cancel(unsent)).rejects.toThrow(/The update is over/);

  const sent = await begin();
  await tx(ctx, (inside) => prepareHop(inside, sent, []));
  await tx(ctx, (inside) => announce(inside, sent, { what: 'start' }));
  await expect(cancel(sent)).rejects.toThrow(/BIOS 1.0 → 1.16.0 is under way/);
});

test('an erasure of which nothing was sent can be cancelled, and is not sent after that; one that was sent cannot', async () => {
  const { id, bmc } = await server('openbmc', {}, 'DECOMMISSIONING');
  await bmc.close(); // so that the worker gets nowhere, and each step is taken here
  const { ctx } = on.hub;
  const drives = [nvme(0), nvme(1)];
  const { requestId } = await tx(ctx, (inside) =>
    requestErase(inside, { assetId: id, drives, method: null, reason: null }),
  );
  const cancel = (body: object, request = requestId) =>
    on.client.post<Erasures>(`/v1/erasure-requests/${request}/cancel`, { reason: 'wrong server', ...body });
  await expect(cancel({ serials: ['OTHER'] })).rejects.toThrow(/Drive OTHER is not in this request/);
  await expect(cancel({}, id)).rejects.toThrow(/no request for an erasure/);

  const [first, second] = await erasuresOf(ctx, requestId);
  if (first === undefined || second === undefined) throw new Error('two were asked for');
  expect((await cancel({ serials: [first.serial] })).items).toMatchObject([
    { state: 'failed', why: expect.stringMatching(/^cancelled by .*: wrong server$/) },
    { state: 'requested' },
  ]);
  await tx(ctx, (inside) => chooseMethod(inside, first, 'drive-secure-erase'));
  expect(await tx(ctx, (inside) => announceErase(inside, [first]))).toBe(false);
  expect(await tx(ctx, (inside) => announceErase(inside, [second, first]))).toBe(false);
  expect(await tx(ctx, (inside) => announceErase(inside, [second]))).toBe(true);
  await expect(cancel({})).rejects.toThrow(/is over: it is failed; the erasure of drive \S+ was sent at/);
  expect((await erasuresOf(ctx, requestId)).map(({ state, announcedAt }) => [state, announcedAt !== null])).toEqual([
    ['failed', false],
    ['requested', true],
  ]);
  expect(await sentences(id)).toEqual(expect.arrayContaining([expect.stringMatching(/was not erased: cancelled by/)]));
});
