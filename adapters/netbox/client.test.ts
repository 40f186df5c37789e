import { afterEach, describe, expect, test } from 'vitest';
import { createNetBoxClient, type NetBoxClient } from 'netbox-client';
import { z } from 'zod';
import { createHttp, type HttpOptions } from '#src/kit/http.ts';
import {
  startSimulatorServer,
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
} from '#src/kit/simulator.ts';
import { openNetboxClient } from './client.ts';
import { Device, Site, Tag } from './schema.ts';
import { startNetboxSimulator, type NetboxSimulator } from './simulator.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function simulated(
  options: Parameters<typeof startNetboxSimulator>[0] = {},
  more: { token?: string; pageSize?: number; timeoutMs?: number } = {},
): Promise<{ simulator: NetboxSimulator; client: NetBoxClient }> {
  const simulator = await startNetboxSimulator(options);
  closing.push(() => simulator.close());
  return { simulator, client: open(simulator.url, { token: simulator.token, ...more }) };
}
async function scripted(
  handle: (request: SimulatedRequest) => SimulatedAnswer,
): Promise<{ server: SimulatorServer; client: NetBoxClient }> {
  const server = await startSimulatorServer({ handle });
  closing.push(() => server.close());
  return { server, client: open(server.url, { token: 'x' }) };
}
function open(
  url: string,
  { timeoutMs, ...options }: { token: string; pageSize?: number; timeoutMs?: number },
): NetBoxClient {
  const http: HttpOptions = { baseUrl: url, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const client = createHttp('netbox', http);
  closing.push(() => client.close());
  return createNetBoxClient(client, options);
}
describe('lists', () => {
  test('come whole over several pages, with trailing slash, repeated keys and the fields that are read', async () => {
    const { simulator, client } = await simulated({}, { pageSize: 3 });
    simulator.seed({ devices: Array.from({ length: 8 }, (_, at) => ({ name: `d${at}`, site: 'AMS1' })) });
    simulator.server.forget();
    expect(await client.list('devices', {}, Device, { signal })).toHaveLength(8);
    expect(simulator.server.requests.map((one) => one.query.get('offset'))).toEqual(['0', '3', '6']);
    expect(simulator.server.requests[0]?.path).toBe('/api/dcim/devices/');
    expect(simulator.server.requests[0]?.query.get('fields')?.split(',')).toEqual(Object.keys(Device.shape));
    await client.list('devices', { id: [1, 2] }, Device, { signal });
    expect(simulator.server.requests.at(-1)?.query.getAll('id')).toEqual(['1', '2']);
  });

  test('a server with smaller pages than were asked for is read to its end', async () => {
    const all = [1, 2, 3, 4, 5].map((id) => ({ id, slug: `t${id}` }));
    const { client } = await scripted(({ query }) => {
      const offset = Number(query.get('offset'));
      return {
        status: 200,
        body: {
          count: 5,
          next: offset + 2 < 5 ? 'http://elsewhere.example/' : null,
          results: all.slice(offset, offset + 2),
        },
      };
    });
    expect((await client.list('tags', {}, Tag, { signal })).map((tag) => tag.id)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ['fewer rows than the count', { count: 3, next: null, results: [{ id: 1, slug: 'a' }] }],
    [
      'a row that comes twice',
      {
        count: 2,
        next: null,
        results: [
          { id: 1, slug: 'a' },
          { id: 1, slug: 'a' },
        ],
      },
    ],
    ['an empty page with more to come', { count: 3, next: 'http://x/', results: [] }],
    ['no count at all', { count: null, next: null, results: [] }],
  ])('%s is an incomplete listing, never a short one', async (_name, body) => {
    const { client } = await scripted(() => ({ status: 200, body }));
    expect(await errorOf(client.list('tags', {}, Tag, { signal }))).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('incomplete'),
    });
  });

  test('a listing that changed while it was read is read again', async () => {
    let calls = 0;
    const { client } = await scripted(() => ({
      status: 200,
      body: { count: (calls += 1) === 1 ? 2 : 1, next: null, results: [{ id: 1, slug: 'a' }] },
    }));
    expect(await client.list('tags', {}, Tag, { signal })).toEqual([{ id: 1, slug: 'a' }]);
    expect(calls).toBe(2);
  });

  test('a filter that NetBox would ignore, or that is empty, never leaves', async () => {
    const { simulator, client } = await simulated();
    simulator.seed({
      devices: [
        { name: 'a', site: 'S' },
        { name: 'b', site: 'S' },
      ],
    });
    simulator.server.forget();
    const misspelt = { serial_number: ['x'] } as object as { serial: string[] };
    expect(await errorOf(client.list('devices', misspelt, Device, { signal }))).toMatchObject({ kind: 'rejected' });
    for (const query of [{ serial: [] }, { serial: [''] }]) {
      expect(await errorOf(client.list('devices', query, Device, { signal }))).toMatchObject({ kind: 'rejected' });
    }
    expect(simulator.server.requests).toEqual([]);
  });

  test('the compiler knows the contract', async () => {
    const { client } = await simulated();
    const Wrong = z.object({ id: z.number(), nonsense: z.string() });
    const WrongType = z.object({ id: z.number(), serial: z.number() });
    const never = async (): Promise<void> => {
      // @ts-expect-error -- no such filter in the contract
      await client.list('devices', { serial_number: ['x'] }, Device, { signal });
      // @ts-expect-error -- no such field in the contract
      await client.list('devices', {}, Wrong, { signal });
      // @ts-expect-error -- another type than in the contract
      await client.get('devices', 1, WrongType, { signal });
      // @ts-expect-error -- a site has to have a slug
      await client.create('sites', { name: 'x' }, Site, { signal, message: '' });
      // @ts-expect-error -- tags are never changed by us
      await client.update('tags', 1, { name: 'x' }, Tag, { signal, message: '' });
    };
    expect(never).toBeTypeOf('function');
  });
});

describe('writes', () => {
  test('carry the change-log message, cut at 200 characters, and tell their request id', async () => {
    const { simulator, client } = await simulated();
    const done = await client.create('sites', { name: 'AMS1', slug: 'ams1' }, Site, {
      signal,
      message: 'k'.repeat(300),
    });
    expect(simulator.server.requests[0]?.json).toMatchObject({ changelog_message: 'k'.repeat(200) });
    expect(simulator.database.changeLog.at(-1)?.request_id).toBe(done.requestId);
    expect(done.etag).toMatch(/^W\/"/);
  });

  test('a stale etag is a conflict that may be tried again', async () => {
    const { simulator, client } = await simulated();
    const { a: id } = Object.fromEntries(simulator.seed({ devices: [{ name: 'a', site: 'S' }] }));
    const read = await client.get('devices', id ?? 0, Device, { signal });
    simulator.as('alice').change('device', id ?? 0, { comments: 'mine' });
    const error = await errorOf(
      client.update('devices', id ?? 0, { serial: 'X' }, Device, { signal, message: 'm', etag: read?.etag ?? null }),
    );
    expect(error).toMatchObject({ kind: 'throttled', status: 412, retryAfterMs: 1000 });
    expect(simulator.database.find('device', id)?.serial).toBe('');
  });

  test('are sent once, whatever happens to the answer', async () => {
    const { simulator, client } = await simulated();
    for (const kind of ['reset', 'drop-answer', 'garbage'] as const) {
      simulator.server.forget();
      simulator.server.addFault({ match: '^POST', kind, times: 1 });
      const error = await errorOf(client.create('tags', { name: kind, slug: kind }, Tag, { signal, message: 'm' }));
      expect(error.retry).toBe('later');
      expect(simulator.server.requests).toHaveLength(1);
    }
  });

  test('what NetBox refuses comes back field by field', async () => {
    const { client } = await simulated();
    const body = { name: 'AMS1', slug: 'ams1' };
    await client.create('sites', body, Site, { signal, message: 'm' });
    const error = await errorOf(client.create('sites', body, Site, { signal, message: 'm' }));
    expect(error).toMatchObject({
      kind: 'rejected',
      status: 400,
      detail: { name: ['site with this name already exists.'] },
    });
  });
});

describe('answers that are none', () => {
  test.each([
    ['garbage', { kind: 'garbage' as const }, 'malformed'],
    ['500', { kind: 'status' as const, status: 500 }, 'unreachable'],
    ['502 of a proxy', { kind: 'status' as const, status: 502, body: '<html>' }, 'unreachable'],
    ['503 with Retry-After', { kind: 'status' as const, status: 503, headers: { 'retry-after': '7' } }, 'throttled'],
    ['401', { kind: 'status' as const, status: 401, body: { detail: 'no' } }, 'unauthorized'],
    ['403', { kind: 'status' as const, status: 403, body: { detail: 'Invalid v2 token' } }, 'unauthorized'],
    [
      '403 for lack of a permission',
      { kind: 'status' as const, status: 403, body: { detail: 'You do not have permission to perform this action.' } },
      'rejected',
    ],
    [
      'a proxy that redirects to a log-in page',
      { kind: 'status' as const, status: 302, headers: { location: '/login' } },
      'malformed',
    ],
    ['reset', { kind: 'reset' as const }, 'unreachable'],
    ['silence', { kind: 'hang' as const }, 'unreachable'],
  ])('%s', async (_name, fault, kind) => {
    const { simulator, client } = await simulated({}, { timeoutMs: 300 });
    simulator.server.addFault(fault);
    expect((await errorOf(client.get('devices', 1, Device, { signal }))).kind).toBe(kind);
    expect((await errorOf(client.list('devices', {}, Device, { signal }))).kind).toBe(kind);
  });

  test("NetBox's own 404 means: not there; anybody else's does not", async () => {
    const { simulator, client } = await simulated();
    expect(await client.get('devices', 4711, Device, { signal })).toBeUndefined();
    simulator.server.addFault({ kind: 'status', status: 404, body: '<html>no such site here</html>' });
    expect(await errorOf(client.get('devices', 4711, Device, { signal }))).toMatchObject({ kind: 'malformed' });
  });
});

describe('tokens', () => {
  test('version 2 goes as Bearer, version 1 as Token', async () => {
    const v2 = await simulated({ token: 'nbt_abcdefghijkl.secret' });
    await v2.client.status({ signal });
    expect(v2.simulator.server.requests[0]?.headers.authorization).toBe('Bearer nbt_abcdefghijkl.secret');
    const v1 = await simulated({ token: '0123456789abcdef' });
    await v1.client.status({ signal });
    expect(v1.simulator.server.requests[0]?.headers.authorization).toBe('Token 0123456789abcdef');
  });

  test('a refused token is not sent a second time, and no error or log line holds it', async () => {
    const simulator = await startNetboxSimulator({ token: 'the-right-one' });
    closing.push(() => simulator.close());
    const kit = kitForTests('netbox');
    const { client, close } = openNetboxClient({ url: simulator.url, token: 'the-wrong-one', timeoutMs: 1000 }, kit);
    closing.push(close);
    const errors = [await errorOf(client.status({ signal })), await errorOf(client.status({ signal }))];
    expect(errors.map((error) => error.kind)).toEqual(['unauthorized', 'unauthorized']);
    expect(simulator.server.requests).toHaveLength(1);
    expect(JSON.stringify([errors.map((error) => [error.message, error.detail]), kit.logged])).not.toContain(
      'the-wrong-one',
    );
  });

  test('a permission that is lacking locks nobody out', async () => {
    const simulator = await startNetboxSimulator({ readOnlyToken: 'reader' });
    closing.push(() => simulator.close());
    const { client, close } = openNetboxClient(
      { url: simulator.url, token: 'reader', timeoutMs: 1000 },
      kitForTests('netbox'),
    );
    closing.push(close);
    expect(await errorOf(client.create('tags', { name: 'a', slug: 'a' }, Tag, { signal, message: 'm' }))).toMatchObject(
      { kind: 'rejected', status: 403 },
    );
    expect(await client.list('tags', {}, Tag, { signal })).toEqual([]);
  });
});
