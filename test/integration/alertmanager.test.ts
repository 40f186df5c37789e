import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf } from '#adapters/alertmanager/simulator/fingerprint.ts';
import { type AlertmanagerSimulator, startAlertmanagerSimulator } from '#adapters/alertmanager/simulator.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { call, type Called } from '#test/kit/call.ts';
import { startLossyProxy, type LossyProxy } from '#test/kit/lossy-proxy.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

const TOKEN = 'token-of-this-test-0123456789';
const without = ['NETBOX', 'JIRA', 'AWX', 'DHCP'];
let on: TestHub;
let proxy: LossyProxy;
beforeAll(async () => {
  on = await testHub({
    ...{ machines: 0, without, env: { ALERTMANAGER_WEBHOOK_TOKEN: TOKEN } },
    through: async (url) => {
      proxy = await startLossyProxy(url);
      return proxy.url;
    },
  });
});
afterAll(async () => {
  await on.close();
  await proxy.close();
});

interface Listed {
  fingerprint: string;
  outcome: string;
  why: string | null;
  ends_at: string | null;
  symptom: string | null;
}

let servers = 0;
async function newServer(more: Record<string, unknown> = {}): Promise<{ id: string; serial: string }> {
  servers += 1;
  const [id, serial, now] = [newId(), `AM${Date.now()}${servers}`, toSql(new Date())];
  await on.database.db('assets').insert({
    ...{ id, name: `am-${serial}`, vendor_serial: serial, lifecycle_state: 'IN_SERVICE' },
    ...{ state_since: now, created_at: now, updated_at: now, ...more },
  });
  return { id, serial };
}

const time = (minute: number): string => new Date(Date.now() + minute * 60_000).toISOString();
const alertOf = (labels: Record<string, string>, startsAt: string, endsAt?: string) => ({
  status: endsAt === undefined ? 'firing' : 'resolved',
  ...{ labels, annotations: { summary: 'says Prometheus' }, startsAt, endsAt: endsAt ?? '0001-01-01T00:00:00Z' },
  ...{ generatorURL: 'http://prometheus/graph', fingerprint: fingerprintOf(labels) },
});
const message = (...alerts: object[]): string =>
  JSON.stringify({ version: '4', groupKey: '{}', truncatedAlerts: 0, receiver: 'hub', status: 'firing', alerts });
const deliver = (body: string, token = TOKEN): Promise<Called> =>
  call(`${on.url}/hooks/alertmanager`, { body, headers: { authorization: `Bearer ${token}` } });
const listed = async (fingerprint: string): Promise<Listed | undefined> =>
  (await on.client.get<{ items: Listed[] }>('/v1/monitoring/alerts?limit=1000')).items.find(
    (one) => one.fingerprint === fingerprint,
  );
const kept = async (): Promise<number> => (await on.database.db('deliveries').select('id')).length;
async function handled(): Promise<void> {
  const pending = () => on.database.db('deliveries').where({ state: 'pending' }).select('id');
  await expect.poll(pending, { timeout: 60_000 }).toEqual([]);
}
const symptomsOf = (subjectId: string): Promise<{ type: string; component: string | null; state: string }[]> =>
  on.database.db('telemetry_events').where({ subject_id: subjectId }).orderBy('occurred_at').select('*');
const ticketsOf = (assetId: string) => on.database.db('tickets').where({ asset_id: assetId }).select('*');

describe('the door answers', () => {
  test('202 after the message is kept', async () => {
    const before = await kept();
    expect((await deliver(message())).status).toBe(202);
    expect(await kept()).toBe(before + 1);
  });

  test.each([['another token', 'x'.repeat(40)]])('503 to %s: 4xx would lose the alert', async (_what, token) => {
    const before = await kept();
    const answer = await deliver(message(), token);
    expect([answer.status, answer.json['detail']]).toEqual([503, 'wrong token']);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await kept()).toBe(before);
  });

  test('202 to what it cannot read, keeps it and says why: sending it again would not help', async () => {
    const answer = await deliver('{"version":"3"}');
    expect(answer.status).toBe(202);
    await handled();
    const [row] = await on.database.db('deliveries').where({ id: answer.json['delivery'] }).select('*');
    expect(row).toMatchObject({ state: 'unsupported', reason: expect.stringContaining('version') });
  });

  test('503 while the database is away, and keeps the message that comes again', async () => {
    const { id, serial } = await newServer();
    const body = message(alertOf({ alertname: 'DiskFail', serial, disk: 'sda' }, time(-1)));
    proxy.pause();
    const away = await deliver(body);
    proxy.resume();
    expect([away.status, away.json['type']]).toEqual([503, 'urn:reanimator:problem:unavailable']);
    await expect.poll(async () => (await deliver(body)).status, { timeout: 60_000 }).toBe(202);
    await expect.poll(() => ticketsOf(id), { timeout: 60_000 }).toHaveLength(1);
  });

  test('413 to what is too large, which no repeat makes smaller, and keeps nothing', async () => {
    const before = await kept();
    const answer = await deliver(message({ padding: 'x'.repeat(6_000_000) }));
    expect([answer.status, answer.json['detail']]).toEqual([413, expect.stringContaining('at most')]);
    expect(await kept()).toBe(before);
  });

  test('503 where it is not configured', async () => {
    const other = await testHub({ machines: 0, parts: ['web'], without });
    const answer = await call(`${other.url}/hooks/alertmanager`, { body: message() });
    expect([answer.status, answer.json['detail']]).toEqual([503, expect.stringContaining('not configured')]);
    expect((await call(`${other.url}/hooks/nobody`, { body: '{}' })).status).toBe(404);
    await other.close();
  });
});

describe('an alert', () => {
  test('is a symptom of the server that it names, once; a reminder and a retry are none', async () => {
    const { id, serial } = await newServer();
    const body = message(alertOf({ alertname: 'DiskFail', serial, disk: 'Disk.Bay.2' }, time(-5)));
    for (let n = 0; n < 3; n += 1) expect((await deliver(body)).json).toMatchObject({ repeated: false });
    await handled();
    expect(await symptomsOf(id)).toMatchObject([{ type: 'SMART_FAIL', component: 'Disk.Bay.2' }]);
    await expect.poll(() => ticketsOf(id), { timeout: 60_000 }).toMatchObject([{ type: 'REPLACE_DISK' }]);
  });

  test('that fires again with the same bytes after its end is told again', async () => {
    const { id, serial } = await newServer();
    const labels = { alertname: 'CpuHot', serial, sensor: 'cpu' };
    const start = time(-5);
    await deliver(message(alertOf(labels, start)));
    await handled();
    await deliver(message(alertOf(labels, start, time(-1))));
    await handled();
    expect(await listed(fingerprintOf(labels))).toMatchObject({ symptom: null, ends_at: expect.any(String) as string });
    await deliver(message(alertOf(labels, start)));
    await handled();
    expect(await listed(fingerprintOf(labels))).toMatchObject({ symptom: 'OVERHEAT', ends_at: null });
    expect(await symptomsOf(id)).toMatchObject([{ state: 'raised' }, { state: 'cleared' }, { state: 'raised' }]);
  });

  test('that has held for days is no old news: it opens a ticket now', async () => {
    const { id, serial } = await newServer();
    await deliver(message(alertOf({ alertname: 'DiskFail', serial, disk: 'sdz' }, time(-3 * 24 * 60))));
    await expect.poll(() => ticketsOf(id), { timeout: 60_000 }).toHaveLength(1);
  });

  test('of a place is a symptom of the place', async () => {
    const site = await on.client.post<{ id: string }>('/v1/locations', { type: 'site', name: 'am-site' });
    const rack = await on.client.post<{ id: string }>('/v1/locations', {
      type: 'rack',
      name: 'R1',
      parent_id: site.id,
    });
    const labels = { alertname: 'RackPowerLost', site: 'am-site', rack: 'R1' };
    await deliver(message(alertOf(labels, time(-5))));
    await handled();
    expect(await symptomsOf(rack.id)).toMatchObject([{ type: 'RACK_POWER_LOST', state: 'raised' }]);
    const elsewhere = { ...labels, rack: 'R99' };
    await deliver(message(alertOf(elsewhere, time(-5))));
    await handled();
    expect(await listed(fingerprintOf(elsewhere))).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('R99'),
    });
  });

  test('names a server by the address of its BMC too, but not where two have it', async () => {
    const { id } = await newServer({ bmc_address: '10.77.0.1' });
    await deliver(message(alertOf({ alertname: 'PsuFailed', instance: '10.77.0.1:9290', psu: 'PSU 1' }, time(-5))));
    await handled();
    expect(await symptomsOf(id)).toMatchObject([{ type: 'PSU_FAIL', component: 'PSU 1' }]);
    await newServer({ bmc_address: '10.77.0.2' });
    await newServer({ bmc_address: '10.77.0.2' });
    const labels = { alertname: 'PsuFailed', instance: '10.77.0.2:9290', psu: 'PSU 1' };
    await deliver(message(alertOf(labels, time(-5))));
    await handled();
    expect(await listed(fingerprintOf(labels))).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('10.77.0.2'),
    });
  });

  test('of a server that nobody knows is kept, and taken with the next reminder once it is known', async () => {
    const labels = { alertname: 'FanFailed', serial: `LATE${Date.now()}`, fan: 'Fan 3' };
    const body = message(alertOf(labels, time(-5)));
    await deliver(body);
    await handled();
    expect(await listed(fingerprintOf(labels))).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('nobody knows'),
    });
    const { id } = await newServer({ vendor_serial: labels.serial });
    await deliver(body);
    await handled();
    expect(await listed(fingerprintOf(labels))).toMatchObject({ outcome: 'reported', why: null, symptom: 'FAN_FAIL' });
    expect(await symptomsOf(id)).toHaveLength(1);
  });

  test('that no mapping knows is listed, and that one says is nothing too', async () => {
    const [odd, none] = [{ alertname: 'HighLatency', service: 'shop' }, { alertname: 'Watchdog' }];
    await deliver(message(alertOf(odd, time(-5)), alertOf(none, time(-5))));
    await handled();
    expect(await listed(fingerprintOf(odd))).toMatchObject({
      outcome: 'unmapped',
      why: expect.stringContaining('HighLatency'),
    });
    expect(await listed(fingerprintOf(none))).toMatchObject({ outcome: 'ignored' });
    const unmapped = await on.client.get<{ items: Listed[] }>('/v1/monitoring/alerts?outcome=unmapped&holds=true');
    expect(unmapped.items.map(({ fingerprint }) => fingerprint)).toContain(fingerprintOf(odd));
    expect((await call(`${on.url}/v1/monitoring/alerts?what=ever`, { key: on.apiKey })).status).toBe(400);
  });

  test('of forty that come in eight messages at once, in any order, is each one symptom', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => newServer()));
    const start = time(-2);
    const alerts = all.map(({ serial }) => alertOf({ alertname: 'PsuFailed', serial, psu: 'PSU 1' }, start));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => deliver(message(...(n % 2 === 0 ? alerts : alerts.toReversed())))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await handled();
    for (const { id } of all) expect(await symptomsOf(id)).toHaveLength(1);
  });
});

describe('by the simulator, with its rules', () => {
  let alertmanager: AlertmanagerSimulator;
  beforeAll(async () => {
    const webhook = { url: `${on.url}/hooks/alertmanager`, token: TOKEN };
    const fast = { groupWaitMs: 50, groupIntervalMs: 400, repeatIntervalMs: 1_000, retryMs: 50 };
    alertmanager = await startAlertmanagerSimulator({ webhook, groupBy: ['alertname', 'serial'], ...fast });
  });
  afterAll(() => alertmanager.close());

  test('a maintenance window is a silence, once; ended early, the silence ends', async () => {
    const other = await testHub({ machines: 0, without, env: { ALERTMANAGER_URL: alertmanager.url } });
    const [id, now] = [newId(), toSql(new Date())];
    const serial = `QUIET${Date.now()}`;
    await other.database.db('assets').insert({
      ...{ id, name: serial, vendor_serial: serial, lifecycle_state: 'IN_SERVICE' },
      ...{ state_since: now, created_at: now, updated_at: now },
    });
    const window = await other.client.post<{ id: string }>('/v1/maintenance-windows', {
      ...{ subject_type: 'asset', subject_id: id, from: time(-1), until: time(30), reason: 'new fans' },
    });
    const own = () => alertmanager.silences().filter(({ comment }) => comment.includes(window.id));
    await expect.poll(own, { timeout: 60_000 }).toMatchObject([
      {
        status: { state: 'active' },
        matchers: [{ name: 'serial', value: serial }],
        comment: expect.stringContaining('new fans'),
      },
    ]);
    await other.client.post(`/v1/maintenance-windows/${window.id}/end`);
    await expect.poll(own, { timeout: 60_000 }).toMatchObject([{ status: { state: 'expired' } }]);
    await other.close();
  });

  test('what fires while the hub has no database opens one ticket all the same', async () => {
    const { id, serial } = await newServer();
    proxy.pause();
    alertmanager.post([{ labels: { alertname: 'DiskFail', serial, disk: 'sdb' } }]);
    await expect
      .poll(() => alertmanager.sent.filter(({ answer }) => answer === 503).length, { timeout: 60_000 })
      .toBeGreaterThan(1);
    proxy.resume();
    await expect.poll(() => ticketsOf(id), { timeout: 60_000 }).toHaveLength(1);
    // Until a reminder has come, too.
    const taken = () => alertmanager.sent.filter(({ answer, body }) => answer === 202 && body.includes(serial)).length;
    await expect.poll(taken, { timeout: 60_000 }).toBeGreaterThan(2);
    await handled();
    expect(await ticketsOf(id)).toMatchObject([{ occurrences: 1 }]);
    expect(
      alertmanager.sent.filter(({ answer }) => typeof answer === 'number' && answer >= 400 && answer < 500),
    ).toEqual([]);
  });
});
