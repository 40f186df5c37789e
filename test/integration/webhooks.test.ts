import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signLease } from '#adapters/dhcp/webhook.ts';
import { newId } from '#src/core/id.ts';
import { call, type Called } from '#test/kit/call.ts';
import { startLossyProxy } from '#test/kit/lossy-proxy.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => void (on = await testHub({ machines: 0, parts: ['web'], without: ['NETBOX', 'JIRA', 'AWX'] })));
afterAll(() => on.close());

interface Delivery {
  id: string;
  state: string;
  reason: string | null;
  attempts: number;
  bytes: number;
}

const lease = (mac: string, more: object = {}): string =>
  JSON.stringify({
    event: 'commit',
    mac,
    ip: '10.99.0.7',
    source: 'kea',
    at: new Date().toISOString(),
    nonce: newId(),
    ...more,
  });
const signed = (body: string, at = new Date()): string => signLease(body, on.stage.env['DHCP_SECRET'] ?? '', at);
const deliver = (body: string, signature: string | undefined = signed(body), door = 'dhcp'): Promise<Called> =>
  call(`${on.url}/hooks/${door}`, { body, headers: signature === '' ? {} : { 'x-reanimator-signature': signature } });
const deliveryOf = async (id: unknown): Promise<Delivery | undefined> =>
  (await on.client.get<{ items: Delivery[] }>('/v1/deliveries?limit=1000')).items.find((one) => one.id === id);
const kept = async (): Promise<number> => (await on.database.db('deliveries').select('id')).length;
const bmcOf = async (mac: string) =>
  (
    await on.client.get<{ items: { mac: string; ip: string; sightings: number }[] }>('/v1/bmcs?limit=1000')
  ).items.filter((one) => one.mac === mac);

describe('the door', () => {
  test.each([
    ['no signature', ''],
    ['another secret', signLease(lease('02:00:00:00:00:01'), 'x'.repeat(48), new Date())],
    ['garbage', 't=now,v1=zz'],
  ])('refuses %s with 401 and keeps nothing', async (_what, signature) => {
    const before = await kept();
    const answer = await deliver(lease('02:00:00:00:00:01'), signature);
    expect([answer.status, answer.json['type']]).toEqual([401, 'urn:reanimator:problem:unauthenticated']);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await kept()).toBe(before);
  });

  test('refuses a body that was changed on the way, and a signature that is older than its tolerance', async () => {
    const body = lease('02:00:00:00:00:02');
    expect((await deliver(body.replace('10.99.0.7', '10.99.0.8'), signed(body))).status).toBe(401);
    const stale = await deliver(body, signed(body, new Date(Date.now() - 6 * 60_000)));
    expect(stale.status).toBe(401);
    expect(stale.json['detail']).toContain('clock');
  });

  test('takes up to 5 MB: 6 MB are 413, and nothing is kept', async () => {
    const before = await kept();
    const body = lease('02:00:00:00:00:03', { padding: 'x'.repeat(6_000_000) });
    const answer = await deliver(body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      413,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await kept()).toBe(before);
    expect((await deliver(lease('02:00:00:00:00:03', { padding: 'x'.repeat(4_000_000) }))).status).toBe(202);
  });

  test.each(['nobody', 'directory', 'jira'])(
    'of an adapter that has none, or is not configured, is 404: %s',
    async (door) => {
      const body = lease('02:00:00:00:00:04');
      expect((await deliver(body, signed(body), door)).status).toBe(404);
    },
  );

  test('keeps no secret of the request', async () => {
    const body = lease('02:00:00:00:00:05');
    const answer = await call(`${on.url}/hooks/dhcp`, {
      body,
      headers: { authorization: `Bearer ${on.stage.env['DHCP_SECRET']}` },
    });
    expect(answer.status).toBe(202);
    const [row] = await on.database.db('deliveries').where({ id: answer.json['delivery'] }).select('*');
    expect(JSON.stringify(row)).not.toContain(on.stage.env['DHCP_SECRET']);
  });
});

describe('a delivery', () => {
  test('is kept now and translated later', async () => {
    const answer = await deliver(lease('02:00:00:00:01:01'));
    expect([answer.status, answer.json]).toEqual([202, { delivery: expect.any(String) as string, repeated: false }]);
    expect(await deliveryOf(answer.json['delivery'])).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await bmcOf('02:00:00:00:01:01')).toEqual([]);
    await on.startWorker();
    await expect
      .poll(() => bmcOf('02:00:00:00:01:01'), { timeout: 60_000 })
      .toMatchObject([{ ip: '10.99.0.7', sightings: 1 }]);
    expect(await deliveryOf(answer.json['delivery'])).toMatchObject({ state: 'observed', attempts: 1 });
  });

  test('of the same bytes is the same one, signed again or not, at once or later', async () => {
    const body = lease('02:00:00:00:01:02');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => deliver(body, signed(body, new Date(Date.now() - index * 1000)))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 202));
    expect(answers.filter(({ json }) => json['repeated'] === false)).toHaveLength(1);
    await expect.poll(() => bmcOf('02:00:00:00:01:02'), { timeout: 60_000 }).toMatchObject([{ sightings: 1 }]);
    expect((await deliver(body)).json).toEqual({ delivery: null, repeated: true });
    const next = await deliver(lease('02:00:00:00:01:03'));
    await expect
      .poll(async () => (await deliveryOf(next.json['delivery']))?.state, { timeout: 60_000 })
      .toBe('observed');
    expect(await bmcOf('02:00:00:00:01:02')).toMatchObject([{ sightings: 1 }]);
    const sighted = (
      await on.client.get<{ items: { type: string; data: { mac: string } }[] }>(
        '/v1/events?limit=1000&types=bmc.sighted',
      )
    ).items;
    expect(sighted.filter(({ data }) => data.mac === '02:00:00:00:01:02')).toHaveLength(1);
  });

  test('that nobody understands is kept, listed with the reason, and handled again on demand', async () => {
    const answer = await deliver('{"mac": 7}');
    const id = String(answer.json['delivery']);
    await expect.poll(async () => (await deliveryOf(id))?.state, { timeout: 60_000 }).toBe('unsupported');
    const [listed] = (await on.client.get<{ items: Delivery[] }>('/v1/deliveries?state=unsupported')).items.filter(
      (one) => one.id === id,
    );
    expect(listed?.reason).toContain('source: ');
    expect((await call(`${on.url}/v1/deliveries/${id}/replay`, { method: 'POST', key: on.apiKey })).status).toBe(202);
    await expect.poll(async () => (await deliveryOf(id))?.state, { timeout: 60_000 }).toBe('unsupported');
  });

  test('that failed is observed when it is handled again', async () => {
    const answer = await deliver(lease('02:00:00:00:01:04'));
    const id = String(answer.json['delivery']);
    await expect.poll(async () => (await deliveryOf(id))?.state, { timeout: 60_000 }).toBe('observed');
    expect((await call(`${on.url}/v1/deliveries/${id}/replay`, { method: 'POST', key: on.apiKey })).status).toBe(409);
    await on.database
      .db('deliveries')
      .where({ id })
      .update({ state: 'failed', reason: 'its adapter was not configured' });
    expect((await call(`${on.url}/v1/deliveries/${id}/replay`, { method: 'POST', key: on.apiKey })).status).toBe(202);
    await expect.poll(async () => (await deliveryOf(id))?.state, { timeout: 60_000 }).toBe('observed');
  });

  test('that cannot be handled does not stop the one behind it', async () => {
    // A date that the column does not take: the hub itself falls over it.
    const bad = await deliver(lease('02:00:00:00:01:05', { ip: '10.99.0.8', hostname: 'h'.repeat(5000) }));
    const good = await deliver(lease('02:00:00:00:01:06'));
    await expect
      .poll(async () => (await deliveryOf(good.json['delivery']))?.state, { timeout: 60_000 })
      .toBe('observed');
    expect(['pending', 'unsupported', 'failed', 'observed']).toContain((await deliveryOf(bad.json['delivery']))?.state);
  });

  test('of an older moment than what is known does not overwrite it', async () => {
    const mac = '02:00:00:00:01:07';
    const at = (ms: number) => ({ at: new Date(Date.now() - ms).toISOString() });
    await deliver(lease(mac, { ip: '10.99.0.20', ...at(1000) }));
    await expect.poll(() => bmcOf(mac), { timeout: 60_000 }).toHaveLength(1);
    const late = await deliver(lease(mac, { ip: '10.99.0.10', ...at(60_000) }));
    await expect
      .poll(async () => (await deliveryOf(late.json['delivery']))?.state, { timeout: 60_000 })
      .toBe('observed');
    expect(await bmcOf(mac)).toMatchObject([{ ip: '10.99.0.20', sightings: 2 }]);
  });
});

test('without Redis a delivery is taken all the same', async () => {
  const hub = await testHub({
    machines: 0,
    parts: ['web'],
    without: ['NETBOX', 'JIRA', 'AWX'],
    env: { REDIS_URL: 'redis://127.0.0.1:1/0' },
  });
  const body = lease('02:00:00:00:02:01');
  const answer = await call(`${hub.url}/hooks/dhcp`, {
    body,
    headers: { 'x-reanimator-signature': signLease(body, hub.stage.env['DHCP_SECRET'] ?? '', new Date()) },
  });
  expect(answer.status).toBe(202);
  const ready = await call(`${hub.url}/readyz`);
  expect([ready.status, ready.json]).toMatchObject([
    503,
    { ready: false, checks: { database: { ok: true }, redis: { ok: false } } },
  ]);
  expect((await call(`${hub.url}/healthz`)).status).toBe(200);
  await hub.close();
});

test('without MariaDB a delivery is refused with 503, so that it is sent again, and taken when it is back', async () => {
  let proxy: Awaited<ReturnType<typeof startLossyProxy>> | undefined;
  const through = async (url: string): Promise<string> => (proxy = await startLossyProxy(url)).url;
  const hub = await testHub({ machines: 0, parts: ['web'], without: ['NETBOX', 'JIRA', 'AWX'], through });
  const body = lease('02:00:00:00:02:02');
  const send = (): Promise<Called> =>
    call(`${hub.url}/hooks/dhcp`, {
      body,
      headers: { 'x-reanimator-signature': signLease(body, hub.stage.env['DHCP_SECRET'] ?? '', new Date()) },
    });
  proxy?.pause();
  const refused = await send();
  expect([refused.status, refused.headers.get('retry-after'), refused.json['type']]).toEqual([
    503,
    '5',
    'urn:reanimator:problem:unavailable',
  ]);
  expect((await call(`${hub.url}/v1/assets`, { key: hub.apiKey })).status).toBe(503);
  proxy?.resume();
  expect((await send()).status).toBe(202);
  await hub.close();
  await proxy?.close();
});
