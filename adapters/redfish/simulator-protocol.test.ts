import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBmcSimulator, type BmcSimulator } from './simulator.ts';
import { simulatedTree } from './simulator/simulated-tree.ts';

// What DSP0266 asks of every service. DMTF's own validator looks closer: test/real/redfish.

let bmc: BmcSimulator;
beforeAll(async () => {
  bmc = await startBmcSimulator({ tree: simulatedTree('dell') });
});
afterAll(() => bmc.close());

const basic = (user = 'admin', password = 'password') => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const ask = (path: string, init: RequestInit = {}) => fetch(bmc.url + path, { headers: basic(), ...init });

describe('the simulator as a service', () => {
  test('shows who does not log in the version, the OData documents and nothing else', async () => {
    for (const path of ['/redfish', '/redfish/v1/', '/redfish/v1/odata', '/redfish/v1/$metadata'])
      expect([path, (await fetch(bmc.url + path)).status]).toEqual([path, 200]);
    expect(await (await fetch(`${bmc.url}/redfish`)).json()).toEqual({ v1: '/redfish/v1/' });
    const refused = await fetch(`${bmc.url}/redfish/v1/Systems`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="simulator"']);
  });

  test('answers HEAD as GET without a body, and says what else may be done', async () => {
    const [get, head] = [await ask('/redfish/v1/Systems'), await ask('/redfish/v1/Systems', { method: 'HEAD' })];
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, get.headers.get('etag'), '']);
    expect(get.headers.get('link')).toContain('rel=describedby');
    expect(get.headers.get('cache-control')).toBe('no-cache');
    const deleted = await ask('/redfish/v1/Systems', { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask('/redfish/v1/AccountService/Accounts')).headers.get('allow')).toBe('GET, HEAD, POST');
  });

  test('sends nothing that the caller has already', async () => {
    const etag = (await ask('/redfish/v1/Systems')).headers.get('etag') ?? '';
    const again = await ask('/redfish/v1/Systems', { headers: { ...basic(), 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('refuses other versions and queries that it does not know', async () => {
    const later = await ask('/redfish/v1/', { headers: { ...basic(), 'odata-version': '4.1' } });
    expect(later.status).toBe(412);
    expect((await ask('/redfish/v1/?$unheard')).status).toBe(501);
    expect((await ask('/redfish/v1/?unheard')).status).toBe(200);
  });

  test('has roles, and a read-only account changes no other', async () => {
    const service = (await (await ask('/redfish/v1/AccountService')).json()) as { Roles: { '@odata.id': string } };
    const roles = (await (await ask(service.Roles['@odata.id'])).json()) as { Members: { '@odata.id': string }[] };
    expect(roles.Members).toHaveLength(3);
    for (const one of roles.Members) expect((await ask(one['@odata.id'])).status).toBe(200);

    const reader = { UserName: 'reader', Password: 'a-long-password', RoleId: 'ReadOnly' };
    const headers = { ...basic(), 'content-type': 'application/json' };
    const list = '/redfish/v1/AccountService/Accounts';
    const made = await ask(`${list}/Members`, { method: 'POST', headers, body: JSON.stringify(reader) });
    const own = made.headers.get('location') ?? '';
    expect(made.status).toBe(201);
    const change = (path: string, body: object) =>
      ask(path, {
        method: 'PATCH',
        headers: { ...headers, ...basic('reader', 'a-long-password') },
        body: JSON.stringify(body),
      });
    const others = ((await (await ask(list)).json()) as { Members: { '@odata.id': string }[] }).Members;
    for (const one of others.filter((one) => one['@odata.id'] !== own))
      expect((await change(one['@odata.id'], { Password: 'another-password' })).status).toBe(403);
    expect((await change(own, { '@odata.id': own })).status).toBe(400);
    expect((await change(own, { Password: 'a-newer-password' })).status).toBe(200);
  });
});
