import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NetBoxClient } from 'netbox-client';
import { bootstrapNetbox, type BootstrapOptions } from './bootstrap.ts';
import { openNetboxClient } from './client.ts';
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

  test.each(['4.4.10', '4.5.10', '4.6.8', '4.7.3'])('makes everything, then nothing, in NetBox %s', async (version) => {
    await simulator.close();
    simulator = await startNetboxSimulator({ version });
    await close();
    ({ client, close } = openNetboxClient({ url: simulator.url, token: simulator.token, timeoutMs: 2000 }, kit));
    expect(new Set(Object.values(await did()))).toEqual(new Set(['created']));
    simulator.server.forget();
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
    expect(writes()).toEqual([]);
    expect(simulator.database.all('webhook')[0]?.timeout ?? null).toBe(version.startsWith('4.7') ? 10 : null);
  });

  test('a webhook that an older NetBox made gets a time limit after the upgrade, and one that people chose stays', async () => {
    await run();
    simulator.as('alice').change('webhook', 1, { timeout: null });
    expect(await did()).toMatchObject({ 'webhook reanimator': 'updated' });
    expect(simulator.database.find('webhook', 1)).toMatchObject({ timeout: 10 });
    simulator.as('alice').change('webhook', 1, { timeout: 30 });
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
  });

  test('hears of every type that this NetBox has, and of no other', async () => {
    simulator.server.addFault({
      match: '^GET /api/core/object-types/',
      kind: 'status',
      status: 200,
      body: {
        count: 3,
        next: null,
        results: [
          { id: 1, app_label: 'dcim', model: 'device', features: ['event_rules'] },
          { id: 2, app_label: 'dcim', model: 'module', features: ['event_rules'] },
          { id: 3, app_label: 'dcim', model: 'cable', features: ['tags'] },
        ],
      },
    });
    await run();
    expect(simulator.database.find('eventRule', 1)?.object_types).toEqual(['dcim.device', 'dcim.module']);
  });

  test('links lead to the pages of the hub, and follow when it moves; what people chose in them stays', async () => {
    await run();
    const [server, site, rack] = simulator.database.all('customLink');
    expect(server).toMatchObject({
      object_types: ['dcim.device'],
      link_text: '{% if object.cf.hub_asset_id %}Open in Reanimator{% endif %}',
      link_url: 'https://hub.example/ui/assets/{{ object.cf.hub_asset_id }}',
    });
    expect(site).toMatchObject({ link_url: 'https://hub.example/ui/assets?site={{ object.name|urlencode }}' });
    expect(rack?.link_text).toContain('tags__slug="reanimator"');
    const chosen = { weight: 7, group_name: 'Ours', button_class: 'green', link_text: 'Hub', enabled: false };
    simulator.as('alice').change('customLink', server?.id ?? 0, { ...chosen, object_types: ['dcim.rack'] });
    await run({ hubUrl: 'https://new.example' });
    expect(simulator.database.find('customLink', server?.id)).toMatchObject({
      ...chosen,
      object_types: ['dcim.rack', 'dcim.device'],
      link_url: 'https://new.example/ui/assets/{{ object.cf.hub_asset_id }}',
    });
  });

  test('fields are shown where they have a value; what people changed in them stays', async () => {
    await run();
    const field = simulator.database.all('customField').find((one) => one.name === 'cpu_model');
    expect(field).toMatchObject({ ui_visible: 'if-set', ui_editable: 'no' });
    const chosen = { label: 'CPU', weight: 3, group_name: 'Parts', ui_visible: 'hidden', description: 'Ours' };
    simulator.as('alice').change('customField', field?.id ?? 0, chosen);
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
    expect(simulator.database.find('customField', field?.id)).toMatchObject(chosen);
  });

  test('a tag that people limited to some types is opened to what the hub tags; an open one stays open', async () => {
    simulator
      .as('alice')
      .create('tag', { name: 'reanimator', slug: 'reanimator', color: 'ff0000', object_types: ['dcim.site'] });
    expect(await did()).toMatchObject({ 'tag reanimator': 'updated' });
    expect(simulator.database.find('tag', 1)).toMatchObject({
      color: 'ff0000',
      object_types: ['dcim.site', 'dcim.device', 'dcim.interface', 'ipam.ipaddress'],
    });
    simulator.as('alice').change('tag', 1, { object_types: [] });
    expect(new Set(Object.values(await did()))).toEqual(new Set(['unchanged']));
  });

  test('says which fields differ, and nothing of their values', async () => {
    await run();
    simulator.as('alice').change('webhook', 1, { secret: 'other', http_method: 'GET' });
    simulator.as('alice').change('eventRule', 1, { enabled: false });
    const steps = (await run({ dryRun: true })).filter((step) => step.did !== 'unchanged');
    expect(steps).toEqual([
      { object: 'webhook', name: 'reanimator', did: 'updated', differs: ['secret', 'http_method'] },
      { object: 'event rule', name: 'reanimator', did: 'updated', differs: ['enabled'] },
    ]);
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
