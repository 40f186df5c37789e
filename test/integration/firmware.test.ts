import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type BmcSimulator, type BmcSimulatorOptions, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
const bmcs: BmcSimulator[] = [];
beforeAll(async () => {
  on = await testHub({
    without: ['NETBOX', 'JIRA', 'AWX'],
    env: { FIRMWARE_QUIET_MS: '500', FIRMWARE_DEADLINE_MS: '15000', HEALTH_POLL_MS: '0', LOG_POLL_MS: '0' },
  });
}, 90_000);
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

test('a task that is gone is no proof', async () => {
  const { id, bmc } = await server(
    'openbmc',
    { erase: {}, tasks: { durationMs: 20, vanishAfterMs: 1 } },
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
