import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HubRefusal, hubClient, until } from '../../demo/hub-client.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { retiredPasswords } from '#src/bmc-access/store.ts';
import { forgetOldPasswords } from '#src/bmc-access/commands/forget-old-passwords.ts';
import { findOldPasswords } from '#src/bmc-access/reads.ts';
import { tx } from '#src/core/tx.ts';
import { runCli } from '#test/kit/run-cli.ts';
import { hubWithServer } from '#test/kit/hub-with-server.ts';
import { type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let id: string;
let bmc: BmcSimulator;
beforeAll(async () => {
  ({ on, id, bmc } = await hubWithServer());
}, 180_000);
afterAll(() => on.close());
beforeEach(() => {
  bmc.clearFaults();
  // The session of a password that was replaced stays until it is idle for long; so many rotations in a row would use up all there are.
  bmc.expireSessions();
});

interface JobShown {
  state: string;
  name: string;
  result: Record<string, unknown> | null;
  error: { kind?: string; message?: string } | null;
  progress: { why?: string } | null;
}
interface Shown {
  current: { username: string; password: string } | null;
  pending: { password: string } | null;
  earlier: { password: string; held: boolean }[];
}
interface Revealed {
  username: string;
  password: string;
  pending: { password: string } | null;
  earlier: { password: string; held: boolean }[];
}
const reason = 'a test';

async function ask(body: object = {}): Promise<{ jobs: string }> {
  return on.client.post(`/v1/assets/${id}/bmc-access/rotations`, { reason, ...body });
}
async function jobOf({ jobs }: { jobs: string }): Promise<JobShown | undefined> {
  const { items } = await on.client.get<{ items: JobShown[] }>(jobs);
  return items.find(({ name }) => name === 'rotate-bmc-password');
}
async function ended(asked: { jobs: string }): Promise<JobShown> {
  return until(
    'the end of the rotation',
    async () => {
      const job = await jobOf(asked);
      return job !== undefined && ['done', 'dead'].includes(job.state) ? job : undefined;
    },
    60_000,
  );
}
/** Before the first rotation the settings' credentials are used, which nobody is shown. */
async function reveal(): Promise<Revealed> {
  const settings = { username: bmc.username, password: bmc.password };
  const shown = await on.client
    .post<Shown>(`/v1/assets/${id}/bmc-access/reveals`, { reason })
    .catch((error: unknown): Shown => {
      if (!(error instanceof HubRefusal) || error.status !== 409) throw error;
      return { current: null, pending: null, earlier: [] };
    });
  return { ...(shown.current ?? settings), pending: shown.pending, earlier: shown.earlier };
}
const accountOf = (name: string) => bmc.accounts().find(({ userName }) => userName === name);

/** Whatever happened: the hub has what the BMC takes, and nothing was refused more often than allowed. */
async function expectNotLost(refusedBefore: number): Promise<Revealed> {
  const shown = await reveal();
  expect(accountOf(shown.username)?.password).toBe(shown.password);
  expect(shown.pending).toBeNull();
  expect(bmc.counters().refusedLogins - refusedBefore).toBeLessThanOrEqual(1);
  expect(bmc.locked()).toBe(false);
  return shown;
}

/** Forgets the refused logins of the tests before. */
async function freshBudget(): Promise<void> {
  await on.hub.ctx.db('bmc_access').where({ asset_id: id }).update({ tries: '[]' });
}

test('a new password is set, used from then on, and shown to nobody who does not ask for it', async () => {
  const before = await reveal();
  const job = await ended(await ask());
  expect(job).toMatchObject({ state: 'done', result: { outcome: 'rotated' } });
  const after = await expectNotLost(0);
  expect(after.password).not.toBe(before.password);
  expect(after.password).toMatch(/^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[-_.])[\w.-]{16}$/);
  expect(bmc.counters().refusedLogins).toBe(0);

  const access = await on.client.get(`/v1/assets/${id}/bmc-access`);
  expect(access).toMatchObject({ username: after.username, has_password: true, rotation: null, failure: null });
  const everything = await Promise.all([
    on.client.get(`/v1/assets/${id}/bmc-access`),
    on.client.get(`/v1/assets/${id}`),
    on.client.get(`/v1/assets/${id}/timeline?limit=200`),
    on.client.get('/v1/jobs?limit=200'),
    on.client.get('/v1/effects?limit=200').catch((error: unknown) => String(error)),
  ]);
  const tables = ['effects', 'events', 'jobs', 'assets', 'bmc_access', 'bmc_passwords', 'idempotency_keys'];
  for (const table of tables)
    if (await on.hub.ctx.db.schema.hasTable(table)) everything.push(await on.hub.ctx.db(table));
  expect(JSON.stringify(everything)).not.toContain(after.password);
  expect(JSON.stringify(everything)).not.toContain(before.password);
});

test('the one before is kept for a while', async () => {
  const before = await reveal();
  expect((await ended(await ask())).state).toBe('done');
  expect((await reveal()).earlier[0]).toMatchObject({ password: before.password, held: true });
});

test('only who may see secrets sees it, and it stands on the timeline', async () => {
  const key = hubClient(on.url, await on.keyFor(['assets:read', 'assets:write']));
  const refused = await key.post(`/v1/assets/${id}/bmc-access/reveals`, { reason }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HubRefusal);
  expect((refused as HubRefusal).status).toBe(403);
  await reveal();
  const { items } = await on.client.get<{ items: { type: string; sentence: string }[] }>(
    `/v1/assets/${id}/timeline?limit=200`,
  );
  expect(items.find(({ type }) => type === 'asset.bmc_password_revealed')?.sentence).toMatch(/was shown: a test$/);
});

test('recognised again, what was once entered does not come back; other credentials do', async () => {
  const [actor] = on.cast;
  if (actor === undefined) throw new Error('no machine');
  const recognised = async (): Promise<number> => {
    const { items } = await on.client.get<{ items: JobShown[] }>('/v1/jobs?name=recognise-bmc&limit=200');
    return items.filter(({ state }) => state === 'done').length;
  };
  let edits = 0;
  /** Entered, or only something else of it edited: the machine is recognised anew. */
  const written = async (bmcPassword: string): Promise<void> => {
    const before = await recognised();
    edits += 1;
    const wanted = { bmc_mac: actor.bmcMac, manufacturer: `edit ${edits}`, bmc_username: bmc.username };
    await on.client.post('/v1/expected-machines', { ...wanted, bmc_password: bmcPassword });
    await until('it was recognised', async () => (await recognised()) > before);
  };
  const entered = (await reveal()).password;
  await written(entered);
  expect((await ended(await ask())).state).toBe('done');
  const rotated = (await reveal()).password;
  await written(entered);
  expect((await reveal()).password).toBe(rotated);
  await written('corrected-by-hand-1');
  await until('it is taken', async () => (await reveal()).password === 'corrected-by-hand-1');
  await written(rotated); // typed in again: a person's word, and the right one
  await until('it is taken', async () => (await reveal()).password === rotated);
});

describe('whatever is lost, the BMC is not', () => {
  const cases = [
    ['the answer', 'PATCH .*Accounts', 'drop-answer'],
    ['the request', 'PATCH .*Accounts', 'reset'],
    ['the look at the accounts', 'GET .*Accounts', 'reset'],
    ['the policy', 'GET .*AccountService$', 'drop-answer'],
    ['the login that proves it', 'POST .*Sessions', 'drop-answer'],
    ['the login that proves it, before it arrives', 'POST .*Sessions', 'reset'],
  ] as const;
  test.each(cases)('%s (%s, %s)', async (_what, match, kind) => {
    await freshBudget();
    const refused = bmc.counters().refusedLogins;
    const before = await reveal();
    bmc.addFault({ match, kind, times: 1 });
    const job = await ended(await ask());
    expect(job).toMatchObject({ state: 'done', result: { outcome: 'rotated' } });
    expect((await expectNotLost(refused)).password).not.toBe(before.password);
  });

  test('the worker, at each request to the BMC', async () => {
    for (let at = 1; at <= 6; at += 1) {
      await freshBudget();
      const refused = bmc.counters().refusedLogins;
      const before = await reveal();
      bmc.forget();
      bmc.addFault({ match: '.*', kind: 'slow', ms: 120 });
      const asked = await ask();
      // It stops while the n-th request is under way.
      await until('so many requests', async () => bmc.requests.length >= at || (await jobOf(asked))?.state === 'done');
      await on.stopWorker();
      const known = await reveal();
      const holds = accountOf(known.username)?.password;
      expect([known.password, known.pending?.password]).toContain(holds);
      bmc.clearFaults();
      await on.startWorker();
      await ended(asked);
      expect((await expectNotLost(refused)).password).not.toBe(before.password);
    }
  }, 120_000);
});

test('a BMC that refuses the new password keeps the old one, and so does the hub', async () => {
  await freshBudget();
  const refused = bmc.counters().refusedLogins;
  const before = await reveal();
  bmc.addFault({ match: 'PATCH .*Accounts', kind: 'status', status: 400 });
  const job = await ended(await ask());
  expect(job).toMatchObject({ state: 'dead', error: { kind: 'rejected' } });
  bmc.clearFaults();
  const after = await expectNotLost(refused);
  expect(after.password).toBe(before.password);
  expect(await on.client.get(`/v1/assets/${id}/bmc-access`)).toMatchObject({ rotation: null });
  expect((await on.client.get<{ failure: string | null }>(`/v1/assets/${id}/bmc-access`)).failure).toContain('400');
});

test('an account of its own, and the old one is switched off only after that', async () => {
  await freshBudget();
  const refused = bmc.counters().refusedLogins;
  const before = await reveal();
  const job = await ended(await ask({ username: 'reanimator', disable_old: true }));
  expect(job).toMatchObject({ state: 'done', result: { username: 'reanimator', switched_off: before.username } });
  const after = await expectNotLost(refused);
  expect(after.username).toBe('reanimator');
  expect(accountOf(before.username)?.enabled).toBe(false);
  const made = bmc.requests.findIndex(({ method, path }) => method === 'POST' && /Accounts$/.test(path));
  const proved = bmc.requests.findIndex(
    ({ method, json }) => method === 'POST' && (json as { UserName?: string } | null)?.UserName === 'reanimator',
  );
  const off = bmc.requests.findIndex(({ json }) => (json as { Enabled?: boolean } | null)?.Enabled === false);
  expect(made).toBeGreaterThanOrEqual(0);
  expect(proved).toBeGreaterThanOrEqual(0);
  expect(off).toBeGreaterThan(proved);
});

test('on the command line', async () => {
  await freshBudget();
  const env = { ...on.stage.env, DATABASE_URL: on.database.url, REDIS_URL: on.redisUrl, LOG_LEVEL: 'silent' };
  const before = await reveal();
  const rotated = await runCli(['bmc', 'rotate', id, '-o', 'json'], env);
  expect(rotated).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(rotated.stdout)).toMatchObject([{ outcome: 'rotated', username: before.username }]);
  const after = await reveal();
  expect(after.password).not.toBe(before.password);
  expect(rotated.stdout).not.toContain(after.password);
  const access = await runCli(['bmc', 'access', id], env);
  expect(access.stdout).toContain(after.username);
  expect(access.stdout).not.toContain(after.password);
  const shown = await runCli(['bmc', 'password', id, '--reason', 'at the console', '-o', 'json'], env);
  expect(JSON.parse(shown.stdout)).toMatchObject([{ username: after.username, password: after.password }]);
  expect((await runCli(['bmc', 'password', id], env)).code).not.toBe(0);
  expect(await runCli(['bmc', 'rotate', id, '--account', '-x'], env)).toMatchObject({ code: 1 });
});

test('when both are refused the account is not locked by trying', async () => {
  await freshBudget();
  const account = accountOf((await reveal()).username);
  if (account === undefined) throw new Error('no account');
  // Somebody changes it at the console in the same moment.
  const state = { holds: account.password };
  const { password: right } = account;
  const get = (): string => state.holds;
  Object.defineProperty(account, 'password', {
    configurable: true,
    get,
    set() {
      state.holds = 'somebody-elses-1';
    },
  });
  const refused = bmc.counters().refusedLogins;
  const asked = await ask();
  await until('both were refused', async () => bmc.counters().refusedLogins - refused >= 2, 60_000);
  const waiting = await until('it waits', async () => {
    const job = await jobOf(asked);
    return job?.state === 'waiting' && job.progress !== null ? job : undefined;
  });
  expect(waiting.progress?.why).toContain('may be locked');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(bmc.counters().refusedLogins - refused).toBe(2);
  expect((await reveal()).pending).not.toBeNull();
  Object.defineProperty(account, 'password', { configurable: true, writable: true, value: right });
});

test('old ones are found by their age, and forgotten after their time', async () => {
  const { ctx } = on.hub;
  const age = { days: 30, askedHoursAgo: 0, limit: 10 };
  expect(await findOldPasswords(ctx, age)).toEqual([]);
  const later = { ...ctx, now: () => new Date(Date.now() + 31 * 86_400_000) };
  expect(await findOldPasswords(later, age)).toEqual([id]);
  expect((await retiredPasswords(ctx.db, id, 100)).length).toBeGreaterThan(5);
  expect(await tx(ctx, (inside) => forgetOldPasswords(inside, 30))).toBe(0);
  expect(await tx(later, (inside) => forgetOldPasswords(inside, 30))).toBeGreaterThan(5);
  expect(await retiredPasswords(ctx.db, id, 100)).toEqual([]);
});
