import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AdapterError } from '../ports/adapter-error.ts';
import { withBeforeWrite } from '../ports/before-write.ts';
import { createHttp, excerpt, type Http, parseRetryAfter } from './http.ts';
import { type SimulatorServer, startSimulatorServer } from './simulator.ts';

let server: SimulatorServer;
let http: Http;
const calls: (number | string)[] = [];

beforeAll(async () => {
  server = await startSimulatorServer({
    handle: ({ path, method, json, headers, query }) => {
      if (path === '/base/big') return { status: 200, body: 'x'.repeat(20_000) };
      if (path === '/base/moved') return { status: 302, headers: { location: '/base/echo' } };
      return {
        status: 200,
        body: { method, json: json ?? null, token: headers['x-token'] ?? null, query: query.toString() },
      };
    },
  });
  http = createHttp(
    'box',
    { baseUrl: `${server.url}/base/`, headers: { 'x-token': 'secret-1' }, timeoutMs: 1000, maxBytes: 10_000 },
    (call) => calls.push(call.status),
  );
});
afterAll(async () => {
  await http.close();
  await server.close();
});
afterEach(() => {
  server.clearFaults();
  server.forget();
  calls.length = 0;
});

const Echo = z.object({ method: z.string(), query: z.string() });
const failed = async (promise: Promise<unknown>): Promise<AdapterError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AdapterError);
  return error as AdapterError;
};

test('paths are appended to the base, arrays repeated, undefined left out', async () => {
  const answer = await http.getJson('/echo', Echo, { query: { id: [1, 2], q: 'a b', none: undefined } });
  expect(answer).toEqual({ method: 'GET', query: 'id=1&id=2&q=a+b' });
  expect(server.requests[0]?.path).toBe('/base/echo');
  expect(calls).toEqual([200]);
});

test.each([
  [401, {}, 'unauthorized'],
  [403, {}, 'unauthorized'],
  [404, {}, 'not-found'],
  [410, {}, 'not-found'],
  [400, {}, 'rejected'],
  [409, {}, 'rejected'],
  [422, {}, 'rejected'],
  [429, { 'retry-after': '7' }, 'throttled'],
  [503, { 'retry-after': '7' }, 'throttled'],
  [503, {}, 'unreachable'],
  [500, {}, 'unreachable'],
  [502, {}, 'unreachable'],
  [408, {}, 'unreachable'],
] as const)('%i %j is %s', async (status, headers, kind) => {
  server.addFault({ kind: 'status', status, headers, body: { detail: 'because' } });
  const error = await failed(http.getJson('/echo', Echo));
  expect(error).toMatchObject({
    kind,
    status,
    system: 'box',
    retryAfterMs: 'retry-after' in headers ? 7000 : undefined,
  });
  expect(error.message).toContain('because');
  expect(error.message).not.toContain('secret-1');
});

describe('what is no answer', () => {
  test('garbage and another form are malformed', async () => {
    server.addFault({ kind: 'garbage', times: 1 });
    expect((await failed(http.getJson('/echo', Echo))).kind).toBe('malformed');
    const error = await failed(http.getJson('/echo', z.object({ deep: z.object({ n: z.number() }) })));
    expect(error).toMatchObject({ kind: 'malformed' });
    expect(error.message).toContain('deep');
  });

  test('more than was agreed is malformed', async () => {
    const error = await failed(http.request({ method: 'GET', path: '/big' }));
    expect(error.kind).toBe('malformed');
    expect(error.message).toContain('10000 bytes');
  });

  test('a redirect is not followed', async () => {
    expect((await failed(http.getJson('/moved', Echo))).kind).toBe('malformed');
    expect(server.requests).toHaveLength(1);
  });

  test('silence is unreachable once the time is over', async () => {
    server.addFault({ kind: 'hang' });
    const error = await failed(http.request({ method: 'GET', path: '/echo', timeoutMs: 150 }));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toContain('no answer in time');
    expect(calls).toEqual(['error']);
  });

  test('nobody there is unreachable', async () => {
    const nobody = createHttp('box', { baseUrl: 'http://127.0.0.1:1' });
    expect((await failed(nobody.request({ method: 'GET', path: '/' }))).kind).toBe('unreachable');
    await nobody.close();
  });

  test('the caller who gives up gets its own reason', async () => {
    server.addFault({ kind: 'hang' });
    const reason = new Error('enough');
    const stop = new AbortController();
    const asked = http.request({ method: 'GET', path: '/echo', signal: stop.signal });
    setTimeout(() => stop.abort(reason), 50);
    await expect(asked).rejects.toBe(reason);
  });
});

describe('a connection that was cut', () => {
  test.each(['GET', 'HEAD', 'OPTIONS'] as const)('%s is asked once more', async (method) => {
    server.addFault({ kind: 'reset', times: 1 });
    expect((await http.request({ method, path: '/echo' })).status).toBe(200);
    expect(server.requests).toHaveLength(2);
  });

  test.each(['POST', 'PATCH', 'PUT', 'DELETE'] as const)(
    '%s is never sent again, whether it happened or not',
    async (method) => {
      for (const kind of ['reset', 'drop-answer'] as const) {
        server.forget();
        server.addFault({ kind, times: 1 });
        expect((await failed(http.request({ method, path: '/echo', body: { a: 1 } }))).kind).toBe('unreachable');
        expect(server.requests).toHaveLength(1);
      }
    },
  );
});

test('Retry-After is seconds or a date, and at most an hour', () => {
  const now = Date.parse('2026-11-21T06:00:00Z');
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Sat, 21 Nov 2026 06:00:30 GMT', now)).toBe(30_000);
  expect(parseRetryAfter('Sat, 21 Nov 2026 05:00:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('999999', now)).toBe(3_600_000);
  expect(parseRetryAfter('soon', now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});

test('an excerpt is one short line', () => {
  expect(excerpt(' a\n  b ')).toBe('a b');
  expect(excerpt('x'.repeat(500))).toHaveLength(201);
});

test('before a request that changes something goes out, who wants to know is told, and may hold it back', async () => {
  const told: number[] = [];
  const ask = (method: 'GET' | 'POST') => () => http.request({ method, path: '/echo' });
  const before = async (): Promise<void> => void told.push(server.requests.length);
  await withBeforeWrite(before, ask('GET'));
  expect(told).toEqual([]);
  await withBeforeWrite(before, ask('POST'));
  expect(told).toEqual([1]);
  const no = new Error('somebody else is at it');
  await expect(withBeforeWrite(() => Promise.reject(no), ask('POST'))).rejects.toBe(no);
  expect(server.requests).toHaveLength(2);
  await ask('POST')();
  expect(told).toEqual([1]);
});
