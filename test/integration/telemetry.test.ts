import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let servers: string[] = [];
let [site, rack] = ['', ''];
beforeAll(async () => {
  on = await testHub({
    machines: 0,
    parts: ['web'],
    without: ['NETBOX', 'JIRA', 'AWX'],
    env: { CHECK_ANSWERS: 'true' },
  });
  const made = async (body: object): Promise<string> => {
    const { json } = await call(`${on.url}/v1/locations`, { key: on.apiKey, body });
    return String(json['id']);
  };
  site = await made({ type: 'site', name: 'ams1' });
  rack = await made({ type: 'rack', name: 'R12', parent_id: site });
  servers = Array.from({ length: 40 }, () => newId());
  const at = '2026-11-01 00:00:00';
  const rows = servers.map((id, nth) => ({
    ...{
      id,
      name: `n${nth}`,
      vendor_serial: `SN${nth}`,
      manufacturer: 'Dell Inc.',
      model: 'PowerEdge R750',
      site: 'ams1',
    },
    ...{ lifecycle_state: 'IN_SERVICE', state_since: at, created_at: at, updated_at: at },
  }));
  await on.database.db('assets').insert(rows);
});
afterAll(() => on.close());
beforeEach(async () => {
  for (const table of ['telemetry_events', 'telemetry_episodes', 'telemetry_alerts', 'outbox', 'events'])
    await on.database.db(table).delete();
});

const ask = (path: string, options: Call = {}): Promise<Called> => call(on.url + path, { key: on.apiKey, ...options });
interface Result {
  status: string;
  hash: string;
  late: boolean;
  alert: boolean;
  field: string | null;
  reason: string | null;
  asset_id: string | null;
  location_id: string | null;
}
async function report(
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ counts: object; results: Result[] }> {
  const answer = await ask('/v1/telemetry', { body, headers });
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.anything()]);
  return answer.json as unknown as { counts: object; results: Result[] };
}
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const symptom = (more: object = {}): object => ({
  ...{ asset: 'SN1', type: 'SMART_FAIL', component: 'Disk.Bay.1', occurred_at: ago(1000) },
  ...more,
});
async function alerts(): Promise<{ type: string; subject_id: string; data: Record<string, unknown> }[]> {
  const rows: { type: string; subject_id: string; data: string }[] = await on.database
    .db('events')
    .where('type', 'like', 'health.%')
    .orderBy(['occurred_at', 'id'])
    .select('type', 'subject_id', 'data');
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as Record<string, unknown> }));
}

describe('a report', () => {
  test('is taken one by one: what is wrong with an item is said, and spoils no other', async () => {
    const { counts, results } = await report([
      symptom(),
      symptom({ asset: 'nobody' }),
      symptom({ type: 'smart fail' }),
      symptom({ occurred_at: new Date(Date.now() + 3_600_000).toISOString() }),
      symptom({ occurred_at: '2020-01-01T00:00:00Z' }),
      symptom({ location: 'ams1' }),
      symptom({ asset: undefined }),
      symptom({ asset: undefined, location: 'ams1/R99' }),
      'no object',
      symptom({ asset: 'n2', colour: 'red' }),
      symptom({ asset: 'n3', occurred_at: ago(2 * 86_400_000) }),
    ]);
    expect(results.map(({ status, field }) => `${status} ${field ?? ''}`)).toEqual([
      'accepted ',
      'rejected asset',
      'rejected type',
      'rejected occurred_at',
      'rejected occurred_at',
      'rejected asset',
      'rejected asset',
      'rejected location',
      'rejected ',
      'rejected colour',
      'accepted ',
    ]);
    expect(counts).toEqual({ accepted: 2, duplicate: 0, rejected: 9, late: 1 });
    expect(results[3]?.reason).toContain("ahead of the hub's clock");
    expect(results.map(({ late, alert }) => [late, alert])[10]).toEqual([true, false]);
    expect(results[0]).toMatchObject({ asset_id: servers[1], alert: true });
  });

  test('that comes again is all duplicates, also within itself, however a server is called', async () => {
    const at = ago(5000);
    const batch = ['SN4', 'n4', servers[4], 'SN5'].map((asset) => symptom({ asset, occurred_at: at }));
    expect((await report(batch)).counts).toEqual({ accepted: 2, duplicate: 2, rejected: 0, late: 0 });
    expect((await report(batch)).counts).toEqual({ accepted: 0, duplicate: 4, rejected: 0, late: 0 });
    // A reporter's own id makes it another one.
    expect((await report([symptom({ asset: 'SN4', occurred_at: at, id: '7' })])).counts).toMatchObject({ accepted: 1 });
  });

  test.each([[[]], [{}], [{ asset: 'SN1' }], [null]])('that is no list of anything, %j, is refused', async (body) => {
    expect((await ask('/v1/telemetry', { body: JSON.stringify(body) })).status).toBe(400);
  });

  test('of ten thousand is taken, of one more refused', async () => {
    const many = Array.from({ length: 10_001 }, (_, nth) =>
      symptom({ asset: `n${nth % 40}`, value: nth, type: 'NOTE_THAT' }),
    );
    expect((await report(many.slice(0, 10_000))).counts).toMatchObject({ accepted: 10_000 });
    expect((await ask('/v1/telemetry', { body: many })).status).toBe(400);
  }, 60_000);

  test('from several reporters at once: each symptom once, counted exactly, and one alert per episode', async () => {
    const at = Date.now() - 60_000;
    const batch = (offset: number): object[] =>
      Array.from({ length: 300 }, (_, nth) =>
        symptom({
          asset: `n${(nth + offset) % 40}`,
          component: `d${nth % 3}`,
          occurred_at: new Date(at + (nth % 40) * 10).toISOString(),
        }),
      );
    const whole = batch(0);
    const answers = await Promise.all(
      [whole, whole.toReversed(), whole, batch(0).toReversed(), whole].map((one) => report(one)),
    );
    const [rows] = await on.database.db.raw('SELECT count(*) AS n FROM telemetry_events');
    const accepted = answers.flatMap(({ results }) => results.filter(({ status }) => status === 'accepted'));
    expect(accepted).toHaveLength(Number(rows[0].n));
    expect(new Set(accepted.map(({ hash }) => hash)).size).toBe(accepted.length);
    const raised = (await alerts()).map(({ subject_id: id, data }) => `${id} ${String(data['component'])}`);
    expect(raised).toHaveLength(new Set(raised).size);
    expect(raised).toHaveLength(new Set(whole.map((one) => Object.values(one).slice(0, 3).join())).size);
  }, 60_000);
});

describe('CloudEvents', () => {
  const event = (more: object = {}): object => ({
    ...{
      specversion: '1.0',
      id: newId(),
      source: '/agents/7',
      type: 'com.example.telemetry.psu-fail',
      time: ago(1000),
    },
    ...{ subject: 'assets/SN7', datacontenttype: 'application/json', data: { component: 'PSU 1' } },
    ...more,
  });
  const structured = { 'content-type': 'application/cloudevents+json' };
  const batched = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' };

  test('one, or a batch, are symptoms; the same id of the same source again is a duplicate', async () => {
    const one = event();
    expect((await report(one, structured)).results).toMatchObject([
      { status: 'accepted', asset_id: servers[7], alert: true },
    ]);
    const two = event({ subject: 'SN8', data: { component: 'A1', type: 'ECC_UNCORRECTABLE' } });
    expect((await report([one, two], batched)).counts).toMatchObject({ accepted: 1, duplicate: 1 });
    expect((await alerts()).map(({ data }) => data['symptom'])).toEqual(['PSU_FAIL', 'ECC_UNCORRECTABLE']);
  });

  test('about places, without a time, with bytes: taken, or told why not', async () => {
    const { results } = await report(
      [
        event({ subject: 'locations/ams1/R12', type: 'x.RACK_POWER_LOST', data: undefined }),
        event({ time: undefined }),
        event({ data: undefined, data_base64: 'AAAA' }),
        event({ specversion: '0.3' }),
      ],
      batched,
    );
    expect(results.map(({ status, field, location_id: id }) => [status, field, id])).toEqual([
      ['accepted', null, rack],
      ['rejected', 'occurred_at', null],
      ['rejected', 'data_base64', null],
      ['rejected', 'specversion', null],
    ]);
  });

  test('in binary mode headers say what and of whom; what is wrong is said of the header', async () => {
    const headers = (more: Record<string, string> = {}): Record<string, string> => ({
      ...{ 'ce-specversion': '1.0', 'ce-id': newId(), 'ce-source': '/agents/7', 'ce-type': 'telemetry.psu-fail' },
      ...{ 'ce-time': ago(1000), 'ce-subject': 'assets/SN7', ...more },
    });
    const sent = headers();
    expect((await report({ component: 'PSU 1', message: 'no output' }, sent)).results).toMatchObject([
      { status: 'accepted', asset_id: servers[7], alert: true },
    ]);
    const same = event({ id: sent['ce-id'], time: sent['ce-time'], type: 'telemetry.psu-fail' });
    const { data: _, ...rest } = same as { data: object };
    const structuredAgain = { ...rest, data: { component: 'PSU 1', message: 'no output' } };
    expect((await report(structuredAgain, structured)).counts).toMatchObject({ duplicate: 1 });
    const place = headers({ 'ce-subject': 'locations/ams1%2FR12', 'ce-type': 'RACK_POWER_LOST' });
    expect((await report({}, place)).results).toMatchObject([{ status: 'accepted', location_id: rack }]);
    expect((await report({}, headers({ 'ce-subject': 'nobody' }))).results).toMatchObject([
      { status: 'rejected', field: 'header ce-subject' },
    ]);
    expect((await report({ value: 'much' }, headers())).results).toMatchObject([
      { status: 'rejected', field: 'value' },
    ]);
    const { 'ce-id': __, ...nameless } = headers();
    const refused = await ask('/v1/telemetry', { body: {}, headers: nameless });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('header ce-id: is missing')]);
    const key = newId();
    const once = await ask('/v1/telemetry', { body: {}, headers: { ...headers(), 'idempotency-key': key } });
    const other = await ask('/v1/telemetry', { body: {}, headers: { ...headers(), 'idempotency-key': key } });
    expect([once.status, other.status]).toEqual([200, 409]);
  });
});

test('a place has its alerts: a rack by site and name, what is in it by its component', async () => {
  await report([
    ...[rack, 'ams1/R12', 'ams1 / R12'].map((location, nth) => ({
      ...{ location, type: 'PDU_FAIL', component: 'pdu-a', occurred_at: ago(9000 - nth), message: 'no output' },
    })),
    { location: 'ams1', type: 'SITE_POWER_LOST', occurred_at: ago(8000) },
    { location: 'ams1', type: 'SITE_POWER_BACK', occurred_at: ago(7000) },
  ]);
  expect(await alerts()).toMatchObject([
    {
      type: 'health.critical_alert_raised',
      subject_id: rack,
      data: { rule: 'pdu-failed', component: 'pdu-a', site: 'ams1' },
    },
    {
      type: 'health.critical_alert_raised',
      subject_id: site,
      data: { ticket: 'CHECK_SITE_POWER', priority: 'CRITICAL' },
    },
    { type: 'health.alert_cleared', subject_id: site, data: { rule: 'site-power-lost' } },
  ]);
});

test('windows hold across reports, whatever is late or out of order; an alert says how many', async () => {
  const ecc = (seconds: number, value: number): object =>
    symptom({ type: 'ECC_ERRORS', component: 'A1', serial: 'D1', value, occurred_at: ago(seconds * 1000) });
  await report([ecc(100, 4)]);
  await report([ecc(50, 3)]);
  expect(await alerts()).toEqual([]);
  await report([ecc(80, 3)]);
  expect(await alerts()).toMatchObject([
    {
      data: {
        ...{ symptom: 'ECC_ERRORS', ticket: 'REPLACE_RAM', serial: 'D1', site: 'ams1', rule: 'dimm-correctable-rate' },
        ...{ count: 3, repeat: false, template: null, assigneeGroup: null },
        reason: 'correctable ECC errors above the threshold; 10 in 1d (threshold 10)',
      },
    },
  ]);
});

describe('the list', () => {
  test('is the latest first, by pages, filtered, and as CSV', async () => {
    const bodies = Array.from({ length: 25 }, (_, nth) =>
      symptom({
        asset: `n${nth % 2}`,
        type: nth % 5 === 0 ? 'LINK_FLAP' : 'NOTE_THAT',
        value: nth,
        source: 'agent',
        occurred_at: ago(1000 * (nth + 1)),
      }),
    );
    await report(bodies);
    const seen: number[] = [];
    let next: string | null = null;
    do {
      const { json } = await ask(`/v1/telemetry?limit=7${next === null ? '' : `&cursor=${next}`}`);
      seen.push(...(json['items'] as { value: number }[]).map(({ value }) => value));
      next = json['next'] as string | null;
    } while (next !== null);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, nth) => nth));
    const values = async (query: string): Promise<number[]> =>
      ((await ask(`/v1/telemetry?${query}`)).json['items'] as { value: number }[]).map(({ value }) => value);
    expect(await values('asset=SN0&type=LINK_FLAP&source=agent')).toEqual([0, 10, 20]);
    expect(await values(`since=${ago(4500)}&until=${ago(1500)}`)).toEqual([1, 2, 3]);
    expect(await values('late=true')).toEqual([]);
    expect((await ask('/v1/telemetry?asset=nobody')).status).toBe(400);
    expect((await ask('/v1/telemetry?colour=red')).status).toBe(400);
    const csv = await ask('/v1/telemetry?format=csv&component=Disk.Bay.1');
    expect(csv.text.trim().split('\r\n')).toHaveLength(26);
    expect(csv.text).toMatch(/^hash,asset_id,/);
  });

  test('needs its scope', async () => {
    const key = await on.keyFor(['telemetry:write']);
    expect((await ask('/v1/telemetry', { key })).status).toBe(403);
    expect((await ask('/v1/telemetry', { key, body: [symptom()] })).status).toBe(200);
  });
});

describe('an explanation', () => {
  interface Explained {
    note: string | null;
    rules: {
      rule: string;
      did: string;
      held: string | null;
      not_about: string | null;
      alerts: { by_this: boolean }[];
    }[];
  }
  const explain = async (hash: string | undefined): Promise<Explained> =>
    (await ask(`/v1/telemetry/${hash}/explanation`)).json as unknown as Explained;

  test('says which rules looked, what they held and did', async () => {
    const [first, second, third] = (
      await report(
        [3, 2, 1].map((s) =>
          symptom({ type: 'GPU_XID', component: 'g', value: s === 1 ? 31 : 63, occurred_at: ago(s * 1000) }),
        ),
      )
    ).results;
    expect(first?.hash).toMatch(/^[0-9a-f]{32}$/);
    const { rules } = await explain(second?.hash);
    expect(rules.map(({ rule, did }) => [rule, did])).toEqual([
      ['gpu-xid-hardware', expect.stringContaining('did not look: value is 63; the rule wants 48, 62')],
      ['gpu-xid-unnamed', 'did not look: value is 63; the rule wants null'],
      ['gpu-rows-remapped', 'counted: below its limit'],
    ]);
    expect(rules[2]?.held).toBe('2 in 7d (threshold 3), 2 symptoms kept');
    expect((await explain(third?.hash)).rules.every(({ not_about: not }) => not !== null)).toBe(true);
  });

  test('names the alert that a symptom raised, and the one that counts the others', async () => {
    const [first, second] = (await report([2, 1].map((s) => symptom({ occurred_at: ago(s * 1000) })))).results;
    expect((await explain(first?.hash)).rules).toMatchObject([{ did: 'raised an alert', alerts: [{ by_this: true }] }]);
    expect((await explain(second?.hash)).rules).toMatchObject([
      { did: expect.stringContaining('counted: raised already') as string, alerts: [{ by_this: false }] },
    ]);
  });

  test('of a type that no rule knows, of a late one, of none', async () => {
    const { results } = await report([symptom({ type: 'ODD_THING' }), symptom({ occurred_at: ago(3 * 86_400_000) })]);
    expect((await explain(results[0]?.hash)).note).toContain('No rule looks at ODD_THING');
    expect((await explain(results[1]?.hash)).note).toContain('too late');
    expect((await ask(`/v1/telemetry/${'0'.repeat(32)}/explanation`)).status).toBe(404);
    expect((await ask('/v1/telemetry/xyz/explanation')).status).toBe(400);
  });
});
