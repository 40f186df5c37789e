import { createNetBoxClient } from 'netbox-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createHttp, type Http } from '../../../src/kit/http.ts';
import { type SimulatedRequest, type SimulatorServer, startSimulatorServer } from '../../../src/kit/simulator.ts';
import type { RecordPage } from '#src/ports/record-objects.ts';
import { findRecords } from './find-records.ts';
import { countRecords, readMany, readOf, readPage } from './read-records.ts';
import type { Reading } from './read-rows.ts';
import { etagOf, toRecord } from './record-row.ts';
import { typeNamed } from './record-types.ts';

type Row = Record<string, unknown> & { id: number };
type Page = { count: number | null; next: string | null; results: Row[] };

let server: SimulatorServer;
let http: Http;
let reading: Reading;
let version = '4.7';
let answer: (request: SimulatedRequest) => unknown = () => ({});

beforeAll(async () => {
  server = await startSimulatorServer({
    handle: (request) =>
      request.path === '/api/status/'
        ? { status: 200, body: { 'netbox-version': version }, headers: { 'api-version': version } }
        : { status: 200, body: answer(request), headers: { 'api-version': version } },
  });
  http = createHttp('netbox', { baseUrl: server.url });
});
afterAll(async () => {
  await http.close();
  await server.close();
});
afterEach(() => server.forget());

function speak(of: string, how: typeof answer): void {
  version = of;
  answer = how;
  const client = createNetBoxClient(http, { token: 'x' });
  reading = { client, system: 'netbox', signal: AbortSignal.timeout(5_000) };
}

const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id, last_updated: '2026-11-21T12:00:00.5Z' }));
const link = (query: string): string => `http://internal.example/api/dcim/devices/?${query}`;
const device = typeNamed('netbox', 'device');
const page = (after: string | null): Promise<RecordPage> => readPage(reading, device, { fields: ['name'], after });

describe('a page by cursor (4.6+)', () => {
  const speaks = (body: Page | string): void => speak('4.7', () => body);

  test('goes by `start` and ends where there is no next one; the server may give less than was asked for', async () => {
    speak('4.7', ({ query }) =>
      query.get('start') === '1'
        ? { count: null, next: link('limit=3&start=10'), results: rows(2, 5, 9) }
        : { count: null, next: null, results: rows(11) },
    );
    const first = await page(null);
    expect(first.objects.map(({ id, version: at }) => [id, at])).toEqual(
      ['2', '5', '9'].map((id) => [id, 'W/"2026-11-21T12:00:00.5+00:00"']),
    );
    expect(first.next).toBe('9');
    expect(await page(first.next)).toMatchObject({ objects: [{ id: '11' }], next: null });
    expect(server.requests.map(({ query }) => query.get('start')).filter(Boolean)).toEqual(['1', '10']);
    expect(server.requests.at(-1)?.query.get('fields')).toBe('id,last_updated,name');
  });

  test.each([
    ['leaves rows out in the middle', { next: link('limit=3&start=10'), results: rows(2, 9) }],
    ['goes on behind rows that it did not give', { next: link('limit=3&start=20'), results: rows(2, 5, 9) }],
    ['repeats a row', { next: null, results: rows(2, 2) }],
    ['does not ascend', { next: null, results: rows(5, 2) }],
    ['is empty and goes on', { next: link('limit=3&start=4'), results: [] }],
    ['begins before what was asked for', { next: null, results: rows(1) }],
    ['ends full', { next: null, results: rows(...Array.from({ length: 1000 }, (_, at) => at + 9)) }],
    ['has a row without id', { next: null, results: [{ name: 'x' } as unknown as Row] }],
    ['has a text for an id', { next: null, results: [{ id: '7' } as unknown as Row] }],
    ['has a next that is no link', { next: 'elsewhere', results: rows(2) }],
  ])('that %s is malformed', async (_, body) => {
    speaks({ count: null, ...body });
    await expect(page('4')).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('that is cut off or is no list is malformed', async () => {
    speaks('{"count":null,"next":null,"results":[{"id":1},{"id"');
    await expect(page(null)).rejects.toMatchObject({ kind: 'malformed' });
    speak('4.7', () => ({ detail: 'what?' }));
    await expect(page(null)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('a page before 4.6', () => {
  test('goes by the id, counted, and has no version', async () => {
    speak('4.5', ({ query }) =>
      query.get('id__gt') === null
        ? { count: 3, next: link('limit=2&offset=2'), results: rows(2, 5) }
        : { count: 1, next: null, results: rows(9) },
    );
    const first = await page(null);
    expect(first).toMatchObject({ next: '5', objects: [{ version: null }, { version: null }] });
    expect(await page('5')).toMatchObject({ next: null, objects: [{ id: '9' }] });
    const queries = server.requests.slice(1).map(({ query }) => [query.get('ordering'), query.get('start')]);
    expect(queries).toEqual([
      ['id', null],
      ['id', null],
    ]);
  });

  test('that does not fit its count is asked for again, and then malformed', async () => {
    let times = 0;
    speak('4.4', () => ({ count: (times += 1) < 3 ? 3 : 2, next: null, results: rows(2, 5) }));
    expect((await page(null)).objects).toHaveLength(2);
    speak('4.4', () => ({ count: 3, next: null, results: rows(2, 5) }));
    await expect(page(null)).rejects.toThrow('the last page has 2 of 3 rows');
  });
});

test('a filter that was not obeyed is malformed, never an answer', async () => {
  speak('4.7', () => ({
    count: 3,
    next: null,
    results: rows(1, 2, 3).map((row) => ({ ...row, serial: `S${row.id}`, device: { id: row.id } })),
  }));
  await expect(readMany(reading, device, { fields: [], ids: ['1', '2'] })).rejects.toMatchObject({ kind: 'malformed' });
  const children = { fields: [], parentIds: ['1', '2'] };
  await expect(readOf(reading, typeNamed('netbox', 'interface'), children)).rejects.toMatchObject({
    kind: 'malformed',
  });
  const query = { fields: [], by: 'serial', values: ['s1', 'S2'] };
  await expect(findRecords(reading, device, query)).rejects.toMatchObject({ kind: 'malformed' });
});

test('no request line is longer than gunicorn takes', async () => {
  speak('4.7', () => ({ count: 0, next: null, results: [] }));
  const ids = Array.from({ length: 2_000 }, (_, at) => String(10_000_000 + at));
  const fields = Array.from({ length: 20 }, (_, at) => `some_longer_field_${at}`);
  await readMany(reading, device, { fields, ids });
  await findRecords(reading, device, { fields, by: 'name', values: ids.map((id) => `Rechenzentrum Süd ${id}`) });
  const lines = server.requests.map(({ path, query }) => path.length + query.toString().length);
  expect(Math.max(...lines)).toBeLessThan(3_700);
  expect(server.requests.flatMap(({ query }) => query.getAll('id'))).toEqual(ids);
});

test('addresses of the other members of a virtual chassis are left out', async () => {
  const on = (id: number, deviceId: number) => ({
    id,
    assigned_object_type: 'dcim.interface',
    assigned_object: { id: 1, device: { id: deviceId } },
  });
  speak('4.7', () => ({ count: 2, next: null, results: [on(1, 5), on(2, 6)] }));
  const found = await readOf(reading, typeNamed('netbox', 'ip-address'), { fields: [], parentIds: ['5'] });
  expect(found.map(({ id, parentId }) => [id, parentId])).toEqual([['1', '5']]);
});

test('the config context is never asked for, and a cursor page is no count', async () => {
  speak('4.7', () => ({ count: null, next: null, results: [] }));
  await expect(readPage(reading, device, { fields: ['config_context'], after: null })).rejects.toMatchObject({
    kind: 'unsupported',
  });
  await expect(countRecords(reading, device)).rejects.toMatchObject({ kind: 'malformed' });
  await expect(page('x')).rejects.toMatchObject({ kind: 'rejected' });
});

test('the version is the etag that NetBox makes of last_updated, whatever its time zone', () => {
  expect(etagOf('2026-11-21T12:00:00.123456Z')).toBe('W/"2026-11-21T12:00:00.123456+00:00"');
  expect(etagOf('2026-11-21T12:00:00Z')).toBe('W/"2026-11-21T12:00:00+00:00"');
  expect(etagOf('2026-11-21T00:30:00.123456+01:00')).toBe('W/"2026-11-20T23:30:00.123456+00:00"');
  expect(etagOf('2026-11-21T12:00:00-05:30')).toBe('W/"2026-11-21T17:30:00+00:00"');
  expect([etagOf(null), etagOf('soon')]).toEqual([null, null]);
});

test('selections among the custom fields are plain values in every version', () => {
  const custom_fields = {
    state: { value: 'racked', label: 'Racked' },
    list: [{ value: 'a', label: 'A' }],
    site: { id: 1, name: 'x' },
    n: 1,
    no: null,
  };
  const record = toRecord(device, { id: 1, last_updated: null, custom_fields }, { versioned: true, labelled: true });
  expect(record).toMatchObject({
    version: null,
    data: { custom_fields: { state: 'racked', list: ['a'], site: { id: 1, name: 'x' }, n: 1, no: null } },
  });
});
