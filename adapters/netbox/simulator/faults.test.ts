import { beforeEach, expect, test } from 'vitest';
import { MACHINES, simulatorLab } from './lab-for-tests.ts';

const lab = simulatorLab();
const { call } = lab;
const D = '/api/dcim/devices/';

beforeEach(async () => {
  const { seed } = await lab.start();
  seed({ devices: [...MACHINES, { name: 'd4', site: 'AMS1' }, { name: 'd5', site: 'AMS1' }] });
});

/** What the pages of a listing hold. */
async function pages(path: string): Promise<number[][]> {
  const found: number[][] = [];
  for (let next: string | null = path; next !== null;) {
    const { body }: Awaited<ReturnType<typeof call>> = await call('GET', next);
    found.push(body.results.map(({ id }) => Number(id)));
    next = body.next;
  }
  return found;
}
const WHOLE = [[1, 2], [3, 4], [5]];

test('an empty listing looks like a NetBox with nothing in it, once', async () => {
  lab.simulator.faults.emptyListing('devices');
  expect((await call('GET', D)).body).toEqual({ count: 0, next: null, previous: null, results: [] });
  expect((await call('GET', '/api/dcim/sites/')).body.count).toBe(1);
  expect((await call('GET', D)).body.count).toBe(5);
  lab.simulator.faults.emptyListing('devices', 2);
  expect((await call('GET', `${D}?start=0`)).body).toMatchObject({ count: null, results: [] });
  expect((await call('GET', D)).body.count).toBe(0);
});

test.each([
  ['by offset', `${D}?limit=2&ordering=id`],
  ['by cursor', `${D}?start=1&limit=2`],
])('a page %s fails in the middle of a listing, and is there when it is asked for again', async (_how, path) => {
  lab.simulator.faults.failPage('devices', 2, 503);
  const { next } = (await call('GET', path)).body;
  expect((await call('GET', next ?? '')).status).toBe(503);
  expect((await call('GET', next ?? '')).body.results).toHaveLength(2);
  expect(await pages(path)).toEqual(WHOLE);
});

test('a page asked for again is the same page', async () => {
  lab.simulator.faults.failPage('devices', 3);
  const second = (await call('GET', `${D}?start=1&limit=2`)).body.next ?? '';
  for (const _again of [1, 2, 3]) expect((await call('GET', second)).status).toBe(200);
  expect((await call('GET', (await call('GET', second)).body.next ?? '')).status).toBe(500);
});

test('a page by id__gt, as before 4.6, counts too', async () => {
  lab.simulator.faults.failPage('devices', 2);
  expect((await call('GET', `${D}?limit=2&ordering=id`)).status).toBe(200);
  expect((await call('GET', `${D}?limit=2&ordering=id&id__gt=2`)).status).toBe(500);
});

test('a page whose JSON ends in the middle', async () => {
  lab.simulator.faults.truncatePage('devices', 1);
  const answer = await fetch(`${lab.simulator.url}${D}`, {
    headers: { authorization: `Token ${lab.simulator.token}` },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  await expect(answer.json()).rejects.toThrow(SyntaxError);
});

test('a page that repeats rows or leaves some out, and looks right otherwise', async () => {
  lab.simulator.faults.repeatRows('devices', 2);
  expect(await pages(`${D}?limit=2&ordering=id`)).toEqual([[1, 2], [3, 3], [5]]);
  lab.simulator.faults.leaveOutRows('devices', 1, 2);
  const body = (await call('GET', `${D}?limit=4&ordering=id`)).body;
  expect([body.count, body.results.map(({ id }) => id)]).toEqual([5, [1, 4]]);
  expect(body.next).toContain('offset=4');
  expect(await pages(`${D}?start=0&limit=2`)).toEqual(WHOLE);
});

test('filters that are ignored', async () => {
  lab.simulator.faults.ignoreFilters('devices');
  expect((await call('GET', `${D}?serial=S1&limit=2&fields=id`)).body).toMatchObject({ count: 5, results: [{}, {}] });
  expect((await call('GET', `${D}?serial=S1`)).body.count).toBe(1);
});

test('429 with a time to wait, for everybody', async () => {
  lab.simulator.faults.throttle(7, 2);
  for (const path of [D, '/api/dcim/sites/']) {
    const { status, headers } = await call('GET', path);
    expect([status, headers.get('retry-after')]).toEqual([429, '7']);
  }
  expect((await call('GET', D)).status).toBe(200);
});

test('a slow answer', async () => {
  lab.simulator.faults.slow('devices', 150);
  await call('GET', '/api/dcim/sites/');
  const begun = performance.now();
  await call('GET', D);
  expect(performance.now() - begun).toBeGreaterThan(145);
});

test('a write that is done and not answered, and one that is answered and not done', async () => {
  const { faults } = lab.simulator;
  faults.loseAnswer('devices');
  await expect(call('PATCH', `${D}1/`, { serial: 'LOST' })).rejects.toThrow('fetch failed');
  expect(lab.simulator.show('device', 1)).toMatchObject({ serial: 'LOST' });
  faults.failWrite('devices', 502);
  expect((await call('PATCH', D, [{ id: 1, serial: 'NOT DONE' }])).status).toBe(502);
  expect(lab.simulator.show('device', 1)).toMatchObject({ serial: 'LOST' });
  expect((await call('GET', D)).status).toBe(200);
});

test('a list that there is not is a mistake in the test, and clear() ends all', async () => {
  const { faults } = lab.simulator;
  expect(() => faults.emptyListing('device')).toThrow('no list device; there are sites,');
  faults.emptyListing('devices');
  faults.ignoreFilters('devices');
  faults.throttle(1);
  faults.clear();
  expect((await call('GET', `${D}?serial=S1`)).body.count).toBe(1);
});
