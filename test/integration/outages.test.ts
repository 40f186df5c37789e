import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { clearLockouts, listLockouts } from '#src/access/store.ts';
import type { Job } from '#src/journal/job.ts';
import { until } from '../../demo/hub-client.ts';
import { appear, expectMachines, fallIll, untilHardened, type AssetAnswer } from '../../demo/story.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';
import { withRedis } from '#test/kit/test-redis.ts';

let on: TestHub;
let bmc: BmcSimulator;

const story = () => ({ stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 });
const jobs = async (filter: string): Promise<Job[]> =>
  (await on.client.get<{ items: Job[] }>(`/v1/jobs?limit=1000&${filter}`)).items;
const waitingWith = (name: string, kind: string): Promise<Job> =>
  until(
    `${name} waits because of ${kind}`,
    async () => (await jobs(`name=${name}&state=waiting`)).find((job) => job.error?.['kind'] === kind),
    60_000,
  );
const asset = async (): Promise<AssetAnswer> =>
  (await on.client.get<{ items: AssetAnswer[] }>('/v1/assets')).items[0] as AssetAnswer;

async function open(): Promise<void> {
  on = await testHub({
    machines: 1,
    runMs: 600,
    env: {
      REDFISH_TIMEOUT_MS: '400',
      REDFISH_FIRMWARE_TIMEOUT_MS: '400',
      NETBOX_TIMEOUT_MS: '1500',
      JIRA_TIMEOUT_MS: '1000',
      SETTLE_MS: '1500',
    },
  });
  bmc = on.stage.bmcs.get(on.cast[0]?.name ?? '') as BmcSimulator;
}

/** What was said, whether the relay has given it its place yet or not. */
async function said(type: string): Promise<unknown[]> {
  const rows: { data: string }[] = await on.database.db('events').where({ type }).select('data');
  return rows.map(({ data }) => JSON.parse(data) as unknown);
}

/** What is due in minutes is due now: in the journal, and without the wake-up that lies in Redis for then. */
async function minutesLater(): Promise<void> {
  await on.database.db('jobs').where({ state: 'waiting' }).update({ due_at: '2026-01-01 00:00:00' });
  await withRedis(on.redisUrl, (redis) => redis.flushdb());
}

describe('a BMC', () => {
  beforeAll(async () => {
    await open();
    await expectMachines(story());
    await appear(story());
    await untilHardened(story());
  });
  afterAll(() => on.close());
  beforeEach(() => bmc.clearFaults());

  async function inspect(): Promise<void> {
    await on.client.post(`/v1/assets/${(await asset()).id}/inspections`, { reason: 'test' });
  }
  async function inspected(): Promise<Job> {
    return until(
      'the inspection is done',
      async () =>
        (await jobs('name=inspect-asset')).find((job) => job.state === 'done' && job.result?.['outcome'] !== undefined),
      60_000,
    );
  }
  const unfinished = async (): Promise<number> =>
    (await jobs('name=inspect-asset')).filter((job) => job.state !== 'done').length;

  test.each([
    ['answers 500', 'unreachable', { kind: 'status', status: 500, body: 'oops' }],
    ['cuts the connection', 'unreachable', { kind: 'reset' }],
    ['never answers', 'unreachable', { kind: 'hang' }],
    ['answers garbage', 'malformed', { kind: 'garbage' }],
  ] as const)('that %s: the inspection waits and says so, and is done when it is well', async (_what, kind, fault) => {
    bmc.addFault({ ...fault });
    await inspect();
    const job = await waitingWith('inspect-asset', kind);
    expect(job).toMatchObject({ failures: 0, subject: { type: 'asset' } });
    expect(String(job.error?.['message'])).toMatch(/redfish/i);
    expect((await asset()).state).toBe('HARDENED');
    bmc.clearFaults();
    await until('no inspection waits', async () => (await unfinished()) === 0, 60_000);
    await inspected();
    // The broker keeps one for whoever comes next.
    expect(bmc.openSessions()).toBeLessThanOrEqual(1);
  });

  test('that refuses the password is asked once, by nobody again until a person acts', async () => {
    const sessions = {
      match: 'Sessions',
      kind: 'status',
      status: 401,
      body: { error: { code: 'Base.1.0.InvalidCredentials', message: 'no' } },
    } as const;
    bmc.addFault({ ...sessions });
    // The one that the broker keeps would do.
    bmc.expireSessions();
    bmc.forget();
    const logins = (): number =>
      bmc.requests.filter((request) => request.method === 'POST' && request.path.includes('Sessions')).length;
    await inspect();
    const job = await waitingWith('inspect-asset', 'unauthorized');
    expect(String(job.error?.['remedy'])).toContain('credentials');
    expect(Date.parse(job.due_at) - Date.now()).toBeGreaterThan(200_000);
    expect(logins()).toBe(1);
    for (let turn = 0; turn < 3; turn += 1) {
      const { attempts } = (await jobs('name=inspect-asset&state=waiting'))[0] as Job;
      await minutesLater();
      await until('it was tried again', async () =>
        (await jobs('name=inspect-asset&state=waiting')).some(
          (one) => one.attempts > attempts && one.error?.['kind'] === 'unauthorized',
        ),
      );
    }
    expect(logins()).toBe(1);
    expect(await listLockouts(on.database.db)).toMatchObject([{ adapter: 'redfish' }]);
    bmc.clearFaults();
    await clearLockouts(on.database.db, { adapter: 'redfish' });
    await minutesLater();
    await until('no inspection waits', async () => (await unfinished()) === 0, 60_000);
    expect(logins()).toBe(2);
  });

  test('that is another machine than expected: it is not validated, and says why', async () => {
    const db = on.database.db;
    await db('assets').update({ lifecycle_state: 'DISCOVERED', vendor_serial: 'SOMEBODY-ELSE' });
    await inspect();
    await until(
      'it says why',
      async () => (await asset()).state_reason?.includes('expected serial SOMEBODY-ELSE'),
      60_000,
    );
    expect((await asset()).state).toBe('DISCOVERED');
    expect(await said('asset.validation_failed')).toHaveLength(1);
    await inspect();
    await until('no inspection waits', async () => (await unfinished()) === 0, 60_000);
    expect(await said('asset.validation_failed')).toHaveLength(1);
  });
});

describe('another system that is away from the start', () => {
  beforeAll(open);
  afterAll(() => on.close());

  test('NetBox: the work waits, says why, and is done when NetBox is back', async () => {
    const { server } = on.stage.netbox;
    server.addFault({ kind: 'status', status: 502, body: '<html>Bad Gateway</html>' });
    await expectMachines(story());
    await appear(story());
    const waiting = await waitingWith('recognise-bmc', 'unreachable');
    expect(String(waiting.error?.['message'])).toMatch(/netbox.*502/is);
    expect(waiting.failures).toBe(0);
    await until('it was tried again', async () => (await jobs('name=recognise-bmc'))[0]?.attempts !== 1);
    expect(await asset()).toBeUndefined();
    expect(await jobs('state=dead')).toEqual([]);
    server.clearFaults();
    await untilHardened(story());
    expect(on.stage.netbox.database.all('device')).toHaveLength(1);
  });

  test('Jira: the ticket stands here, and gets its issue when Jira is back', async () => {
    on.stage.jira.addFault({ kind: 'reset' });
    const found = await asset();
    const ticketed = fallIll(story(), new Map([['it', found]]));
    const waiting = await waitingWith('create-issue', 'unreachable');
    expect(waiting.failures).toBe(0);
    const { items } = await on.client.get<{ items: { state: string; external: null }[] }>('/v1/tickets');
    expect(items).toMatchObject([{ state: 'OPEN', external: null }]);
    on.stage.jira.clearFaults();
    expect((await ticketed).size).toBe(1);
    expect(on.stage.jira.issues()).toHaveLength(1);
  });

  test('Jira does it and does not say so: there is one issue', async () => {
    on.stage.jira.addFault({ match: 'POST /rest/api/\\d/issue$', kind: 'drop-answer', times: 1 });
    await on.client.post('/v1/telemetry', [
      { asset: (await asset()).id, type: 'PSU_FAIL', component: 'PSU 2', occurred_at: new Date().toISOString() },
    ]);
    await until('both tickets have their issue', async () => {
      const { items } = await on.client.get<{ items: { external: object | null }[] }>('/v1/tickets');
      return items.length === 2 && items.every(({ external }) => external !== null);
    });
    expect(on.stage.jira.issues()).toHaveLength(2);
    const [row] = await on.database
      .db('effects')
      .where({ operation: 'create issue' })
      .orderBy('intended_at', 'desc')
      .select('*');
    expect(row).toMatchObject({ state: 'done', sends: 1 });
  });
});

test('AWX: a run that failed leaves the server where it was, with the reason', async () => {
  await open();
  await expectMachines(story());
  await appear(story());
  const run = await until('a run', async () => on.stage.awx.jobs()[0], 60_000);
  run.outcome = 'failed';
  await until('it says why', async () => /hardening failed: run \d+/.test((await asset()).state_reason ?? ''), 60_000);
  expect((await asset()).state).toBe('PHYSICAL_VALIDATED');
  expect(await said('asset.hardening_failed')).toMatchObject([{ runId: String(run.id), status: 'failed' }]);
  await until('its job is done', async () => (await jobs('name=harden-asset'))[0]?.result?.['outcome'] === 'failed');
  expect(on.stage.awx.jobs()).toHaveLength(1);
  await on.close();
});

test('AWX: a launch whose answer is lost is one run', async () => {
  await open();
  on.stage.awx.addFault({ match: 'POST .*/launch/', kind: 'drop-answer', times: 1 });
  await expectMachines(story());
  await appear(story());
  await untilHardened(story());
  expect(on.stage.awx.jobs()).toHaveLength(1);
  await on.close();
});
