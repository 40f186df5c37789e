import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revokeApiKey, listApiKeys } from '#src/access/store.ts';
import { toCursor } from '#src/core/page.ts';
import { newId } from '#src/core/id.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => void (on = await testHub({ machines: 0, parts: ['web'], without: ['NETBOX', 'JIRA', 'AWX'] })));
afterAll(() => on.close());

const ask = (path: string, options: Call = {}): Promise<Called> => call(on.url + path, { key: on.apiKey, ...options });
const expected = (mac: string, more: object = {}): object => ({ bmc_mac: mac, name: `n-${mac.slice(-2)}`, ...more });

interface Fault {
  field: string;
  message: string;
}

/** RFC 9457, and what this hub promises on top. @returns the faults of fields */
function expectProblem(answer: Called, status: number, kind: string): Fault[] {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
  ]);
  expect(answer.json).toMatchObject({ type: `urn:reanimator:problem:${kind}`, status });
  for (const member of ['title', 'detail', 'instance']) expect(answer.json[member], member).toBeTypeOf('string');
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
  return (answer.json['errors'] ?? []) as Fault[];
}

describe('a body', () => {
  test.each([
    ['cut off', '{"bmc_mac": "5c:f9'],
    ['no JSON at all', 'bmc_mac=5c'],
    ['a bare word', 'null'],
  ])('that is %s: 400', async (_what, body) => {
    const faults = expectProblem(await ask('/v1/expected-machines', { body }), 400, 'invalid');
    expect(faults[0]?.field).toBe('body');
  });

  test('that is empty, or of neither of two forms: 400', async () => {
    expect(expectProblem(await ask('/v1/expected-machines', { body: '' }), 400, 'invalid')).not.toEqual([]);
    expect(expectProblem(await ask('/v1/expected-machines', { method: 'POST' }), 400, 'invalid')[0]?.field).toBe(
      'body',
    );
    expect(
      expectProblem(await ask('/v1/expected-machines', { body: {} }), 400, 'invalid').map(({ field }) => field),
    ).toEqual(['/bmc_mac']);
    expect(expectProblem(await ask('/v1/expected-machines', { body: [] }), 400, 'invalid')).not.toEqual([]);
  });

  test('of 10 MB: 413, saying how much is taken', async () => {
    const answer = await ask('/v1/expected-machines', {
      body: JSON.stringify([expected('02:00:00:00:00:01', { name: 'x'.repeat(10_000_000) })]),
    });
    expectProblem(answer, 413, 'too-large');
    expect(answer.json['detail']).toContain(String(4 * 1024 * 1024));
  });

  test('of another kind: 415', async () => {
    expectProblem(
      await ask('/v1/expected-machines', { body: '<a/>', headers: { 'content-type': 'text/xml' } }),
      415,
      'unsupported-media',
    );
    expectProblem(
      await ask('/v1/expected-machines', { body: '{}', headers: { 'content-encoding': 'snappy' } }),
      415,
      'unsupported-media',
    );
  });

  test('with an unknown field: the field is named', async () => {
    const faults = expectProblem(
      await ask('/v1/expected-machines', {
        body: [expected('02:00:00:00:00:01'), expected('02:00:00:00:00:02', { rak: 'r1' })],
      }),
      400,
      'invalid',
    );
    expect(faults).toEqual([{ field: '/1/rak', message: expect.stringContaining('unknown field rak') as string }]);
    expect(await known('02:00:00:00:00:01')).toBe(false);
  });

  test('with a wrong type: where it is, as a JSON pointer', async () => {
    const body = Array.from({ length: 4 }, (_, index) =>
      expected(`02:00:00:00:01:0${index}`, index === 3 ? { rack: 7 } : {}),
    );
    const faults = expectProblem(await ask('/v1/expected-machines', { body }), 400, 'invalid');
    expect(faults.map(({ field }) => field)).toEqual(['/3/rack']);
  });

  test('with several faults: all of them', async () => {
    const faults = expectProblem(
      await ask('/v1/expected-machines', { body: [{ bmc_mac: '', name: '', rack: 7, more: 1 }] }),
      400,
      'invalid',
    );
    expect(faults.map(({ field }) => field).toSorted()).toEqual(['/0/bmc_mac', '/0/more', '/0/name', '/0/rack']);
  });

  test('that says a machine twice: where the second one is', async () => {
    const faults = expectProblem(
      await ask('/v1/expected-machines', { body: [expected('02:00:00:00:00:0a'), expected('02-00-00-00-00-0A')] }),
      400,
      'invalid',
    );
    expect(faults[0]?.field).toBe('/1/bmc_mac');
    expect(await known('02:00:00:00:00:0a')).toBe(false);
  });
});

async function known(mac: string): Promise<boolean> {
  return (await on.database.db('expected_machines').where({ bmc_mac: mac }).select('id')).length > 0;
}

describe('an address', () => {
  test('that is nothing: 404', async () => {
    expectProblem(await ask('/v1/servers'), 404, 'not-found');
    expectProblem(await ask('/hooks/none', { body: {} }), 404, 'not-found');
  });

  test('with another method: 405, naming those that there are', async () => {
    const answer = await ask('/v1/assets', { method: 'DELETE' });
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await ask('/v1/expected-machines', { method: 'PUT', body: {} })).headers.get('allow')).toBe(
      'GET, HEAD, POST',
    );
  });

  test('with an id that is none: 400; of nobody: 404', async () => {
    expect(expectProblem(await ask('/v1/assets/seven'), 400, 'invalid')[0]?.field).toBe('path.id');
    for (const path of ['assets', 'tickets', 'jobs', 'bmcs', 'expected-machines'])
      expectProblem(await ask(`/v1/${path}/${newId()}`), 404, 'not-found');
  });

  test.each(['/v1/assets/%ZZ', '/v1/assets/%E0%A4%A', '/hooks/%ZZ'])(
    'that cannot be decoded: 400 (%s)',
    async (path) => {
      expectProblem(await ask(path, path.startsWith('/hooks') ? { body: {} } : {}), 400, 'invalid');
    },
  );

  test('with a filter that is none: 400 naming the parameter and what there is', async () => {
    const faults = expectProblem(await ask('/v1/assets?state=RACKD'), 400, 'invalid');
    expect(faults[0]?.field).toBe('query.state');
    expect(faults[0]?.message).toContain('RACKED');
    expect(expectProblem(await ask('/v1/jobs?limit=0'), 400, 'invalid')[0]?.field).toBe('query.limit');
    expect(expectProblem(await ask('/v1/jobs?limit=1&limit=2'), 400, 'invalid')[0]?.field).toBe('query.limit');
  });
});

describe('a cursor', () => {
  const lists = ['assets', 'jobs', 'bmcs', 'tickets', 'deliveries', 'expected-machines', `assets/${newId()}/timeline`];
  const wrong: [string, string][] = [
    ['made up', 'abc'],
    ['of another list', toCursor(['a', 'b', 'c'])],
    ['with a time that is none', toCursor(['yesterday', newId()])],
    ['with a day that is none', toCursor(['2026-13-45T00:00:00.000Z', newId()])],
    ['with an id that is none', toCursor(['2026-11-21T06:00:00.000Z', "' OR 1=1 --"])],
    ['with one part, which is no id', toCursor(['zzz'])],
    ['with numbers', Buffer.from('[1,2]').toString('base64url')],
  ];
  test.each(wrong)('%s: 400 on every list', async (_what, cursor) => {
    for (const list of lists)
      expect(expectProblem(await ask(`/v1/${list}?cursor=${cursor}`), 400, 'invalid')[0]?.field, list).toBe(
        'query.cursor',
      );
  });

  test('leads through all of a list, each once, whatever comes in meanwhile', async () => {
    const macs = Array.from({ length: 7 }, (_, index) => `02:00:00:00:01:0${index}`);
    await ask('/v1/expected-machines', { body: macs.map((mac) => expected(mac)) });
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await ask(`/v1/expected-machines?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...(page.json['items'] as { bmc_mac: string }[]).map((item) => item.bmc_mac));
      cursor = String(page.json['next'] ?? '');
    } while (cursor !== '');
    expect(seen.filter((mac) => mac.startsWith('02:00:00:00:01')).toSorted()).toEqual(macs);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('a key', () => {
  test('that is missing, malformed or unknown: 401, and says how it is sent', async () => {
    for (const key of [
      undefined,
      'x',
      `hub_${'0'.repeat(12)}.${'0'.repeat(40)}`,
      `${on.apiKey.slice(0, -1)}${on.apiKey.endsWith('0') ? '1' : '0'}`,
    ]) {
      const answer = await call(`${on.url}/v1/assets`, { key });
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  test('that has expired: 401', async () => {
    const answer = await ask('/v1/assets', { key: await on.keyFor(['*'], '2026-01-01T00:00:00Z') });
    expectProblem(answer, 401, 'unauthenticated');
    expect(answer.json['detail']).toContain('expired');
  });

  test('that was revoked: 401', async () => {
    const key = await on.keyFor(['*']);
    const before = new Set((await listApiKeys(on.hub.ctx.db)).map((row) => row.name));
    const name = [...before].find((one) => one.startsWith('test-')) ?? '';
    expect(name).not.toBe('');
    const row = (await listApiKeys(on.hub.ctx.db)).find((one) => key.includes(one.prefix));
    await revokeApiKey(on.hub.ctx.db, row?.name ?? '', new Date());
    const answer = await ask('/v1/assets', { key });
    expectProblem(answer, 401, 'unauthenticated');
    expect(answer.json['detail']).toContain('revoked');
  });

  test('without the scope: 403, naming it; with it: taken', async () => {
    const key = await on.keyFor(['assets:read']);
    const answer = await ask('/v1/jobs', { key });
    expectProblem(answer, 403, 'forbidden');
    expect(answer.json['detail']).toContain('jobs:read');
    expect((await ask('/v1/assets', { key })).status).toBe(200);
    // Who may not, learns nothing of what is wrong with the request.
    expect((await ask('/v1/expected-machines', { key, body: { nonsense: 1 } })).status).toBe(403);
  });

  test('is not kept: only something that its secret half can be checked with', async () => {
    const [row] = await on.database.db('api_keys').select('*');
    expect(JSON.stringify(row)).not.toContain(on.apiKey.split('.')[1]);
  });
});

describe('an Idempotency-Key', () => {
  const countEvents = async (): Promise<number> =>
    (await on.database.db('events').where({ type: 'expected-machine.registered' }).select('id')).length;

  test('again with the same request: the first answer again, and nothing is done', async () => {
    const body = expected('02:00:00:00:02:01');
    const first = await ask('/v1/expected-machines', { body, headers: { 'idempotency-key': 'k-1' } });
    await ask('/v1/expected-machines', { body: expected('02:00:00:00:02:01', { rack: 'r9' }) });
    const events = await countEvents();
    const again = await ask('/v1/expected-machines', { body, headers: { 'idempotency-key': 'k-1' } });
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(await countEvents()).toBe(events);
  });

  test('again with another request: 409', async () => {
    await ask('/v1/expected-machines', { body: expected('02:00:00:00:02:02'), headers: { 'idempotency-key': 'k-2' } });
    const answer = await ask('/v1/expected-machines', {
      body: expected('02:00:00:00:02:03'),
      headers: { 'idempotency-key': 'k-2' },
    });
    expect(expectProblem(answer, 409, 'conflict')[0]?.field).toBe('header Idempotency-Key');
    expect(await known('02:00:00:00:02:03')).toBe(false);
  });

  test('at once, many times: one effect, and the same answer for all', async () => {
    const events = await countEvents();
    const body = expected('02:00:00:00:02:04');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask('/v1/expected-machines', { body, headers: { 'idempotency-key': 'k-3' } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(7);
    expect(await countEvents()).toBe(events + 1);
  });

  test('of a request that was refused is free for the right one', async () => {
    const headers = { 'idempotency-key': 'k-4' };
    expect((await ask('/v1/expected-machines', { body: { bmc_mac: 'x' }, headers })).status).toBe(400);
    expect((await ask('/v1/expected-machines', { body: expected('02:00:00:00:02:05'), headers })).status).toBe(200);
  });

  test('of another key of the API is another', async () => {
    const headers = { 'idempotency-key': 'k-5' };
    await ask('/v1/expected-machines', { body: expected('02:00:00:00:02:06'), headers });
    const other = await ask('/v1/expected-machines', {
      key: await on.keyFor(['*']),
      body: expected('02:00:00:00:02:07'),
      headers,
    });
    expect([other.status, other.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  test('that is too long: 400', async () => {
    expectProblem(
      await ask('/v1/expected-machines', {
        body: expected('02:00:00:00:02:08'),
        headers: { 'idempotency-key': 'k'.repeat(191) },
      }),
      400,
      'invalid',
    );
  });
});

describe('every answer', () => {
  test('carries the id of its request: a sound one that it brought, or a new one', async () => {
    expect((await ask('/v1/assets', { headers: { 'x-request-id': 'request-0001' } })).headers.get('x-request-id')).toBe(
      'request-0001',
    );
    const made = (await ask('/v1/assets', { headers: { 'x-request-id': 'a b' } })).headers.get('x-request-id');
    expect(made).toMatch(/^[\w-]{36}$/);
  });

  test('a name with a script in it stays text', async () => {
    const name = `<script>alert(1)</script>`;
    const answer = await ask('/v1/expected-machines', { body: expected('02:00:00:00:03:01', { name }) });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.stringify(answer.json)).toContain(name);
  });

  test('a secret that was given is not given back', async () => {
    const answer = await ask('/v1/expected-machines', {
      body: expected('02:00:00:00:03:02', { bmc_username: 'root', bmc_password: 'Swordfish-17' }),
    });
    expect(answer.text).not.toContain('Swordfish');
    expect(answer.json).toMatchObject({ results: [{ machine: { has_bmc_password: true } }] });
    const rows = await on.database.db('expected_machines').where({ bmc_mac: '02:00:00:00:03:02' }).select('*');
    expect(JSON.stringify(rows)).not.toContain('Swordfish');
  });
});
