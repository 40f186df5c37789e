import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HubRefusal, until } from '../../demo/hub-client.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
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
beforeEach(() => bmc.clearFaults());

interface JobShown {
  id: string;
  name: string;
  state: string;
  result: Record<string, unknown> | null;
  error: { message?: string; kind?: string } | null;
}

async function ask(path: string, body: object): Promise<{ event_id: string; jobs: string }> {
  return on.client.post(`/v1/assets/${id}/${path}`, body);
}
async function jobOf({ jobs }: { jobs: string }): Promise<JobShown | undefined> {
  const { items } = await on.client.get<{ items: JobShown[] }>(jobs);
  return items.find(({ name }) => name === 'tell-bmc');
}
async function ended(asked: { jobs: string }): Promise<JobShown> {
  return until('the end of the job', async () => {
    const job = await jobOf(asked);
    return job !== undefined && (job.state === 'done' || job.state === 'dead') ? job : undefined;
  });
}
const resets = () => bmc.requests.filter(({ path, method }) => method === 'POST' && /ComputerSystem\.Reset/.test(path));
const reason = 'a test';

interface TimelineShown {
  items: { type: string; sentence: string }[];
}
async function sentences(type: string): Promise<string[]> {
  const { items } = await on.client.get<TimelineShown>(`/v1/assets/${id}/timeline?limit=200`);
  return items.filter((one) => one.type === type).map(({ sentence }) => sentence);
}

test('on and off: asked, done, on the timeline, and known afterwards', async () => {
  const off = await ended(await ask('power', { action: 'force-off', reason }));
  expect(off).toMatchObject({ state: 'done', result: { outcome: 'accepted', reset_type: 'ForceOff', state: 'Off' } });
  expect(bmc.powerState()).toBe('Off');
  const sent = resets().length;
  expect((await ended(await ask('power', { action: 'off', reason }))).result).toMatchObject({ outcome: 'already' });
  expect(resets()).toHaveLength(sent);
  expect((await ended(await ask('power', { action: 'on', reason }))).result).toMatchObject({ state: 'On' });
  expect(await on.client.get(`/v1/assets/${id}/control`)).toMatchObject({ power: { state: 'On' } });
  expect(await sentences('asset.power_changed')).toEqual(
    expect.arrayContaining([
      'Told to switch off at once (ForceOff); it is Off now',
      'Told to switch on (On); it is On now',
    ]),
  );
  expect(await sentences('asset.power_requested')).toHaveLength(3);
});

test('boot and power are done in the order of asking', async () => {
  await ended(await ask('power', { action: 'force-off', reason }));
  bmc.forget();
  bmc.addFault({ match: 'PATCH .*Systems', kind: 'slow', ms: 300 });
  const boot = await ask('boot', { target: 'pxe', mode: 'UEFI', reason });
  const start = await ask('power', { action: 'on', reason });
  expect((await ended(boot)).result).toMatchObject({ outcome: 'set', target: 'Pxe', enabled: 'Once' });
  expect((await ended(start)).result).toMatchObject({ state: 'On' });
  const writes = bmc.requests.filter(({ method, path }) => method !== 'GET' && /Systems\//.test(path));
  expect(writes.map(({ method }) => method)).toEqual(['PATCH', 'POST']);
  expect(await sentences('asset.boot_overridden')).toContain('Boots from Pxe next time (UEFI)');
});

test('an image goes in and comes out; the light goes on', async () => {
  const image = 'http://images.example/rescue.iso';
  const insert = await ended(await ask('media', { do: 'insert', image, reason }));
  expect(insert).toMatchObject({ state: 'done', result: { outcome: 'inserted', image } });
  expect((await ended(await ask('media', { do: 'eject', reason }))).state).toBe('done');
  expect((await ended(await ask('identify', { lit: true }))).result).toEqual({ outcome: 'the light is on' });
  const shown = await on.client.get<{ media: { drives: { inserted: boolean }[] }; light: unknown }>(
    `/v1/assets/${id}/control`,
  );
  expect(shown.light).toMatchObject({ lit: true });
  expect(shown.media.drives.every(({ inserted }) => !inserted)).toBe(true);
});

test('a restart whose answer was lost is not sent again: a person has to look', async () => {
  bmc.forget();
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'drop-answer', times: 1 });
  const job = await ended(await ask('power', { action: 'force-restart', reason }));
  expect(job).toMatchObject({ state: 'dead', error: { kind: 'parked' } });
  expect(resets()).toHaveLength(1);
});

test('a restart that certainly never went out is sent once the BMC is back', async () => {
  bmc.forget();
  bmc.addFault({ match: 'GET .*Systems', kind: 'reset' });
  const asked = await ask('power', { action: 'force-restart', reason });
  await until('the first try', async () => (await jobOf(asked))?.error?.kind === 'unreachable');
  expect(resets()).toHaveLength(0);
  bmc.clearFaults();
  expect((await ended(asked)).result).toMatchObject({ outcome: 'accepted', reset_type: 'ForceRestart' });
  expect(resets()).toHaveLength(1);
});

test('an on whose answer was lost is looked at, and not sent twice', async () => {
  await ended(await ask('power', { action: 'force-off', reason }));
  bmc.forget();
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'drop-answer', times: 1 });
  const job = await ended(await ask('power', { action: 'on', reason }));
  expect(job).toMatchObject({ state: 'done', result: { outcome: 'already', state: 'On' } });
  expect(resets()).toHaveLength(1);
});

test('what was wanted too long ago is not done any more', async () => {
  bmc.addFault({ match: 'GET .*Systems', kind: 'reset' });
  const asked = await ask('power', { action: 'force-off', reason });
  const job = await until('the first try', async () => {
    const now = await jobOf(asked);
    return now?.error?.kind === 'unreachable' ? now : undefined;
  });
  bmc.forget();
  await on.hub.ctx.db.raw(
    `UPDATE jobs SET input = JSON_SET(input, '$.goodUntil', '2026-01-01T00:00:00.000Z') WHERE id = ?`,
    [job.id],
  );
  bmc.clearFaults();
  const late = await ended(asked);
  expect(late).toMatchObject({
    state: 'dead',
    error: { message: expect.stringMatching(/wanted until 2026-01-01.*ask again/) },
  });
  expect(resets()).toHaveLength(0);
  expect(bmc.powerState()).toBe('On');
});

test('a shutdown that its operating system does not listen to is followed, and holds up nobody', async () => {
  await ended(await ask('power', { action: 'on', reason }));
  // Taken, and nothing happens.
  bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'status', status: 204, body: '', times: 1 });
  const polite = await ask('power', { action: 'off', reason });
  await until('the following', async () => {
    const { items } = await on.client.get<{ items: { progress: { step?: string } | null }[] }>(polite.jobs);
    return items[0]?.progress?.step === 'following';
  });
  const rude = await ended(await ask('power', { action: 'force-off', reason }));
  expect(rude).toMatchObject({ state: 'done', result: { reset_type: 'ForceOff', state: 'Off' } });
  expect(await ended(polite)).toMatchObject({ state: 'done', result: { outcome: 'accepted', superseded: true } });
  expect(await on.client.get(`/v1/assets/${id}/control`)).toMatchObject({ power: { state: 'Off' } });
}, 120_000);

test('the command line asks for the same, and tells what came of it', async () => {
  await ended(await ask('power', { action: 'on', reason }));
  const env = { ...on.stage.env, DATABASE_URL: on.database.url, REDIS_URL: on.redisUrl, LOG_LEVEL: 'silent' };
  const asset = await on.client.get<{ name: string }>(`/v1/assets/${id}`);
  const off = await runCli(['power', asset.name, 'force-off', '-o', 'json', '-r', 'from the command line'], env);
  expect(off.stderr).toBe('');
  expect(off.code).toBe(0);
  expect(JSON.parse(off.stdout)).toMatchObject([{ outcome: 'accepted', state: 'Off' }]);
  const refused = await runCli(['power', asset.name, 'restart', '-o', 'json'], env);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/the server is off/);
  const wrong = await runCli(['media', asset.name, 'insert', 'http://joe:pass@images.example/a.iso'], env);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(/must not carry a user name or password/);
  const nobody = await runCli(['identify', 'nobody', 'on'], env);
  expect(nobody.stderr).toMatch(/There is no server nobody/);
}, 120_000);

test('requests that make no sense are refused with the field', async () => {
  const refused = async (path: string, body: object): Promise<string> => {
    const error = await ask(path, body).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(HubRefusal);
    return error instanceof HubRefusal ? `${error.status} ${error.message}` : '';
  };
  expect(await refused('power', { action: 'off' })).toMatch(/^400.*reason/s);
  expect(await refused('power', { action: 'explode', reason })).toMatch(/^400.*action/s);
  expect(await refused('boot', { target: 'pxe', http_uri: 'http://x.example/a.efi', reason })).toMatch(/uefi-http/);
  const secret = { do: 'insert', image: 'http://joe:pass@images.example/a.iso', reason };
  expect(await refused('media', secret)).toMatch(/must not carry a user name or password/);
  const reader = await on.keyFor(['assets:read']);
  const answer = await fetch(`${on.url}/v1/assets/${id}/power`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reader}`, 'content-type': 'application/json' },
    body: JSON.stringify({ action: 'off', reason }),
  });
  expect(answer.status).toBe(403);
});
