import { afterEach, describe, expect, test } from 'vitest';
import type { Playbooks } from '#src/ports/playbooks.ts';
import { awxAdapter } from './index.ts';
import { type AwxSimulator, type AwxSimulatorOptions, startAwxSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
let simulator: AwxSimulator;
afterEach(() => simulator.close());

async function setUp(
  options: Partial<AwxSimulatorOptions> = {},
  settings: Record<string, unknown> = {},
): Promise<Playbooks> {
  simulator = await startAwxSimulator({ token: 't', templates: [{ name: 'burn-in' }], ...options });
  simulator.addHost('web01', { instance_id: 'a-1' });
  const parsed = awxAdapter.Settings.parse({
    url: simulator.url,
    token: 't',
    inventory: 'Reanimator',
    timeoutMs: 2000,
    ...settings,
  });
  return awxAdapter.connect(parsed, kitForTests('awx')).provides.playbooks!;
}
const LAUNCH = { template: 'burn-in', limit: 'web01', extraVars: { minutes: 5, password: 'very-secret' } };
const launchAnswer = (body: object) => ({ kind: 'status', status: 201, body, match: '^POST .*/launch/$' }) as const;

describe('launch', () => {
  test('sends limit, variables and key, with a trailing slash everywhere', async () => {
    const playbooks = await setUp();
    await playbooks.launch('k', LAUNCH, signal);
    expect(simulator.jobs()).toMatchObject([
      { limit: 'web01', hosts: ['web01'], extraVars: { minutes: 5, reanimator_effect_key: 'k' } },
    ]);
    expect(simulator.requests.filter((request) => !request.path.endsWith('/'))).toEqual([]);
  });

  test.each([
    [{ askLimit: false }, 'Limit'],
    [{ askVariables: false }, 'Variables'],
    [{ askLimit: false, askVariables: false }, 'Limit and Variables'],
  ])('says which box to tick: %o', async (template, box) => {
    const playbooks = await setUp({ templates: [{ name: 'burn-in', ...template }] });
    const error = await errorOf(playbooks.launch('k', LAUNCH, signal));
    expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining(`"Prompt on launch" at ${box}`) });
    expect(simulator.jobs()).toEqual([]);
  });

  test('a box that is unticked between the question and the launch: the run is cancelled, no value is told', async () => {
    const playbooks = await setUp({
      templates: [{ name: 'burn-in', askLimit: false, askVariables: false }],
      runMs: 60_000,
    });
    const rules = {
      ask_limit_on_launch: true,
      ask_variables_on_launch: true,
      ask_inventory_on_launch: true,
      defaults: { inventory: { id: 1, name: 'Reanimator' } },
    };
    simulator.addFault({ kind: 'status', status: 200, body: rules, match: '^GET .*/launch/$' });
    const error = await errorOf(playbooks.launch('k', LAUNCH, signal));
    expect(error.kind).toBe('rejected');
    expect(error.message).toContain('was cancelled');
    expect(error.detail).toMatchObject({
      ignoredFields: ['limit', 'extra_vars.minutes', 'extra_vars.password', 'extra_vars.reanimator_effect_key'],
    });
    expect(JSON.stringify([error.message, error.detail])).not.toContain('very-secret');
    expect(simulator.statusOf(1)).toBe('canceled');
  });

  test('where the cancelling fails too, the error says that it may be running', async () => {
    const playbooks = await setUp();
    simulator.addFault(launchAnswer({ job: 7, ignored_fields: { limit: 'web01' } }));
    simulator.addFault({ kind: 'status', status: 500, match: '^POST .*/cancel/$' });
    expect((await errorOf(playbooks.launch('k', LAUNCH, signal))).message).toContain('may be running');
  });

  test('another limit in the answer is refused as well', async () => {
    const playbooks = await setUp();
    simulator.addFault(launchAnswer({ job: 7, ignored_fields: {}, limit: '' }));
    expect((await errorOf(playbooks.launch('k', LAUNCH, signal))).kind).toBe('rejected');
  });

  test('an answer without ignored_fields is not taken for "nothing was ignored"', async () => {
    const playbooks = await setUp();
    simulator.addFault(launchAnswer({ job: 7 }));
    expect((await errorOf(playbooks.launch('k', LAUNCH, signal))).kind).toBe('malformed');
  });

  test('never on the host of the same name in another inventory', async () => {
    const inventory = [{ name: 'Production' }, { name: 'Reanimator' }];
    const playbooks = await setUp({
      inventory,
      templates: [{ name: 'burn-in' }, { name: 'asking', askInventory: true }],
    });
    simulator.addHost('web01', { inventoryName: 'Reanimator' });
    expect((await errorOf(playbooks.launch('k', LAUNCH, signal))).message).toContain('another inventory');
    await playbooks.launch('k', { ...LAUNCH, template: 'asking' }, signal);
    expect(simulator.jobs()).toMatchObject([{ inventory: 2 }]);
  });

  test('refuses a name that is a group too, and a host that is switched off', async () => {
    const playbooks = await setUp({ inventory: [{ name: 'Reanimator', groups: ['web01'] }] });
    expect((await errorOf(playbooks.launch('k', LAUNCH, signal))).message).toContain('group');
    simulator.addHost('web02', { enabled: false });
    expect((await errorOf(playbooks.launch('k', { ...LAUNCH, limit: 'web02' }, signal))).message).toContain(
      'switched off',
    );
  });

  test('a host that somebody named "all" is no excuse: nothing is even asked', async () => {
    const playbooks = await setUp();
    simulator.addHost('all');
    expect((await errorOf(playbooks.launch('k', { ...LAUNCH, limit: 'all' }, signal))).kind).toBe('rejected');
    expect(simulator.requests).toEqual([]);
  });

  test('two templates of one name are ambiguous', async () => {
    const playbooks = await setUp({ templates: [{ name: 'burn-in' }, { name: 'burn-in' }] });
    expect((await errorOf(playbooks.launch('k', LAUNCH, signal))).message).toContain('several');
  });

  test('a survey question that is not answered comes back as AWX said it', async () => {
    const playbooks = await setUp({ templates: [{ name: 'burn-in', survey: [{ variable: 'site', required: true }] }] });
    const error = await errorOf(playbooks.launch('k', LAUNCH, signal));
    expect(error).toMatchObject({ kind: 'rejected', detail: { variables_needed_to_start: ["'site' value missing"] } });
  });

  test('behind a gateway with another base path', async () => {
    const basePath = '/api/controller/v2';
    const playbooks = await setUp({ basePath }, { basePath });
    expect((await playbooks.launch('k', LAUNCH, signal)).url).toBe(`${simulator.url}/#/jobs/playbook/1`);
  });
});

describe('findByKey', () => {
  test('goes through every job, page after page, and knows a key from its beginning', async () => {
    const playbooks = await setUp();
    const made = await playbooks.launch('wanted', LAUNCH, signal);
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    for (let index = 0; index < 450; index += 1) {
      await fetch(`${simulator.url}/api/v2/job_templates/7/launch/`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ limit: 'web01', extra_vars: { reanimator_effect_key: `wanted-${index}` } }),
      });
    }
    simulator.forget();
    expect((await playbooks.findByKey('wanted', signal))?.id).toBe(made.id);
    expect(simulator.requests.filter((request) => request.path === '/api/v2/jobs/')).toHaveLength(3);
    expect(await playbooks.findByKey('want', signal)).toBeUndefined();
  });

  test('AWX refuses to filter on extra_vars, and so does its double', async () => {
    await setUp();
    const answer = await fetch(`${simulator.url}/api/v2/jobs/?extra_vars__contains=k`, {
      headers: { authorization: 'Bearer t' },
    });
    expect([answer.status, await answer.json()]).toEqual([403, { detail: 'Filtering on extra_vars is not allowed.' }]);
  });

  test('extra_vars that are no JSON are somebody else’s', async () => {
    const playbooks = await setUp();
    simulator.addFault({
      kind: 'status',
      status: 200,
      body: {
        count: 2,
        results: [
          { id: 2, extra_vars: 'a: 1' },
          { id: 1, extra_vars: '[]' },
        ],
      },
      match: '/jobs/\\?',
    });
    expect(await playbooks.findByKey('k', signal)).toBeUndefined();
  });

  test('a list that does not go on is no proof', async () => {
    const playbooks = await setUp();
    const results = Array.from({ length: 200 }, (_, index) => ({ id: 1000 - index, extra_vars: '{}' }));
    simulator.addFault({ kind: 'status', status: 200, body: { count: 900, results }, match: '/jobs/\\?' });
    expect((await errorOf(playbooks.findByKey('k', signal))).kind).toBe('malformed');
  });
});

describe('read', () => {
  const job = { id: 1, name: 'burn-in', started: null, finished: null, event_processing_finished: true };
  test.each([
    ['new', 'pending'],
    ['pending', 'pending'],
    ['waiting', 'pending'],
    ['running', 'running'],
    ['successful', 'succeeded'],
    ['failed', 'failed'],
    ['error', 'failed'],
    ['canceled', 'cancelled'],
    ['toString', 'unknown'],
    ['paused', 'unknown'],
  ])('%s is %s', async (status, expected) => {
    const playbooks = await setUp();
    simulator.addFault({ kind: 'status', status: 200, body: { ...job, status } });
    expect(await playbooks.read('1', signal)).toMatchObject({ status: expected, rawStatus: status });
  });

  test('is not over before its events are', async () => {
    const playbooks = await setUp();
    simulator.addFault({
      kind: 'status',
      status: 200,
      body: { ...job, status: 'failed', event_processing_finished: false },
    });
    expect(await playbooks.read('1', signal)).toMatchObject({ status: 'running', rawStatus: 'failed' });
  });

  test('a failed run', async () => {
    const playbooks = await setUp({ outcome: () => 'failed', runMs: 20 });
    const { id } = await playbooks.launch('k', LAUNCH, signal);
    await expect.poll(async () => (await playbooks.read(id, signal))?.status).toBe('failed');
    expect((await playbooks.read(id, signal))?.hostCounts).toEqual({ failures: 1 });
  });
});

describe('ensureHost', () => {
  test('writes address and id, and leaves what others put there', async () => {
    const playbooks = await setUp();
    const host = simulator.addHost('db01', {
      variables: '---\nansible_user: root\nansible_host: 192.0.2.1\n',
      enabled: false,
    });
    await playbooks.ensureHost('k', { name: 'db01', address: '192.0.2.2', instanceId: 'a-9' }, signal);
    expect(host).toMatchObject({ instance_id: 'a-9', enabled: false });
    expect(JSON.parse(host.variables)).toEqual({ ansible_user: 'root', ansible_host: '192.0.2.2' });
  });

  test('writes nothing where nothing differs', async () => {
    const playbooks = await setUp();
    await playbooks.ensureHost('k', { name: 'web01', address: null, instanceId: 'a-1' }, signal);
    expect(simulator.requests.filter((request) => request.method !== 'GET')).toEqual([]);
  });

  test('variables that it cannot read are not overwritten', async () => {
    const playbooks = await setUp();
    const host = simulator.addHost('db01', { variables: '{"a": ' });
    expect(
      (await errorOf(playbooks.ensureHost('k', { name: 'db01', address: '192.0.2.2', instanceId: 'a' }, signal))).kind,
    ).toBe('rejected');
    expect(host.variables).toBe('{"a": ');
  });

  test('a name that a group has is rejected, not taken for a host', async () => {
    const playbooks = await setUp({ inventory: [{ name: 'Reanimator', groups: ['racks'] }] });
    expect(
      (await errorOf(playbooks.ensureHost('k', { name: 'racks', address: null, instanceId: 'a' }, signal))).kind,
    ).toBe('rejected');
  });

  test('no such inventory', async () => {
    const playbooks = await setUp({}, { inventory: 'Elsewhere' });
    expect(
      (await errorOf(playbooks.ensureHost('k', { name: 'x', address: null, instanceId: 'a' }, signal))).message,
    ).toContain('Elsewhere');
  });

  test('a filter that was not understood is no "not there"', async () => {
    const playbooks = await setUp();
    simulator.addFault({
      kind: 'status',
      status: 200,
      body: { count: 1, results: [{ id: 9, name: 'other', enabled: true }] },
      match: '^GET .*/hosts/',
    });
    expect((await errorOf(playbooks.ensureHost('k', { name: 'x', address: null, instanceId: 'a' }, signal))).kind).toBe(
      'malformed',
    );
  });
});

test('the token is in no error, and is not tried again', async () => {
  const playbooks = await setUp({}, { token: 'very-secret-token' });
  const error = await errorOf(playbooks.read('1', signal));
  expect(error.kind).toBe('unauthorized');
  expect(JSON.stringify([error.message, error.detail, String(error.cause)])).not.toContain('very-secret-token');
  await errorOf(playbooks.read('1', signal));
  expect(simulator.requests).toHaveLength(1);
});
