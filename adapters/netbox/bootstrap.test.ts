import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NetBoxClient } from 'netbox-client';
import { bootstrapNetbox, type BootstrapOptions } from './bootstrap.ts';
import { openNetboxClient } from './client.ts';
import { netboxAdapter } from './index.ts';
import { loadLifecycleMapping } from './lifecycle-mapping.ts';
import { startNetboxSimulator, type NetboxSimulator } from './simulator.ts';
import { kitForTests, type KitForTests } from '../../src/kit/kit-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
const secret = 'a-very-secret-secret';
const lifecycle = loadLifecycleMapping();
let simulator: NetboxSimulator;
let client: NetBoxClient;
let kit: KitForTests;
let close: () => Promise<void>;

beforeEach(async () => {
  simulator = await startNetboxSimulator();
  kit = kitForTests('netbox');
  ({ client, close } = openNetboxClient({ url: simulator.url, token: simulator.token, timeoutMs: 2000 }, kit));
});
afterEach(async () => {
  await close();
  await simulator.close();
});

function run(more: Partial<BootstrapOptions> = {}) {
  return bootstrapNetbox(client, {
    hubUrl: 'https://hub.example/',
    webhookSecret: secret,
    tag: 'reanimator',
    lifecycle,
    key: 'test',
    signal,
    ...more,
  });
}
async function did(more: Partial<BootstrapOptions> = {}): Promise<Record<string, string>> {
  return Object.fromEntries((await run(more)).map((step) => [`${step.object} ${step.name}`, step.did]));
}
function choices(): unknown[][] {
  return (simulator.database.find('choiceSet', 1)?.extra_choices ?? []) as unknown[][];
}
function writes(): string[] {
  return simulator.server.requests.filter((one) => one.method !== 'GET').map((one) => one.method);
}

describe('bootstrap', () => {
  test('makes everything, then nothing', async () => {
    expect(new Set(Object.values(await did()))).toEqual(new Set(['created']));
    simulator.server.forget();
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
    expect(writes()).toEqual([]);
    const [webhook] = simulator.database.all('webhook');
    expect(webhook).toMatchObject({
      payload_url: 'https://hub.example/hooks/netbox',
      secret,
      ssl_verification: true,
      timeout: 10,
    });
    expect(simulator.database.all('eventRule')[0]).toMatchObject({ enabled: true, action_object_id: webhook?.id });
  });

  test('a dry run tells and writes nothing', async () => {
    expect(new Set(Object.values(await did({ dryRun: true })))).toEqual(new Set(['created']));
    expect(writes()).toEqual([]);
  });

  test('a new state is added to the choices, and what people added stays', async () => {
    await run();
    simulator.as('alice').change('choiceSet', 1, { extra_choices: [...choices().slice(2), ['borrowed', 'Borrowed']] });
    expect(await did()).toMatchObject({ [`choice set ${lifecycle.choiceSet}`]: 'updated' });
    const values = choices().map(([value]) => value);
    expect(values).toEqual(
      expect.arrayContaining(['borrowed', ...Object.values(lifecycle.states).map((state) => state.value)]),
    );
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
  });

  test('what was bent is put right again', async () => {
    await run();
    const alice = simulator.as('alice');
    alice.change('webhook', 1, { secret: 'other', body_template: '{}' });
    alice.change('eventRule', 1, {
      enabled: false,
      object_types: ['dcim.device', 'dcim.cable'],
      conditions: { and: [] },
    });
    alice.change('customField', 1, { object_types: ['dcim.rack'], label: 'State' });
    expect(await did()).toMatchObject({
      'webhook reanimator': 'updated',
      'event rule reanimator': 'updated',
      'custom field lifecycle_state': 'updated',
    });
    expect(simulator.database.find('webhook', 1)).toMatchObject({ secret, body_template: '' });
    expect(simulator.database.find('eventRule', 1)).toMatchObject({
      enabled: true,
      conditions: null,
      object_types: expect.arrayContaining(['dcim.cable', 'ipam.ipaddress']),
    });
    expect(simulator.database.find('customField', 1)).toMatchObject({
      label: 'State',
      object_types: ['dcim.rack', 'dcim.device'],
    });
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
  });

  test("somebody's custom field of another type is left alone, and said", async () => {
    simulator.as('alice').create('customField', { name: 'memory_gib', type: 'text', object_types: ['dcim.device'] });
    await expect(run()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('memory_gib exists as text'),
    });
  });

  test('goes on where it was cut off', async () => {
    simulator.server.addFault({ match: '^POST /api/extras/webhooks/', kind: 'drop-answer', times: 1 });
    await expect(run()).rejects.toMatchObject({ kind: 'unreachable' });
    await run();
    expect(simulator.database.all('webhook')).toHaveLength(1);
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
  });

  test('no log line and no error holds the secret', async () => {
    await run();
    simulator.server.addFault({
      match: '^PATCH /api/extras/webhooks/',
      kind: 'status',
      status: 400,
      body: { name: ['no'] },
    });
    const error: unknown = await run({ webhookSecret: 'another-secret' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'rejected' });
    for (const word of [secret, 'another-secret'])
      expect(`${String(error)} ${JSON.stringify(error)} ${kit.logged.join()}`).not.toContain(word);
  });
});

describe('probe', () => {
  function probe(settings: Record<string, unknown> = {}) {
    const parsed = netboxAdapter.Settings.parse({
      url: simulator.url,
      token: simulator.token,
      webhookSecret: secret,
      timeoutMs: 500,
      ...settings,
    });
    const connection = netboxAdapter.connect(parsed, kitForTests('netbox'));
    return connection.probe(signal).finally(() => connection.close?.());
  }

  test('everything in order after the bootstrap', async () => {
    await run();
    simulator.server.forget();
    const checks = await probe();
    expect(checks.map((check) => [check.name, check.ok])).toEqual(
      ['reachable', 'authorised', 'version', 'permissions', 'configuration'].map((name) => [name, true]),
    );
    expect(checks[2]?.found).toBe('NetBox 4.7.3');
    expect(simulator.server.requests.filter((one) => !['GET', 'OPTIONS'].includes(one.method))).toEqual([]);
  });

  test('names what is missing, and the command that makes it', async () => {
    const check = (await probe()).find((one) => one.name === 'configuration');
    expect(check).toMatchObject({ ok: false, remedy: 'reanimator netbox bootstrap' });
    expect(check?.found).toContain('webhook reanimator missing');
  });

  test('sees another secret in NetBox than in the settings', async () => {
    await run();
    const check = (await probe({ webhookSecret: 'not-the-same' })).find((one) => one.name === 'configuration');
    expect(check).toMatchObject({ ok: false, found: 'webhook reanimator different' });
  });

  test('wrong token, nobody there, garbage', async () => {
    expect((await probe({ token: 'wrong' })).at(-1)).toMatchObject({ name: 'authorised', ok: false });
    expect(await probe({ url: 'http://127.0.0.1:9' })).toEqual([
      expect.objectContaining({ name: 'reachable', ok: false }),
    ]);
    simulator.server.addFault({ kind: 'garbage' });
    expect(await probe()).toEqual([expect.objectContaining({ name: 'reachable', ok: false })]);
  });

  test('a token that may only read lacks permissions', async () => {
    await simulator.close();
    simulator = await startNetboxSimulator({ readOnlyToken: 'reader', version: '4.9.0' });
    const checks = await probe({ token: 'reader' });
    expect(checks.find((one) => one.name === 'permissions')).toMatchObject({
      ok: false,
      found: expect.stringContaining('add devices'),
    });
    expect(checks.find((one) => one.name === 'version')).toMatchObject({ ok: false, found: 'NetBox 4.9.0' });
  });
});
