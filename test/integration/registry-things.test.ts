import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import type { Called } from '#test/kit/call.ts';
import { type RegistryWeb, registryWeb } from './registry-web.ts';

let on: RegistryWeb;
beforeAll(async () => void (on = await registryWeb()));
afterAll(() => on.close());

const change = (path: string, body: object, headers: Record<string, string> = {}): Promise<Called> =>
  on.ask(path, { method: 'PATCH', body, headers });

async function add(things: string, body: object): Promise<Record<string, unknown>> {
  const answer = await on.ask(`/v1/${things}`, { body });
  expect(answer.status, answer.text).toBe(201);
  expect(answer.headers.get('location')).toBe(`/v1/${things}/${String(answer.json['id'])}`);
  return answer.json;
}

async function sentences(type: string, id: unknown): Promise<string[]> {
  const rows = await on.database
    .db('timeline_events')
    .where({ subject_type: type, subject_id: String(id) })
    .orderBy(['timestamp', 'id'])
    .select('sentence');
  return rows.map((row) => String(row.sentence));
}

function fieldOf(answer: Called): unknown {
  return (answer.json['errors'] as { field: string }[] | undefined)?.[0]?.field;
}

describe('a customer', () => {
  test('is added, read, changed and archived, and its timeline says so', async () => {
    const made = await add('customers', { name: '  Acme  ', external_id: 'C-1' });
    expect(made).toMatchObject({ name: 'Acme', external_id: 'C-1', notes: null, archived: false, version: 1 });
    const read = await on.ask(`/v1/customers/${made['id']}`);
    expect([read.json, read.headers.get('etag')]).toEqual([made, '"1"']);
    const changed = await change(`/v1/customers/${made['id']}`, { external_id: null, notes: 'gold' });
    expect(changed.json).toMatchObject({ name: 'Acme', external_id: null, notes: 'gold', version: 2 });
    expect((await change(`/v1/customers/${made['id']}`, { notes: 'gold' })).json['version']).toBe(2);
    expect((await change(`/v1/customers/${made['id']}`, { archived: true })).json).toMatchObject({
      archived: true,
      version: 3,
    });
    expect((await change(`/v1/customers/${made['id']}`, { archived: false })).json['archived_at']).toBeNull();
    expect(await sentences('customer', made['id'])).toEqual([
      'Customer Acme added',
      'Customer Acme changed: externalId from C-1 to none, notes from none to gold',
      'Customer Acme archived',
      'Customer Acme brought back from the archive',
    ]);
  });

  test('has a name and an external id of its own', async () => {
    const first = await add('customers', { name: 'Twice', external_id: 'T-1' });
    const again = await on.ask('/v1/customers', { body: { name: 'Twice' } });
    expect([again.status, fieldOf(again), again.json['other']]).toEqual([409, '/name', first['id']]);
    const number = await on.ask('/v1/customers', { body: { name: 'Other', external_id: 'T-1' } });
    expect([number.status, fieldOf(number)]).toEqual([409, '/external_id']);
    const other = await add('customers', { name: 'Other' });
    expect((await change(`/v1/customers/${other['id']}`, { name: 'Twice' })).status).toBe(409);
    expect((await change(`/v1/customers/${other['id']}`, { external_id: 'T-1' })).status).toBe(409);
  });

  test('is changed only as it was read: a stale version is refused, in the body or as If-Match', async () => {
    const { id } = await add('customers', { name: 'Stale' });
    expect((await change(`/v1/customers/${id}`, { notes: 'a', version: 1 })).status).toBe(200);
    const stale = await change(`/v1/customers/${id}`, { notes: 'b', version: 1 });
    expect([stale.status, stale.json['version']]).toEqual([409, 2]);
    expect((await change(`/v1/customers/${id}`, { notes: 'b' }, { 'if-match': '"1"' })).status).toBe(409);
    expect((await change(`/v1/customers/${id}`, { notes: 'b' }, { 'if-match': 'W/"2"' })).status).toBe(200);
    expect((await change(`/v1/customers/${id}`, { notes: 'c' }, { 'if-match': 'abc' })).status).toBe(400);
    const racing = await Promise.all(
      ['x', 'y', 'z'].map((notes) => change(`/v1/customers/${id}`, { notes, version: 3 })),
    );
    expect(racing.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  });

  test('with a name that is none: 400 naming the field', async () => {
    for (const name of ['', '   ', 'x'.repeat(101), 'a\nb', 7, null]) {
      const answer = await on.ask('/v1/customers', { body: { name } });
      expect([answer.status, fieldOf(answer)], String(name)).toEqual([400, '/name']);
    }
    expect(fieldOf(await on.ask('/v1/customers', { body: { name: 'a', colour: 'red' } }))).toBe('/colour');
    expect((await change(`/v1/customers/${newId()}`, { notes: 'x' })).status).toBe(404);
    expect((await on.ask(`/v1/customers/${newId()}`)).status).toBe(404);
  });

  test('needs registry:write to be added, registry:read to be seen', async () => {
    const key = await on.keyFor(['registry:read']);
    expect((await on.ask('/v1/customers', { key })).status).toBe(200);
    expect((await on.ask('/v1/customers', { key, body: { name: 'No' } })).status).toBe(403);
    expect((await on.ask('/v1/locations', { key: await on.keyFor(['assets:read']) })).status).toBe(403);
  });
});

describe('a project', () => {
  test('belongs to a customer, by id or name, and has its name once there', async () => {
    const customer = await add('customers', { name: 'Projects Inc' });
    const made = await add('projects', { customer: 'Projects Inc', name: 'web', code: 'PI-W' });
    expect(made).toMatchObject({ customer_id: customer['id'], customer: 'Projects Inc', name: 'web', code: 'PI-W' });
    expect((await on.ask(`/v1/projects/${made['id']}`)).json).toEqual(made);
    const again = await on.ask('/v1/projects', { body: { customer_id: customer['id'], name: 'web' } });
    expect([again.status, fieldOf(again)]).toEqual([409, '/name']);
    const code = await on.ask('/v1/projects', { body: { customer_id: customer['id'], name: 'db', code: 'PI-W' } });
    expect([code.status, fieldOf(code)]).toEqual([409, '/code']);
    expect(fieldOf(await on.ask('/v1/projects', { body: { name: 'x' } }))).toBe('/customer');
    expect(fieldOf(await on.ask('/v1/projects', { body: { customer: 'Nobody', name: 'x' } }))).toBe('/customer');
    const changed = await change(`/v1/projects/${made['id']}`, { name: 'www', version: 1 });
    expect(changed.json).toMatchObject({ name: 'www', customer: 'Projects Inc', version: 2 });
    expect((await change(`/v1/projects/${made['id']}`, { name: 'w', version: 1 })).status).toBe(409);
    expect(await sentences('customer', customer['id'])).toContain('Project www changed: name from web to www');
  });

  test('is archived when it has no servers, its customer when it has no projects', async () => {
    const customer = await add('customers', { name: 'Leaving' });
    const project = await add('projects', { customer_id: customer['id'], name: 'last' });
    const asset = await add('assets', { name: 'still-there', project_id: project['id'] });
    const held = await change(`/v1/projects/${project['id']}`, { archived: true });
    expect([held.status, held.json['detail']]).toEqual([409, expect.stringContaining('still-there')]);
    expect((await change(`/v1/customers/${customer['id']}`, { archived: true })).json['detail']).toContain('last');
    expect((await change(`/v1/assets/${asset['id']}`, { project_id: null })).json['project']).toBeNull();
    expect((await change(`/v1/projects/${project['id']}`, { archived: true })).status).toBe(200);
    expect((await change(`/v1/customers/${customer['id']}`, { archived: true })).status).toBe(200);
    expect((await on.ask('/v1/projects', { body: { customer_id: customer['id'], name: 'new' } })).status).toBe(409);
    expect((await change(`/v1/projects/${project['id']}`, { archived: false })).status).toBe(409);
    const given = await change(`/v1/assets/${asset['id']}`, { project_id: project['id'] });
    expect([given.status, fieldOf(given)]).toEqual([409, '/project_id']);
    const listed = await on.ask('/v1/customers?q=leav');
    expect(listed.json['items']).toEqual([]);
    expect((await on.ask('/v1/customers?q=leav&archived=any')).json['items']).toHaveLength(1);
    expect(await sentences('project', project['id'])).toContain('Project last archived');
  });

  test('archived at the moment in which it is given a server: one of the two is refused', async () => {
    const { id: customerId } = await add('customers', { name: 'Race' });
    for (let round = 0; round < 5; round += 1) {
      const { id } = await add('projects', { customer_id: customerId, name: `r${round}` });
      const [given, archived] = await Promise.all([
        on.ask('/v1/assets', { body: { name: `race-${round}`, project_id: id } }),
        change(`/v1/projects/${id}`, { archived: true }),
      ]);
      expect([201, 409]).toContain(given.status);
      expect(archived.status).toBe(given.status === 201 ? 409 : 200);
    }
  });
});

describe('a location', () => {
  test('stands in a tree, and says the way to it', async () => {
    const site = await add('locations', { type: 'site', name: 'ams1', time_zone: 'Europe/Amsterdam', code: 'A' });
    const room = await add('locations', { type: 'room', name: 'room 2', parent: 'ams1' });
    const rack = await add('locations', { type: 'rack', name: 'rack 12', parent_id: room['id'], code: 'A' });
    expect(rack).toMatchObject({ path: 'ams1 / room 2 / rack 12', site: 'ams1', height_u: 42, units_from: 'bottom' });
    const list = await on.ask(`/v1/locations?within=${site['id']}&sort=-name`);
    expect((list.json['items'] as { name: string }[]).map(({ name }) => name)).toEqual(['room 2', 'rack 12', 'ams1']);
    expect((await on.ask(`/v1/locations?parent_id=${site['id']}`)).json['items']).toMatchObject([{ id: room['id'] }]);
    expect((await on.ask('/v1/locations?parent_id=none&type=site&code=A')).json['items']).toHaveLength(1);
    const renamed = await change(`/v1/locations/${site['id']}`, { name: 'ams2', version: 1 });
    expect(renamed.json).toMatchObject({ name: 'ams2', version: 2 });
    expect((await on.ask(`/v1/locations/${rack['id']}`)).json['path']).toBe('ams2 / room 2 / rack 12');
    expect((await change(`/v1/locations/${site['id']}`, { name: 'ams3', version: 1 })).status).toBe(409);
    expect(await sentences('location', site['id'])).toEqual([
      'Location ams1 added (site)',
      'Location ams1 / room 2 added (room)',
      'Location ams2 changed: name from ams1 to ams2',
    ]);
  });

  test('has a name and a code of its own beside others, also at the top', async () => {
    const first = await add('locations', { type: 'site', name: 'lon1', code: 'L' });
    for (const body of [
      { type: 'region', name: 'lon1' },
      { type: 'site', name: 'lon2', code: 'L' },
    ])
      expect((await on.ask('/v1/locations', { body })).status).toBe(409);
    await add('locations', { type: 'room', name: 'lon1', parent_id: first['id'], code: 'L' });
    const again = await on.ask('/v1/locations', { body: { type: 'rack', name: 'lon1', parent: 'lon1' } });
    expect([again.status, fieldOf(again)]).toEqual([409, '/name']);
    const racing = await Promise.all(
      Array.from({ length: 6 }, () => on.ask('/v1/locations', { body: { type: 'site', name: 'lon9' } })),
    );
    expect(racing.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  test.each([
    ['a rack in nothing', { type: 'rack' }, '/parent_id'],
    ['a rack in a rack', { type: 'rack', parent: 'fra1 / r1' }, '/parent_id'],
    ['a shelf of a site', { type: 'site', shelf: '3' }, '/shelf'],
    ['a height of a room', { type: 'room', parent: 'fra1', height_u: 4 }, '/height_u'],
    ['no time zone', { type: 'site', time_zone: 'Mars/Olympus' }, '/time_zone'],
    ['a path in a name', { type: 'site', name: 'a / b' }, '/name'],
    ['a parent that is not there', { type: 'room', parent: 'fra1 / nowhere' }, '/parent'],
    ['two parents', { type: 'room', parent: 'fra1', parent_id: newId() }, '/parent'],
    ['no type', {}, '/type'],
  ])('with %s: 400 naming the field', async (_what, body, field) => {
    await on.ask('/v1/locations/bulk', {
      body: {
        items: [
          { type: 'site', name: 'fra1' },
          { type: 'rack', name: 'r1', parent: 'fra1' },
        ],
      },
    });
    const answer = await on.ask('/v1/locations', { body: { name: 'new', ...body } });
    expect([answer.status, fieldOf(answer)], answer.text).toEqual([400, field]);
  });

  test('moves with all that is in it, and never into itself', async () => {
    const a = await add('locations', { type: 'region', name: 'A' });
    const b = await add('locations', { type: 'region', name: 'B', parent_id: a['id'] });
    const c = await add('locations', { type: 'region', name: 'C', parent_id: b['id'] });
    for (const parent of [a, b, c]) {
      const ring = await change(`/v1/locations/${a['id']}`, { parent_id: parent['id'] });
      expect([ring.status, fieldOf(ring)]).toEqual([409, '/parent_id']);
    }
    const moved = await change(`/v1/locations/${c['id']}`, { parent_id: null });
    expect(moved.json).toMatchObject({ path: 'C', parent_id: null });
    expect(await sentences('location', c['id'])).toContain('Location A / B / C is C now, with all that is in it');
    await change(`/v1/locations/${b['id']}`, { parent_id: null });
    const both = await Promise.all([
      change(`/v1/locations/${b['id']}`, { parent_id: c['id'] }),
      change(`/v1/locations/${c['id']}`, { parent_id: b['id'] }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('goes sixteen levels deep', async () => {
    let parent: string | null = null;
    for (let level = 1; level <= 16; level += 1)
      parent = String((await add('locations', { type: 'region', name: `L${level}`, parent_id: parent }))['id']);
    const deeper = await on.ask('/v1/locations', { body: { type: 'region', name: 'L17', parent_id: parent } });
    expect([deeper.status, fieldOf(deeper)]).toEqual([400, '/parent_id']);
    const loose = await add('locations', { type: 'region', name: 'loose' });
    expect((await change(`/v1/locations/${loose['id']}`, { parent_id: parent })).status).toBe(400);
  });

  test('is archived when it holds nothing', async () => {
    const site = await add('locations', { type: 'site', name: 'old1' });
    const room = await add('locations', { type: 'room', name: 'r', parent_id: site['id'] });
    expect((await change(`/v1/locations/${site['id']}`, { archived: true })).status).toBe(409);
    const asset = await add('assets', { name: 'in-room', location_id: room['id'] });
    const held = await change(`/v1/locations/${room['id']}`, { archived: true });
    expect(held.json['detail']).toContain('in-room');
    await change(`/v1/assets/${asset['id']}`, { location_id: null });
    expect((await change(`/v1/locations/${room['id']}`, { archived: true })).status).toBe(200);
    expect((await change(`/v1/locations/${site['id']}`, { archived: true })).status).toBe(200);
    expect((await change(`/v1/locations/${room['id']}`, { archived: false })).status).toBe(409);
    expect((await on.ask('/v1/locations', { body: { type: 'room', name: 'n', parent_id: site['id'] } })).status).toBe(
      409,
    );
    const placed = await change(`/v1/assets/${asset['id']}`, { location_id: room['id'] });
    expect([placed.status, fieldOf(placed)]).toEqual([409, '/location_id']);
  });
});
