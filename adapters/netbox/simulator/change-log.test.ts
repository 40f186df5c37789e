import { beforeEach, describe, expect, test } from 'vitest';
import { MACHINES, simulatorLab } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call, ids } = lab;
const LOG = '/api/core/object-changes/';

beforeEach(async () => {
  const { seed } = await lab.start();
  seed({ sites: ['AMS1', 'FRA1'], devices: MACHINES });
});

const latest = async (): Promise<number> =>
  Number((await call('GET', `${LOG}?limit=1&ordering=-id`)).body.results[0]?.['id']);
const change = (id: number, serial: string) => call('PATCH', `/api/dcim/devices/${id}/`, { serial });
const changeAll = (serial: string) =>
  call(
    'PATCH',
    '/api/dcim/devices/',
    [1, 2, 3].map((id) => ({ id, serial })),
  );

describe('the change log', () => {
  test('has for each change who, what, before and after, and the request', async () => {
    const { headers } = await call('PATCH', '/api/dcim/devices/1/', { serial: 'NEW', changelog_message: 'why' });
    const { results } = (await call('GET', `${LOG}?limit=1`)).body;
    expect(results).toMatchObject([
      {
        ...{ user_name: 'hub', user: { username: 'hub' }, request_id: headers.get('x-request-id'), message: 'why' },
        ...{ action: { value: 'update' }, changed_object_type: 'dcim.device', changed_object_id: 1 },
        ...{
          changed_object: { id: 1, name: 'd1' },
          prechange_data: { serial: 'S1' },
          postchange_data: { serial: 'NEW' },
        },
      },
    ]);
  });

  test('can be asked in every way that there is, and in no other', async () => {
    const last = await latest();
    const { headers } = await changeAll('NEW');
    expect(await ids(`${LOG}?id__gt=${last}&ordering=id`)).toEqual([last + 1, last + 2, last + 3]);
    expect(await ids(`${LOG}?start=${last + 2}`)).toEqual([last + 2, last + 3]);
    expect(await ids(`${LOG}?request_id=${headers.get('x-request-id')}`)).toEqual([last + 3, last + 2, last + 1]);
    expect(await ids(`${LOG}?changed_object_type=dcim.device&changed_object_id=2&action=update`)).toEqual([last + 2]);
    const [, second] = lab.simulator.database.changeLog.slice(-3);
    expect(await ids(`${LOG}?time_after=${second?.time}`)).toEqual([last + 3, last + 2]);
    expect(await ids(`${LOG}?time_before=${second?.time}&id__gt=${last}`)).toEqual([last + 2, last + 1]);
    expect((await ids(`${LOG}?user=hub`)).length).toBe(3);
    // As the real one: no such filter, so everything comes.
    expect((await ids(`${LOG}?time__gte=2999-01-01`)).length).toBe(last + 3);
    for (const query of ['user=nobody', 'action=bogus', 'request_id=junk', 'time_after=junk'])
      expect((await call('GET', `${LOG}?${query}`)).status, query).toBe(400);
  });

  test('before 4.5.1 rows come whole, whatever is asked for', async () => {
    const { seed } = await lab.start({ version: '4.4.10' });
    seed({ devices: MACHINES });
    expect((await call('GET', `${LOG}?fields=id&limit=1`)).body.results[0]).toHaveProperty('postchange_data');
  });

  test('has no row of what was refused, and leaves out the number that it took', async () => {
    const last = await latest();
    await call('PATCH', '/api/dcim/devices/', [
      { id: 1, serial: 'X' },
      { id: 2, status: 'bogus' },
    ]);
    expect(await latest()).toBe(last);
    await change(1, 'Y');
    expect(await latest()).toBe(last + 2);
  });
});

describe('rows that come late', () => {
  test('are held, and appear with lower ids and earlier times than rows that were seen', async () => {
    const last = await latest();
    const seen = (): Promise<number[]> => ids(`${LOG}?id__gt=${last}&ordering=id`);
    lab.simulator.holdChangeLog((row) => row.user_name === 'hub');
    await changeAll('NEW');
    lab.simulator.as('alice').change('device', 1, { serial: 'ALICE' });
    expect(await seen()).toEqual([last + 4]);
    expect(lab.simulator.show('device', 2)).toMatchObject({ serial: 'NEW' });
    lab.simulator.releaseChangeLog();
    expect(await seen()).toEqual([last + 1, last + 2, last + 3, last + 4]);
    const times = lab.simulator.database.changeLog.map(({ time }) => time);
    expect(times).toEqual(times.toSorted());
    await change(1, 'LATER');
    expect(await latest()).toBe(last + 5);
  });

  test('by themselves after a bulk, and after nothing else', { timeout: 20_000 }, async () => {
    const { seed } = await lab.start({ changeLogDelayMs: 1_500 });
    seed({ devices: MACHINES });
    const last = await latest();
    await changeAll('NEW');
    await change(1, 'ONE');
    const seen = (): Promise<number[]> => ids(`${LOG}?id__gt=${last}&ordering=id`);
    expect(await seen()).toEqual([last + 4]);
    await expect.poll(seen, { timeout: 10_000, interval: 100 }).toEqual([last + 1, last + 2, last + 3, last + 4]);
  });
});

describe('rows that go', () => {
  test('old ones, after retention', async () => {
    const last = await latest();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const before = new Date();
    await change(1, 'NEW');
    lab.simulator.expireChangeLog(before);
    expect(await ids(LOG)).toEqual([last + 1]);
  });

  test('all since a backup that was restored, with the objects; their ids come again', async () => {
    const last = await latest();
    const restore = lab.simulator.backUp();
    await change(1, 'NEW');
    lab.simulator.as('admin').create('site', { name: 'NEW', slug: 'new' });
    restore();
    expect([await latest(), lab.simulator.database.all('site').length]).toEqual([last, 2]);
    expect((await call('GET', '/api/dcim/devices/?serial=S1')).body.count).toBe(1);
    await change(1, 'OTHER');
    expect(lab.simulator.database.changeLog.at(-1)).toMatchObject({ id: last + 1, postchange: { serial: 'OTHER' } });
    expect(lab.simulator.as('admin').create('site', { name: 'X', slug: 'x' })).toBe(3);
  });
});

describe('what leaves no trace', () => {
  const traces = () => ({
    logged: lab.simulator.database.changeLog.map((row) => `${row.changed_object_type} ${row.changed_object_id}`),
    updated: lab.simulator.database.all('device').map((row) => row.last_updated),
  });

  test('a rack that goes to another site takes its devices along', async () => {
    const { url, deliveries } = await lab.listen();
    lab.subscribe(url);
    const before = traces();
    const etag = (await call('GET', '/api/dcim/devices/1/')).headers.get('etag');
    await call('PATCH', '/api/dcim/racks/1/', { site: 2 });
    await lab.simulator.webhooksSent();
    expect(lab.simulator.show('device', 1)).toMatchObject({ site: { slug: 'fra1' } });
    expect((await call('GET', '/api/dcim/devices/?site_id=2')).body.count).toBe(3);
    expect(traces()).toEqual({ ...before, logged: [...before.logged, 'dcim.rack 1'] });
    expect(deliveries.map(({ body }) => JSON.parse(body.toString()).object_type)).toEqual(['dcim.rack']);
    expect((await call('GET', '/api/dcim/devices/1/')).headers.get('etag')).toBe(etag);
  });

  test('a location does so with all below it', async () => {
    lab.simulator.seed({ locations: [{ site: 'AMS1', path: ['Room', 'Row'] }] });
    await call('PATCH', '/api/dcim/racks/1/', { location: 2 });
    expect(lab.simulator.show('device', 1)).toMatchObject({ location: { name: 'Row' } });
    const before = traces();
    await call('PATCH', '/api/dcim/locations/1/', { site: 2 });
    for (const [model, id] of [
      ['location', 2],
      ['rack', 1],
      ['device', 1],
    ] as const)
      expect(lab.simulator.show(model, id), model).toMatchObject({ site: { slug: 'fra1' } });
    expect(traces()).toEqual({ ...before, logged: [...before.logged, 'dcim.location 1'] });
  });

  test('a script in the shell', async () => {
    const before = traces();
    lab.simulator.nbshell((database) => {
      const row = database.find('device', 2);
      if (row) row.serial = 'SHELL';
    });
    expect(lab.simulator.show('device', 2)).toMatchObject({ serial: 'SHELL' });
    expect((await call('GET', '/api/dcim/devices/?serial=shell')).body.results).toMatchObject([{ id: 2 }]);
    expect(traces()).toEqual(before);
  });
});
