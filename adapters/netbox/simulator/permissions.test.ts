import { beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedToken } from './access.ts';
import { MACHINES, simulatorLab, type Reply } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call, ids } = lab;
const D = '/api/dcim/devices/';
const DENIED = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };

/** May write the devices of one site, and look at interfaces. */
const clerk: SimulatedToken = {
  ...{ token: 'nbt_clerk.secret', user: 'clerk' },
  may: { device: ['view', 'add', 'change', 'delete'], interface: ['view'], site: ['view'], objectChange: ['view'] },
  only: { device: { site__slug__in: ['ams1'] } },
};
const reader: SimulatedToken = { ...clerk, token: 'clerk-reads', readOnly: true };
const over: SimulatedToken = { token: 'nbt_over.secret', expires: '2020-01-01T00:00:00Z' };

const as =
  (token: string) =>
  (method: string, path: string, body?: unknown): Promise<Reply> =>
    call(method, path, body, { authorization: `${token.startsWith('nbt_') ? 'Bearer' : 'Token'} ${token}` });
const [clerks, reads] = [as(clerk.token), as(reader.token)];

async function start(version = '4.7.3'): Promise<void> {
  const { seed } = await lab.start({ version, tokens: [clerk, reader, over], readOnlyToken: 'ro' });
  seed({ devices: [...MACHINES, { name: 'f1', site: 'FRA1' }] });
}

beforeEach(() => start());

describe('who is nobody', () => {
  test.each([
    ['', 'Authentication credentials were not provided.'],
    ['Basic YTpi', 'Authentication credentials were not provided.'],
    ['Token', expect.stringContaining('Invalid authorization header')],
    ['Token nosuch', 'Invalid v1 token'],
    ['Bearer nbt_no.such', 'Invalid v2 token'],
    [`Bearer ${over.token}`, 'Token expired'],
  ])('%j is refused with 403', async (authorization, detail) => {
    expect(await call('GET', D, undefined, { authorization })).toMatchObject({ status: 403, body: { detail } });
  });

  test('4.4 knows no Bearer', async () => {
    await start('4.4.10');
    const detail = 'Authentication credentials were not provided.';
    expect(await clerks('GET', D)).toMatchObject({ status: 403, body: { detail } });
    expect(await as('nosuch')('GET', D)).toMatchObject({ status: 403, body: { detail: 'Invalid token' } });
    expect((await reads('GET', D)).status).toBe(200);
  });
});

describe('what is hidden', () => {
  test('is in no list, no count and no page, and is not there when asked for', async () => {
    expect((await clerks('GET', D)).body).toMatchObject({ count: 3, results: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    expect(await ids(`${D}?start=0&limit=2`, { authorization: `Bearer ${clerk.token}` })).toEqual([1, 2, 3]);
    expect((await clerks('GET', `${D}?id=4`)).body).toMatchObject({ count: 0 });
    expect(await clerks('GET', `${D}4/`)).toMatchObject({
      status: 404,
      body: { detail: 'No Device matches the given query.' },
    });
    expect((await clerks('PATCH', `${D}4/`, { serial: 'X' })).status).toBe(404);
    expect((await clerks('DELETE', `${D}4/`)).status).toBe(404);
    // A superuser still counts it.
    expect((await call('GET', D)).body.count).toBe(4);
  });

  test('shows inside of what is not hidden', async () => {
    lab.simulator.as('admin').create('interface', { device: 4, name: 'eth0', type: 'other' });
    const { body } = await clerks('GET', '/api/dcim/interfaces/?device_id=4');
    expect(body.results).toMatchObject([{ name: 'eth0', device: { id: 4, name: 'f1' } }]);
  });

  test('spoils a bulk from 4.7 on, and is passed over before', async () => {
    const body = [
      { id: 4, serial: 'X' },
      { id: 1, serial: 'X' },
    ];
    expect(await clerks('PATCH', D, body)).toMatchObject({ status: 400, body: { errors: [{ id: 4 }] } });
    await start('4.6.9');
    expect((await clerks('PATCH', D, body)).body.list.map(({ id }) => id)).toEqual([1]);
    expect((await clerks('DELETE', D, [{ id: 4 }])).status).toBe(204);
    expect(lab.simulator.show('device', 4)).toMatchObject({ serial: '' });
  });

  test('may not be made either, by writing or by moving', async () => {
    const draft = { name: 'n1', site: 2, role: 1, device_type: 1 };
    expect(await clerks('POST', D, draft)).toMatchObject(DENIED);
    expect(await clerks('PATCH', `${D}1/`, { site: 2, rack: null, position: null, face: '' })).toMatchObject(DENIED);
    expect(lab.simulator.show('device', 1)).toMatchObject({ site: { slug: 'ams1' } });
    expect((await clerks('POST', D, { ...draft, site: 1 })).status).toBe(201);
  });

  test('is as a function hides it', async () => {
    const even = { token: 'even', sees: (_model: string, { id }: { id: number }) => id % 2 === 0 };
    const { seed } = await lab.start({ tokens: [even] });
    seed({ devices: MACHINES });
    expect((await as('even')('GET', D)).body).toMatchObject({ count: 1, results: [{ id: 2 }] });
  });
});

describe('what it may do', () => {
  test('403 for a model and an action that it was not given', async () => {
    expect(await clerks('GET', '/api/dcim/racks/')).toMatchObject(DENIED);
    expect(await clerks('PATCH', '/api/dcim/sites/1/', {})).toMatchObject(DENIED);
    expect(await clerks('DELETE', '/api/dcim/interfaces/0/')).toMatchObject(DENIED);
    expect(await clerks('POST', '/api/dcim/sites/', [])).toMatchObject(DENIED);
    expect(await clerks('GET', '/api/core/background-queues/')).toMatchObject(DENIED);
    expect((await clerks('GET', '/api/core/object-changes/?limit=1')).status).toBe(200);
  });

  test('a token that only reads writes nothing, whatever its user may', async () => {
    for (const [method, path, body] of [
      ['POST', D, {}],
      ['PATCH', `${D}1/`, {}],
      ['PATCH', D, []],
      ['DELETE', `${D}1/`],
    ] as const)
      expect(await reads(method, path, body), `${method} ${path}`).toMatchObject(DENIED);
    expect(await as('ro')('POST', D, {})).toMatchObject(DENIED);
    expect((await as('ro')('GET', D)).body.count).toBe(4);
  });

  test('OPTIONS names what can be done, and knows nothing of constraints', async () => {
    const actions = async (path: string, ask = clerks): Promise<string[]> =>
      Object.keys(((await ask('OPTIONS', path)).body.actions ?? {}) as object).toSorted();
    expect(await actions(D)).toEqual(['POST', 'PUT']);
    expect([await actions('/api/dcim/sites/'), await actions(D, reads)]).toEqual([[], []]);
    expect((await clerks('OPTIONS', D)).body).toMatchObject({
      actions: { POST: { status: { choices: expect.any(Array) } } },
    });
  });

  test('everybody sees the own tokens, and from 4.5 on the own permissions', async () => {
    const { results } = (await clerks('GET', '/api/users/tokens/')).body;
    expect(results).toMatchObject([
      { key: 'clerk', version: 2, write_enabled: true, user: { username: 'clerk' } },
      { key: null, version: 1, write_enabled: false },
    ]);
    expect(await clerks('GET', '/api/users/permissions/')).toMatchObject(DENIED);
    const me = (await clerks('GET', '/api/authentication-check/')).body;
    expect(me).toMatchObject({ username: 'clerk', permissions: [{ object_types: ['dcim.device'] }, {}, {}, {}] });
    const all = (await call('GET', '/api/users/permissions/')).body;
    expect(all).toMatchObject({ count: 4, results: [{ constraints: { site__slug__in: ['ams1'] } }, {}, {}, {}] });
  });

  test('from 4.6.6 on it cannot name by attributes what it may not look at', async () => {
    const draft = { name: 'n1', site: { slug: 'ams1' }, role: { slug: 'server' }, device_type: 1 };
    expect((await clerks('POST', D, draft)).body).toMatchObject({
      role: [expect.stringContaining('Related object not found')],
    });
    await start('4.6.5');
    expect((await clerks('POST', D, draft)).status).toBe(201);
  });
});
