import { resolve } from 'node:path';
import { Pool } from 'undici';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { countKinds, readBmc } from './kit-for-tests.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from './simulator.ts';
import { simulatedTree, SIMULATED_TREES } from './simulator/simulated-tree.ts';
import { openTree, recordedTrees, type Body } from './simulator/tree.ts';

const SYSTEM = '/redfish/v1/Systems/System.Embedded.1';
const open: BmcSimulator[] = [];
afterEach(async () => {
  for (const bmc of open.splice(0)) await bmc.close();
});

async function start(options: Partial<BmcSimulatorOptions> = {}): Promise<BmcSimulator> {
  const bmc = await startBmcSimulator({ tree: simulatedTree('dell'), ...options });
  open.push(bmc);
  return bmc;
}

async function call(
  bmc: BmcSimulator,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
) {
  const answer = await fetch(bmc.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Body };
}

async function logIn(bmc: BmcSimulator): Promise<Record<string, string>> {
  const answer = await call(
    bmc,
    'POST',
    '/redfish/v1/SessionService/Sessions',
    {},
    { UserName: bmc.username, Password: bmc.password },
  );
  expect(answer.status).toBe(201);
  return { 'x-auth-token': answer.headers.get('x-auth-token') ?? '', session: answer.headers.get('location') ?? '' };
}

const basic = (bmc: BmcSimulator) => ({
  authorization: `Basic ${Buffer.from(`${bmc.username}:${bmc.password}`).toString('base64')}`,
});

describe('the door', () => {
  test('only the service root is open', async () => {
    const bmc = await start();
    expect((await call(bmc, 'GET', '/redfish/v1/')).body['RedfishVersion']).toBe('1.18.0');
    expect((await call(bmc, 'GET', '/redfish/v1/Systems')).status).toBe(401);
    expect((await call(bmc, 'GET', '/redfish/v1/nowhere')).status).toBe(401);
    expect((await call(bmc, 'GET', '/redfish/v1/Systems', basic(bmc))).status).toBe(200);
    expect((await call(bmc, 'GET', '/redfish/v1/nowhere', basic(bmc))).status).toBe(404);
  });

  test('a session lets in until it is deleted', async () => {
    const bmc = await start();
    const token = await logIn(bmc);
    expect((await call(bmc, 'GET', '/redfish/v1/Systems', token)).status).toBe(200);
    expect((await call(bmc, 'DELETE', token['session'] ?? '')).status).toBe(401);
    expect((await call(bmc, 'DELETE', token['session'] ?? '', token)).status).toBe(204);
    expect((await call(bmc, 'GET', '/redfish/v1/Systems', token)).status).toBe(401);
    expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1 });
  });

  test('sessions have a cap, and end by themselves', async () => {
    const bmc = await start({ sessionCap: 1, sessionTimeoutMs: 2000 });
    const token = await logIn(bmc);
    const refused = await call(
      bmc,
      'POST',
      '/redfish/v1/SessionService/Sessions',
      {},
      { UserName: bmc.username, Password: bmc.password },
    );
    expect(refused.status).toBe(503);
    expect(JSON.stringify(refused.body)).toContain('SessionLimitExceeded');
    await vi.waitFor(() => expect(bmc.openSessions()).toBe(0), { timeout: 20_000 });
    expect((await call(bmc, 'GET', '/redfish/v1/Systems', token)).status).toBe(401);
    await logIn(bmc);
  });

  test('too many wrong passwords lock the account, for the right one as well', async () => {
    const bmc = await start({ lockoutAfter: 2 });
    for (let n = 0; n < 2; n += 1)
      await call(bmc, 'POST', '/redfish/v1/SessionService/Sessions', {}, { UserName: 'admin', Password: 'no' });
    expect(bmc.locked()).toBe(true);
    expect((await call(bmc, 'GET', '/redfish/v1/Systems', basic(bmc))).status).toBe(401);
    bmc.unlock();
    expect((await call(bmc, 'GET', '/redfish/v1/Systems', basic(bmc))).status).toBe(200);
  });
});

describe('reading', () => {
  test('case and a trailing slash do not matter', async () => {
    const bmc = await start();
    const { body } = await call(bmc, 'GET', `${SYSTEM.toUpperCase().replace('/REDFISH', '/redfish')}/`, basic(bmc));
    expect(body['Model']).toBe('PowerEdge R760xa');
  });

  test('$expand as advertised: `.` one level, `~` and unadvertised ones not', async () => {
    const bmc = await start();
    const members = (body: Body) => body['Members'] as Body[];
    const expanded = await call(bmc, 'GET', `${SYSTEM}/Memory?$expand=.($levels=1)`, basic(bmc));
    expect(members(expanded.body)[0]).toHaveProperty('SerialNumber');
    const plain = await call(bmc, 'GET', `${SYSTEM}/Memory`, basic(bmc));
    expect(members(plain.body)[0]).not.toHaveProperty('SerialNumber');
    expect((await call(bmc, 'GET', `${SYSTEM}/Memory?$expand=all`, basic(bmc))).status).toBe(400);
    const openbmc = await start({ tree: simulatedTree('openbmc') });
    const ignored = await call(openbmc, 'GET', '/redfish/v1/Systems/system/Memory?$expand=.', basic(openbmc));
    expect(members(ignored.body)[0]).not.toHaveProperty('SerialNumber');
  });

  test('pages', async () => {
    const bmc = await start({ pageSize: 3 });
    const first = await call(bmc, 'GET', `${SYSTEM}/Memory`, basic(bmc));
    expect(first.body).toMatchObject({
      'Members@odata.count': 8,
      'Members@odata.nextLink': `${SYSTEM}/Memory?$skip=3`,
    });
    const last = await call(bmc, 'GET', `${SYSTEM}/Memory?$skip=6`, basic(bmc));
    expect(last.body['Members']).toHaveLength(2);
    expect(last.body).not.toHaveProperty('Members@odata.nextLink');
  });

  test.each(SIMULATED_TREES)('%s: no link of the tree leads nowhere', (name) => {
    const tree = openTree(simulatedTree(name));
    const links: string[] = [];
    const collect = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(collect);
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) {
          if (key === '@odata.id' && typeof inner === 'string') links.push(inner);
          else if (key !== 'HostInterface' && key !== 'Bios') collect(inner);
        }
      }
    };
    for (const path of tree.paths()) collect(tree.get(path));
    expect(links.filter((link) => !link.includes('#') && tree.get(link) === undefined)).toEqual([]);
    expect(links.length).toBeGreaterThan(40);
  });
});

describe('power', () => {
  const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;
  test('goes through its states, and refuses what the tree does not allow', async () => {
    const bmc = await start({ powerDelayMs: 10 });
    expect((await call(bmc, 'POST', RESET, basic(bmc), { ResetType: 'Suspend' })).status).toBe(400);
    expect((await call(bmc, 'POST', RESET, basic(bmc), {})).status).toBe(400);
    expect((await call(bmc, 'POST', RESET, {}, { ResetType: 'ForceOff' })).status).toBe(401);
    expect(bmc.powerState()).toBe('On');
    expect((await call(bmc, 'POST', RESET, basic(bmc), { ResetType: 'ForceOff' })).status).toBe(204);
    expect(bmc.powerState()).toBe('PoweringOff');
    await vi.waitFor(() => expect(bmc.powerState()).toBe('Off'), { timeout: 60_000 });
    await call(bmc, 'POST', RESET, basic(bmc), { ResetType: 'On' });
    await vi.waitFor(() => expect(bmc.powerState()).toBe('On'), { timeout: 60_000 });
    await call(bmc, 'POST', RESET, basic(bmc), { ResetType: 'ForceRestart' });
    expect(bmc.powerState()).toBe('PoweringOff');
    await vi.waitFor(() => expect(bmc.powerState()).toBe('On'), { timeout: 60_000 });
    expect((await call(bmc, 'GET', SYSTEM, basic(bmc))).body['PowerState']).toBe('On');
  });

  test.each([204, 400, 409] as const)('on when it is on already: %i', async (whenAlready) => {
    const bmc = await start({ whenAlready });
    expect((await call(bmc, 'POST', RESET, basic(bmc), { ResetType: 'On' })).status).toBe(whenAlready);
    expect(bmc.powerState()).toBe('On');
  });

  test('allowable values from an ActionInfo', async () => {
    const bmc = await start({ tree: simulatedTree('supermicro') });
    const target = '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset';
    expect((await call(bmc, 'POST', target, basic(bmc), { ResetType: 'PowerCycle' })).status).toBe(400);
    expect((await call(bmc, 'POST', target, basic(bmc), { ResetType: 'ForceOff' })).status).toBe(204);
  });
});

describe('changes', () => {
  const boot = { Boot: { BootSourceOverrideTarget: 'Pxe', BootSourceOverrideEnabled: 'Once' } };
  test('the boot override, with an ETag that fits', async () => {
    const bmc = await start({ etags: 'required' });
    const before = await call(bmc, 'GET', SYSTEM, basic(bmc));
    const etag = before.headers.get('etag') ?? '';
    expect((await call(bmc, 'PATCH', SYSTEM, basic(bmc), boot)).status).toBe(428);
    expect((await call(bmc, 'PATCH', SYSTEM, { ...basic(bmc), 'if-match': '"other"' }, boot)).status).toBe(412);
    expect((await call(bmc, 'PATCH', SYSTEM, { ...basic(bmc), 'if-match': etag }, boot)).status).toBe(204);
    const after = await call(bmc, 'GET', SYSTEM, basic(bmc));
    expect(after.body['Boot']).toMatchObject({ BootSourceOverrideTarget: 'Pxe', BootSourceOverrideMode: 'UEFI' });
    expect(after.headers.get('etag')).not.toBe(etag);
    expect((await call(bmc, 'PATCH', SYSTEM, { ...basic(bmc), 'if-match': etag }, boot)).status).toBe(412);
  });

  test('not to what is not on the list, nor of what is fixed', async () => {
    const bmc = await start();
    expect((await call(bmc, 'PATCH', SYSTEM, basic(bmc), { Boot: { BootSourceOverrideTarget: 'Tape' } })).status).toBe(
      400,
    );
    expect((await call(bmc, 'PATCH', SYSTEM, basic(bmc), { SerialNumber: 'X' })).status).toBe(400);
    expect((await call(bmc, 'PATCH', `${SYSTEM}/Memory`, basic(bmc), boot)).status).toBe(405);
  });

  test('are those of one instance: its neighbours and the tree keep what they had', async () => {
    const [one, other] = [await start(), await start()];
    one.change(SYSTEM, { PowerState: 'Off' });
    expect(one.powerState()).toBe('Off');
    expect(other.powerState()).toBe('On');
    expect((simulatedTree('dell')[SYSTEM] as Body)['PowerState']).toBe('On');
  });
});

describe('identity', () => {
  test('one tree, many machines: no two share a serial, a MAC or a UUID; each is the same at every start', async () => {
    const identities = [1, 2, 3].map((n) => ({
      serial: `SN-${n}`,
      sku: `TAG000${n}`,
      uuid: `00000000-0000-4000-8000-00000000000${n}`,
      bmcMac: `02:00:00:00:00:0${n}`,
      hostName: `host-${n}`,
    }));
    const reports = [];
    for (const identity of [...identities, identities[0]!]) reports.push(await readBmc(await start({ identity })));
    const [first, second, third, again] = reports;
    expect(again).toEqual(first);
    expect(first!.system).toMatchObject({
      serial: 'SN-1',
      sku: 'TAG0001',
      hostName: 'host-1',
      uuid: '00000000-0000-4000-8000-000000000001',
    });
    expect(first!.manager.macAddresses).toEqual(['02:00:00:00:00:01']);
    const marks = [first, second, third].flatMap((report) =>
      report!.components
        .flatMap((part) => [part.serial, ...((part.attributes['macAddresses'] ?? []) as string[])])
        .filter((mark) => mark !== null),
    );
    expect(new Set(marks).size).toBe(marks.length);
    expect(marks.length).toBeGreaterThan(3 * 20);
    for (const report of reports) expect(countKinds(report)).toEqual(countKinds(first!));
    expect(second!.components.map(({ slot }) => slot)).toEqual(first!.components.map(({ slot }) => slot));
  });

  test('placeholders stay placeholders', async () => {
    const tree = { ...simulatedTree('openbmc') };
    const path = '/redfish/v1/Systems/system/Memory/dimm0';
    tree[path] = { ...tree[path], SerialNumber: 'NA' };
    const report = await readBmc(await start({ tree, identity: { serial: 'SN-1' } }));
    expect(report.components.find((one) => one.slot === 'DIMM 0')?.serial).toBe('NA');
    expect(report.components.find((one) => one.slot === 'DIMM 1')?.serial).toMatch(/^2E0A0111[0-9A-F]{6}$/);
  });
});

describe('for other processes', () => {
  test('faults and requests over the control door', async () => {
    const bmc = await start();
    const pool = new Pool(bmc.url);
    await pool.request({
      method: 'POST',
      path: '/__simulator/faults',
      body: JSON.stringify({ kind: 'status', status: 418 }),
    });
    expect((await call(bmc, 'GET', '/redfish/v1/')).status).toBe(418);
    await pool.request({ method: 'DELETE', path: '/__simulator/faults' });
    expect((await call(bmc, 'GET', '/redfish/v1/')).status).toBe(200);
    await pool.close();
  });
});

test('a folder without recordings has no trees', () => {
  expect(recordedTrees(resolve(import.meta.dirname, 'not-there'))).toEqual([]);
  expect(recordedTrees(import.meta.dirname)).toEqual([]);
});
